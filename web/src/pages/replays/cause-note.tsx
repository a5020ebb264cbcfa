import { includeOf } from "./question.ts";
import type { Question } from "./question.ts";

type NoteProps = { readonly question: Question };

/** Whoever comes from a search in the log is told which of its words are not asked for here. */
export function BeyondNote({ question: { beyond } }: NoteProps) {
  if (beyond === undefined) return null;
  return (
    <p className="max-w-prose text-sm text-ink-2">
      A replay cannot ask for <code className="font-mono wrap-anywhere text-ink">{beyond}</code>: whatever else fits is sent again too.
    </p>
  );
}

/** Whoever comes from a group of failures is told that a replay goes by time, and not by cause. */
export function CauseNote({ question }: NoteProps) {
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
