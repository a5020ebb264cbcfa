import type { Notification } from "./use-notification.ts";
import { DueTime, Time, durationText, exactText, useZone } from "../../parts/time.tsx";

type TimelineProps = { readonly timeline: Notification["timeline"]; readonly onChoose: (attempt: number) => void };

const words = { published: "Published", attempt: "Attempt", held: "Held", ended: "Ended", next: "Next" } as const;

/** The life line in words. */
export function Timeline({ timeline, onChoose }: TimelineProps) {
  return (
    <ol className="flex flex-col gap-3 text-sm">
      {timeline.map(({ kind, at, attempt, code, sentence }, index) => (
        <li key={index} className="border-l-2 border-line pl-3">
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            {attempt === null ? (
              <span className="font-medium">{words[kind]}</span>
            ) : (
              <button
                type="button"
                className="font-medium underline decoration-line-strong underline-offset-2"
                onClick={() => onChoose(attempt)}
              >
                Attempt {attempt}
                {code === null ? "" : `: ${code}`}
              </button>
            )}
            <span className="text-ink-3">
              {kind === "next" ? <DueTime at={at} /> : index > 0 ? <After from={timeline[0]?.at ?? at} at={at} /> : <Time at={at} />}
            </span>
          </p>
          <p className="text-ink-2">{sentence}</p>
        </li>
      ))}
    </ol>
  );
}

function After({ from, at }: { readonly from: string; readonly at: string }) {
  const [zone] = useZone();
  return (
    <time dateTime={at} title={exactText(at, zone)} className="whitespace-nowrap">
      after {durationText(Date.parse(at) - Date.parse(from))}
    </time>
  );
}
