import { Status } from "../../parts/status.tsx";
import { DueTime, Time } from "../../parts/time.tsx";
import type { Notification } from "./use-notification.ts";

/** Where it is and why, in sentences, before everything else. */
export function Lead({ notification: { status, cause, attempts, created_at, next_attempt_at } }: { readonly notification: Notification }) {
  return (
    <div className="mt-1 flex flex-col gap-1 text-base">
      <p className="flex flex-wrap items-center gap-x-2 text-ink-3">
        <span className="font-semibold">
          <Status status={status} />
        </span>
        <span aria-hidden>·</span>
        <span>{attempts === 1 ? "1 attempt" : `${attempts} attempts`}</span>
        <span aria-hidden>·</span>
        <span>
          published <Time at={created_at} />
        </span>
        {next_attempt_at !== null && (
          <>
            <span aria-hidden>·</span>
            <span>
              next attempt <DueTime at={next_attempt_at} />
            </span>
          </>
        )}
      </p>
      <p className="text-lg text-ink">{cause.sentence}</p>
      {cause.fix !== null && <p className="text-ink-2">{cause.fix}</p>}
    </div>
  );
}
