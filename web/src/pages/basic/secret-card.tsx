import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { exactText, useTick, useZone, Time } from "../../parts/time.tsx";
import type { Secret } from "./secrets.tsx";

const hidden = "•".repeat(24);

type SecretCardProps = { readonly secret: Secret; readonly name: string };

/** One live secret: what it signs, until when, and its value for those who may see it. */
export function SecretCard({ secret, name }: SecretCardProps) {
  const { number, created_at, ends_at, client_secret, whsec } = secret;
  return (
    <article aria-label={name} className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-paper p-3.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-semibold">
          {name} <span className="font-normal text-ink-3">no. {number}</span>
        </h3>
        <p className="text-sm text-ink-3">
          made <Time at={created_at} />
        </p>
      </div>
      {client_secret === undefined ? (
        <p className="text-ink-2">You may not see its value.</p>
      ) : (
        <>
          <Value label="client_secret" value={client_secret} />
          {whsec !== undefined && <Value label="For Standard Webhooks libraries" value={whsec} />}
        </>
      )}
      <p className="text-sm text-ink-2">
        Signs <Signs secret={secret} />
      </p>
      {ends_at !== null && <Countdown endsAt={ends_at} />}
    </article>
  );
}

function Signs({ secret }: { readonly secret: Secret }) {
  return (
    <>
      {secret.signs_x_hub_signature && (
        <>
          <code className="font-mono">X-Hub-Signature</code> and{" "}
        </>
      )}
      <code className="font-mono">webhook-signature</code>
    </>
  );
}

function Value({ label, value }: { readonly label: string; readonly value: string }) {
  const [isShown, setShown] = useState(false);
  return (
    <div className="flex flex-col gap-1">
      <p className="text-sm text-ink-3">{label}</p>
      <div className="flex items-center gap-1.5">
        <code className="min-w-0 flex-1 font-mono text-sm wrap-anywhere">
          {isShown ? (
            value
          ) : (
            <>
              <span aria-hidden className="block overflow-hidden whitespace-nowrap">
                {hidden}
              </span>
              <span className="sr-only">hidden</span>
            </>
          )}
        </code>
        <Button small variant="quiet" aria-label={`${isShown ? "Hide" : "Show"} ${label}`} onClick={() => setShown(!isShown)}>
          {isShown ? "Hide" : "Show"}
        </Button>
        <CopyButton text={value} />
      </div>
    </div>
  );
}

/** To the second: whoever waits for it wants to see it move. */
function Countdown({ endsAt }: { readonly endsAt: string }) {
  const [zone] = useZone();
  const left = useTick((nowMs) => countdownText(Date.parse(endsAt) - nowMs));
  return (
    <p role="timer" aria-label="Ends in" title={exactText(endsAt, zone)} className="text-retrying">
      Ends in <strong className="font-semibold">{left}</strong>
    </p>
  );
}

/** `23:59:07`, or with the days before it. */
export function countdownText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const parts = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const days = Math.floor(seconds / 86_400);
  const clock = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return days > 0 ? `${days} d ${clock}` : clock;
}
