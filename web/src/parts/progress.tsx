import type { ReactNode } from "react";
import { durationText } from "./time.tsx";

type ProgressProps = {
  readonly label: string;
  readonly done: number;
  /** Null while it is not known. */
  readonly of: number | null;
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
  /** The button that cancels it. */
  readonly cancel?: ReactNode;
};

/** Work that takes longer than a second: how far, how fast, how long still. */
export function Progress({ label, done, of, perSecond, secondsLeft, cancel }: ProgressProps) {
  const share = of === null || of === 0 ? null : Math.min(1, done / of);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-1.5 min-w-40 flex-1 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={`h-full rounded-full bg-brass-fill transition-[width] ${share === null ? "beating w-full" : ""}`}
          style={share === null ? {} : { width: `${share * 100}%` }}
        />
      </div>
      <p className="text-sm text-ink-2">
        {done.toLocaleString("en")}
        {of !== null && ` of ${of.toLocaleString("en")}`}
        {perSecond !== null && ` · ${Math.round(perSecond).toLocaleString("en")}/s`}
        {secondsLeft !== null && ` · ${durationText(secondsLeft * 1_000)} left`}
      </p>
      {cancel}
    </div>
  );
}
