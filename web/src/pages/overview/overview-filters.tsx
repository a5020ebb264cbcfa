import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { Button, buttonLook } from "../../parts/button.tsx";
import { inputLook } from "../../parts/field.tsx";
import { MomentField } from "../../parts/moment-field.tsx";
import { exactText, useZone } from "../../parts/time.tsx";
import type { Statistics } from "./overview-answer.ts";
import { momentsOf, presetOf, presets } from "./overview-range.ts";
import type { Asked } from "./overview-range.ts";

type Subscription = Answer<"listSubscriptions">["data"][number];
type Search = Asked & { readonly subscription?: string | undefined; readonly workspace?: string | undefined };
type FiltersProps = { readonly asked: Search; readonly subscriptions: readonly Subscription[]; readonly shown: Statistics | undefined };

const from = "/apps/$app/overview";

/** What the numbers are of; all of it is in the URL. */
export function Filters({ asked, subscriptions, shown }: FiltersProps) {
  const navigate = useNavigate({ from });
  const [custom, setCustom] = useState(false);
  const preset = presetOf(asked);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <nav aria-label="Range" className="flex flex-wrap gap-1">
          {Object.entries(presets).map(([since, text]) => (
            <Link
              key={since}
              from={from}
              to="."
              search={(old) => ({ ...old, since, until: undefined })}
              aria-current={preset === since ? "true" : undefined}
              activeProps={{}}
              className={buttonLook(preset === since ? "primary" : "secondary", true)}
            >
              {text}
            </Link>
          ))}
          <Button small variant={preset === null ? "primary" : "secondary"} aria-expanded={custom} onClick={() => setCustom(!custom)}>
            Custom
          </Button>
        </nav>
        {subscriptions.length > 1 && (
          <select
            aria-label="Subscription"
            value={asked.subscription ?? ""}
            onChange={({ target }) => void navigate({ search: (old) => ({ ...old, subscription: target.value || undefined }) })}
            className={`h-7 w-auto! max-w-64 text-sm! ${inputLook}`}
          >
            <option value="">All subscriptions</option>
            {subscriptions.map(({ id, name, url }) => (
              <option key={id} value={id}>
                {name ?? url}
              </option>
            ))}
          </select>
        )}
        {asked.workspace !== undefined && (
          <Button small onClick={() => void navigate({ search: (old) => ({ ...old, workspace: undefined }) })}>
            workspace {asked.workspace} <span aria-hidden>✕</span>
            <span className="sr-only">, show all</span>
          </Button>
        )}
        {shown && <Shown statistics={shown} />}
      </div>
      {custom && <Custom asked={asked} onDone={() => setCustom(false)} />}
    </div>
  );
}

function Shown({ statistics: { since, until, sampled, sample } }: { readonly statistics: Statistics }) {
  const [zone] = useZone();
  const short = (at: string): string => exactText(at, zone).replace(/:\d\d\.\d{3}/, "");
  return (
    <p className="text-sm text-ink-3">
      {short(since)} to {short(until)}
      {sampled && `, from the newest ${sample.notifications.toLocaleString("en")} notifications${sample.complete ? ", which are all" : ""}`}
    </p>
  );
}

function Custom({ asked, onDone }: { readonly asked: Asked; readonly onDone: () => void }) {
  const navigate = useNavigate({ from });
  const [moments] = useState(() => momentsOf(asked, Date.now()));
  const [since, setSince] = useState<string | null>(moments.since);
  const [until, setUntil] = useState<string | null>(moments.until ?? null);
  const wrong = since !== null && until !== null && until <= since ? "Must be after the beginning." : undefined;
  return (
    <form
      className="card flex flex-wrap items-end gap-3 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong || since === null) return;
        void navigate({ search: (old) => ({ ...old, since, until: until ?? undefined }) });
        onDone();
      }}
    >
      <MomentField label="From" required value={since} onChange={setSince} />
      <MomentField label="To" hint="Empty: until now." value={until} onChange={setUntil} error={wrong} />
      <Button type="submit" variant="primary">
        Show
      </Button>
    </form>
  );
}
