import { Dot } from "../../parts/status.tsx";
import { reasonWords } from "./life-marks.ts";
import type { Attempt } from "./use-notification.ts";

type TabsProps = {
  readonly attempts: readonly Attempt[];
  readonly chosen: Attempt;
  readonly compare: Attempt | undefined;
  readonly onChoose: (attempt: number) => void;
  readonly onCompare: (attempt: string | undefined) => void;
};

/** Which attempt is shown, and which it is compared with. */
export function AttemptTabs({ attempts, chosen, compare, onChoose, onCompare }: TabsProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <div role="group" aria-label="Attempts" className="flex flex-wrap gap-1">
        {attempts.map((attempt) => (
          <button
            key={attempt.attempt}
            type="button"
            aria-pressed={attempt === chosen}
            onClick={() => onChoose(attempt.attempt)}
            className={`flex h-7 items-center gap-1.5 rounded-md border px-2 text-sm ${attempt === chosen ? "border-ink bg-surface font-semibold" : "border-line text-ink-2 hover:border-ink-2"}`}
          >
            <span className={attempt.failure ? "text-failed" : "text-delivered"}>
              <Dot shape={attempt.failure ? "cross" : "full"} />
            </span>
            {attempt.attempt}
            <span className="font-normal text-ink-3">{resultText(attempt)}</span>
          </button>
        ))}
      </div>
      {attempts.length > 1 && (
        <label className="flex items-center gap-2 text-sm text-ink-2">
          Compare with
          <select
            value={compare?.attempt ?? ""}
            onChange={({ target }) => onCompare(target.value === "" ? undefined : target.value)}
            className="h-7 rounded-md border border-line-strong bg-surface px-1.5 text-ink"
          >
            <option value="">none</option>
            {attempts
              .filter((each) => each !== chosen)
              .map((each) => (
                <option key={each.attempt} value={each.attempt}>
                  attempt {each.attempt} ({resultText(each)})
                </option>
              ))}
          </select>
        </label>
      )}
    </div>
  );
}

export const resultText = ({ status, failure }: Attempt): string =>
  status === null ? reasonWords(failure?.reason ?? "no answer") : String(status);
