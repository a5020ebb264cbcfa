import type { Answer } from "../../api/client.ts";
import type { LifeMark } from "../../parts/life-line.tsx";

type Timeline = Answer<"getNotification">["timeline"];

export const reasonWords = (reason: string): string => reason.replaceAll("_", " ");

/** The timeline as the life line draws it. */
export function lifeMarks(timeline: Timeline): LifeMark[] {
  return timeline.map(({ kind, at, attempt, code, reason, sentence }) => ({
    kind,
    at,
    attempt,
    good: kind === "attempt" && reason === null,
    label: labelOf(kind, code, reason),
    text: sentence,
  }));
}

function labelOf(kind: LifeMark["kind"], code: number | null, reason: string | null): string {
  if (kind === "attempt" && code !== null) return String(code);
  if (reason !== null) return reasonWords(reason);
  return kind;
}
