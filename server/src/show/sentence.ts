// What happened in one sentence, and what to do about it: the contract's lists of reasons, and the few cases that have none.
import { attemptFailed, ended, held, notInstalled, notMade } from "@bellhop/contract/reasons";
import type { Reason } from "@bellhop/contract/reasons";
import type { Status } from "../domain/status.ts";
import type { StepRow } from "../store/notification-list-steps.ts";
import type { Settled } from "./settle.ts";

export type Cause = { sentence: string; fix: string | null };

const lists = { a: attemptFailed, h: held, e: ended } as const;

/** A reason that a newer Bellhop wrote is shown as it stands. */
function reasonOf(list: Readonly<Record<string, Reason>>, reason: string): Reason {
  return list[reason] ?? { sentence: `The reason is "${reason}".`, fix: "Use a version of Bellhop that knows this reason." };
}

export function stepReason({ kind, reason }: Pick<StepRow, "kind" | "reason">): Reason | null {
  return reason === null ? null : reasonOf(lists[kind], reason);
}

export function notMadeReason(reason: string): Reason {
  return reason === "not_installed" ? notInstalled : reasonOf(notMade, reason);
}

const plain: { readonly [S in Status]?: string } = {
  delivered: "The endpoint took the notification.",
  waiting: "The notification waits for its first attempt.",
};

/** Why it is where it is. `advice`: on the newest attempt, which tells more than its reason or that it was the last. */
export function causeOf({ status, newest }: Settled, advice: Reason | null): Cause {
  if (status === "delivered") return { sentence: plain.delivered ?? "", fix: null };
  const reason = newest && stepReason(newest);
  if (!reason) return { sentence: plain.waiting ?? "", fix: null };
  if (advice === null) return reason;
  if (newest.kind === "a") return advice;
  const wasLast = newest.kind === "e" && newest.reason === "attempts_exhausted";
  return wasLast ? { sentence: `${reason.sentence} The last one: ${advice.sentence}`, fix: advice.fix } : reason;
}
