// Why one notification is not delivered: its newest attempt's failure, or the end that came without one.
import { ended } from "@bellhop/contract/reasons";
import type { Reason } from "@bellhop/contract/reasons";
import { advise, isKnownFailure } from "../domain/advice.ts";
import type { FailedStep } from "../store/failures.ts";
import { stepReason } from "./sentence.ts";

/** `step`: the one that says so. */
export type FailureCause = { readonly step: FailedStep; readonly lastAt: Date; readonly isOver: boolean };

/** Ends that somebody wanted. */
const wanted: ReadonlySet<string> = new Set(["canceled", "discarded"]);

/** From the steps of a notification that were no success, newest first; null where nothing failed. */
export function failureCause(steps: readonly FailedStep[]): FailureCause | null {
  const [newest] = steps;
  if (!newest) return null;
  const attempt = steps.find(({ kind }) => kind === "a");
  if (newest.kind === "e") {
    if (wanted.has(newest.reason)) return null;
    const step = newest.reason === "attempts_exhausted" && attempt ? attempt : newest;
    return { step, lastAt: newest.at, isOver: true };
  }
  // Held without a single attempt: nothing failed.
  if (!attempt) return null;
  return { step: attempt, lastAt: attempt.at, isOver: newest.kind === "a" && !newest.planned };
}

export function failureAdvice({ kind, reason, status, detail, at }: FailedStep, url: string): Reason {
  if (kind !== "a" || !isKnownFailure(reason)) return stepReason({ kind, reason }) ?? ended.attempts_exhausted;
  const times = { dns: null, connect: null, tls: null, total: null };
  return advise({ failure: reason, status, detail, at: at.toISOString(), url, bodyBytes: null, location: null, times });
}
