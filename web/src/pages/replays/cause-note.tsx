import { includeOf } from "./question.ts";
import type { Question } from "./question.ts";

/** Whoever comes from a group of failures is told that a replay goes by time, and not by cause. */
export function CauseNote({ question }: { readonly question: Question }) {
  const { reason, code } = question;
  if (reason === undefined || includeOf(question) !== "failed") return null;
  return (
    <p className="max-w-prose text-sm text-ink-2">
      The range has all that failed with{" "}
      <code className="font-mono text-ink">
        {reason}
        {code !== undefined && ` ${code}`}
      </code>
      ; whatever else failed in it is sent again too.
    </p>
  );
}
