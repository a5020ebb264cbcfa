// How the inbox answers what it is sent, and how it is told over HTTP.
import { inboxAnswers } from "@bellhop/contract/inbox-answers";
import type { InboxAnswer } from "@bellhop/contract/inbox-answers";

/** `retryAfterSeconds` is sent with every answer that is not a success. */
export type Behaviour = { readonly answer: InboxAnswer; readonly retryAfterSeconds: number | null };

export const willing: Behaviour = { answer: 200, retryAfterSeconds: null };

/** What each path answers: those told so by name, and all others. */
export type Behaviours = { readonly others: Behaviour; readonly paths: ReadonlyMap<string, Behaviour> };

/** What `PUT /behaviour` sets: for one path, or for all. */
export type BehaviourChange = { path: string | null; behaviour: Behaviour };

const retryAfterSecondsMax = 86_400;

/** Reads `{"answer": 200|410|429|503|"late"|"never", "retry_after"?: seconds, "path"?: "/…"}`; otherwise says what is wrong. */
export function parseBehaviour(text: string): { ok: true; change: BehaviourChange } | { ok: false; message: string } {
  const asked = parseObject(text);
  const answer = inboxAnswers.find((each) => each === asked?.["answer"]);
  if (!asked || answer === undefined) return { ok: false, message: `answer must be one of ${inboxAnswers.join(", ")}` };
  const { retry_after: retryAfter = null, path = null } = asked;
  if (path !== null && (typeof path !== "string" || !path.startsWith("/"))) return { ok: false, message: "path must start with /" };
  if (retryAfter !== null && !isSeconds(retryAfter)) {
    return { ok: false, message: `retry_after must be whole seconds, at most ${retryAfterSecondsMax}` };
  }
  return { ok: true, change: { path, behaviour: { answer, retryAfterSeconds: retryAfter } } };
}

function isSeconds(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= retryAfterSecondsMax;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
