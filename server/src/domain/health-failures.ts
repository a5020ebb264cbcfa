// How long an endpoint has done nothing but fail: three counts of the same failed attempts, each for a rule of its own.
// All are bounded, whatever the traffic, and every success empties them.

export type WarningDay = 1 | 3 | 5;

export type Failures = {
  /** Failed attempts in a row: enough of them, and one request at a time is sent. */
  inARow: number;
  /** A stretch of time with none but failed attempts: enough of them pause. */
  stretch: { readonly sinceMs: number; failures: number } | null;
  /** Days (UTC) with failed attempts: enough of them suspend. */
  days: Days | null;
};

export type Days = {
  readonly firstMs: number;
  failures: number;
  /** Different days on which an attempt failed, and the newest of them, in days since 1970. */
  days: number;
  lastDay: number;
  /** The newest warning given. */
  warnedDay: WarningDay | null;
};

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** More than this many failed attempts in a row within `pauseAfterMs` pause at once. */
const pauseAtOnceFailures = 1_000;
/** At least this many in `pauseAfterMs` of none but failed ones pause at its end. */
const pauseFailuresMin = 20;
const pauseAfterMs = 15 * minuteMs;
/**
 * A stretch that holds too few by now is too thin to pause for, and the next failure begins another. Longer than
 * `pauseAfterMs`, because an endpoint that never answers gets only about one attempt in 90 s while it is backed off from.
 */
const stretchMs = 2 * pauseAfterMs;
const backOffFailuresMin = 10;
const suspendFailuresMin = 10;
const suspendDaysMin = 3;
const suspendAfterMs = 7 * dayMs;
const warningDays: readonly WarningDay[] = [5, 3, 1];

export function noFailures(): Failures {
  return { inARow: 0, stretch: null, days: null };
}

export function hasNoFailures({ inARow, stretch, days }: Failures): boolean {
  return inARow === 0 && stretch === null && days === null;
}

export function countFailure(failures: Failures, nowMs: number): void {
  failures.inARow += 1;
  const { stretch } = failures;
  if (stretch === null || nowMs - stretch.sinceMs > stretchMs) failures.stretch = { sinceMs: nowMs, failures: 1 };
  else stretch.failures += 1;
  const day = Math.floor(nowMs / dayMs);
  const days = (failures.days ??= { firstMs: nowMs, failures: 0, days: 0, lastDay: -1, warnedDay: null });
  days.failures += 1;
  if (day <= days.lastDay) return;
  days.days += 1;
  days.lastDay = day;
}

/** What is counted in a row starts again, as after a pause; the days of failure go on until a success. */
export function forgetRow(failures: Failures): void {
  failures.inARow = 0;
  failures.stretch = null;
}

export function deservesBackingOff({ inARow }: Failures): boolean {
  return inARow >= backOffFailuresMin;
}

export function whyPause({ stretch }: Failures, nowMs: number): "failures_in_a_row" | "nothing_but_failures" | null {
  if (stretch === null) return null;
  if (stretch.failures >= pauseFailuresMin && nowMs - stretch.sinceMs >= pauseAfterMs) return "nothing_but_failures";
  return stretch.failures > pauseAtOnceFailures ? "failures_in_a_row" : null;
}

export function deservesSuspension({ days }: Failures, nowMs: number): boolean {
  if (days === null) return false;
  return days.failures >= suspendFailuresMin && days.days >= suspendDaysMin && nowMs - days.firstMs >= suspendAfterMs;
}

/** The warning to give now, which is then remembered as given. Older ones that nobody had time to give are passed over. */
export function takeWarning({ days }: Failures, nowMs: number): WarningDay | null {
  if (days === null) return null;
  const due = warningDays.find((day) => nowMs - days.firstMs >= day * dayMs) ?? null;
  if (due === null || due <= (days.warnedDay ?? 0)) return null;
  days.warnedDay = due;
  return due;
}
