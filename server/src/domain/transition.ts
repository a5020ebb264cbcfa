// What an attempt's answer means for the notification: delivered, tried again at a time, or ended with a reason. Pure:
// policy x progress x answer x now -> next. docs/receiving.md says the same to people.
import type { AttemptFailure, EndedReason } from "@bellhop/contract/reasons";

/** Waits between attempts, and how long nothing but 429 is borne. */
export type Plan = { readonly waitsMs: readonly number[]; readonly jitter: boolean; readonly throttledForMs: number };

/** What the newest step of a notification says of its past. */
export type Progress = {
  readonly requests: number;
  /** Failures that count for the policy: an answer of 429 does not advance it. */
  readonly policyStep: number;
  readonly firstSentAtMs: number | null;
  /** Since when there was nothing but 429. */
  readonly throttledSinceMs: number | null;
};

export type Answered = {
  readonly failure: AttemptFailure | null;
  readonly status: number | null;
  /** `Retry-After`, already clamped to 0 or more. */
  readonly retryAfterMs: number | null;
};

export type Next = {
  readonly progress: Progress;
  readonly nextAtMs: number | null;
  readonly ended: EndedReason | null;
};

const hourMs = 3_600_000;
const retryAfterMinMs = 1_000;
const retryAfterMaxMs = 2 * hourMs;
const throttleFirstMs = 60_000;

/** `endsAtMs`: when the notification ends in any case. `throttledUntilMs`: until when its subscription waits after a 429. */
export type Moment = {
  readonly sentAtMs: number;
  readonly nowMs: number;
  readonly endsAtMs: number;
  readonly throttledUntilMs: number | null;
};

/** After the attempt that was sent at `sentAtMs`. `chance` is a number from 0 to 1, for jitter. */
export function afterAttempt(progress: Progress, answered: Answered, plan: Plan, at: Moment, chance: number): Next {
  const { sentAtMs, nowMs, endsAtMs } = at;
  const firstSentAtMs = progress.firstSentAtMs ?? sentAtMs;
  const requests = progress.requests + 1;
  if (answered.failure === null)
    return { progress: { ...progress, requests, firstSentAtMs, throttledSinceMs: null }, nextAtMs: null, ended: null };
  if (answered.failure === "throttled") {
    const throttledSinceMs = progress.throttledSinceMs ?? nowMs;
    const throttled = { requests, policyStep: progress.policyStep, firstSentAtMs, throttledSinceMs };
    if (nowMs - throttledSinceMs >= plan.throttledForMs) return { progress: throttled, nextAtMs: null, ended: "throttled_too_long" };
    const untilMs = at.throttledUntilMs ?? nowMs + throttleWaitMs(nowMs - throttledSinceMs, answered.retryAfterMs);
    return scheduled(throttled, Math.max(untilMs, nowMs), endsAtMs);
  }
  const failed = { requests, policyStep: progress.policyStep + 1, firstSentAtMs, throttledSinceMs: null };
  if (answered.failure === "gone") return { progress: failed, nextAtMs: null, ended: "gone" };
  const waitMs = plan.waitsMs[progress.policyStep];
  if (waitMs === undefined) return { progress: failed, nextAtMs: null, ended: "attempts_exhausted" };
  const jittered = plan.jitter ? waitMs * (0.8 + 0.4 * chance) : waitMs;
  const asked = answered.status === 503 && answered.retryAfterMs !== null ? Math.min(answered.retryAfterMs, retryAfterMaxMs) : 0;
  return scheduled(failed, nowMs + Math.max(jittered, asked), endsAtMs);
}

/** A delivered notification that is replayed gets this one request and stays delivered. */
export function afterExtraAttempt(progress: Progress, sentAtMs: number): Next {
  const firstSentAtMs = progress.firstSentAtMs ?? sentAtMs;
  return { progress: { ...progress, requests: progress.requests + 1, firstSentAtMs }, nextAtMs: null, ended: null };
}

/** Waits of 1, 2, 4… minutes have lasted 0, 1, 3… minutes in all when the next begins: each is all before it and one more. */
function throttleWaitMs(throttledForMs: number, retryAfterMs: number | null): number {
  if (retryAfterMs !== null) return Math.min(Math.max(retryAfterMs, retryAfterMinMs), retryAfterMaxMs);
  return Math.min(throttledForMs + throttleFirstMs, retryAfterMaxMs);
}

function scheduled(progress: Progress, atMs: number, endsAtMs: number): Next {
  if (atMs >= endsAtMs) return { progress, nextAtMs: null, ended: "expired" };
  return { progress, nextAtMs: Math.round(atMs), ended: null };
}

const dayMs = 24 * hourMs;
/** Beyond the hold, the time a notification may still be retried. */
const retryDays = 5;

/** When a notification ends, whatever happens to it. */
export function endsAtMs(madeAtMs: number, holdDays: number): number {
  return madeAtMs + (holdDays + retryDays) * dayMs;
}
