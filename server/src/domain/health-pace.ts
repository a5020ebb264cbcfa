// How slowly an endpoint in trouble is asked: the distance between single requests after failures, and the wait after
// an answer of 429. Only arithmetic; when it applies is decided in health.ts.

/** One request at a time, until the first success. */
export type BackingOff = {
  /** Failures of requests that began before change no distance. */
  readonly sinceMs: number;
  /** The newest distance between two requests; null before the first failure. */
  waitMs: number | null;
  /** Before this nothing is sent; null when there is nothing to wait for. */
  opensAtMs: number | null;
};

const secondMs = 1_000;
const backOffFirstMs = secondMs;
const backOffMaxMs = 60 * secondMs;
const throttleFirstMs = 60 * secondMs;
const throttleMaxMs = 7_200 * secondMs;
const retryAfterMinMs = secondMs;

export function beginBackingOff(sinceMs: number): BackingOff {
  return { sinceMs, waitMs: null, opensAtMs: null };
}

/** After a failure: 1 s, 2 s, 4 s … 60 s until the next request; without the distance it may follow at once. */
export function widen(backingOff: BackingOff, nowMs: number, spaced: boolean): void {
  const { waitMs } = backingOff;
  backingOff.waitMs = waitMs === null ? backOffFirstMs : Math.min(2 * waitMs, backOffMaxMs);
  backingOff.opensAtMs = spaced ? nowMs + backingOff.waitMs : null;
}

/** The wait that the endpoint asked for, within bounds. */
export function askedWaitMs(retryAfterMs: number): number {
  return Math.min(Math.max(retryAfterMs, retryAfterMinMs), throttleMaxMs);
}

/** The wait of our own after `lastMs`: 1 min, 2, 4 … 2 h. */
export function nextThrottleWaitMs(lastMs: number | null): number {
  return lastMs === null ? throttleFirstMs : Math.min(2 * lastMs, throttleMaxMs);
}
