// What a question asks of the steps of a notification, which its row alone cannot tell.
import type { Status } from "../domain/status.ts";
import type { Question } from "./list-question.ts";
import type { Settled } from "./settle.ts";

type AskedOfSteps = Pick<Question, "status" | "code" | "reason">;

export function stepsAreAsked({ status, code, reason }: AskedOfSteps): boolean {
  return status !== null || code !== null || reason !== null;
}

export function stepsFit({ status, code, reason }: AskedOfSteps, settled: Settled): boolean {
  return (status === null || status === settled.status) && codeFits(code, settled) && (reason === null || reasonFits(reason, settled));
}

function codeFits(code: string | null, { newestAttempt }: Settled): boolean {
  if (code === null) return true;
  const answered = String(newestAttempt?.status ?? "");
  return code.endsWith("xx") ? answered.length === 3 && answered[0] === code[0] : answered === code;
}

/** These show none, whatever was before. */
const withoutReason: ReadonlySet<Status> = new Set(["delivered", "waiting"]);

/** That it ended, or is held, says less than what its newest attempt failed with. */
function reasonFits(reason: string, { status, newest, newestAttempt }: Settled): boolean {
  return !withoutReason.has(status) && (newest?.reason === reason || newestAttempt?.reason === reason);
}
