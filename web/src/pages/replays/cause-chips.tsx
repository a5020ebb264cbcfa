import { shownReasons } from "@bellhop/contract/search-words";
import { includeOf } from "./question.ts";
import type { Question } from "./question.ts";

type CauseChipsProps = { readonly question: Question; readonly onChange: (change: Question) => void };

/** The cause by which a group of failures led here; each part of it can be taken away. */
export function CauseChips({ question, onChange }: CauseChipsProps) {
  const { reason, code } = question;
  if ((reason === undefined && code === undefined) || includeOf(question) !== "failed") return null;
  return (
    <div>
      <p className="mb-1 font-medium">Only those with this cause</p>
      <ul className="flex flex-wrap gap-2">
        {reason !== undefined && <Chip name="reason" value={reason} onRemove={() => onChange({ reason: undefined })} />}
        {code !== undefined && <Chip name="code" value={code} onRemove={() => onChange({ code: undefined })} />}
      </ul>
      {reason !== undefined && shownReasons[reason] !== undefined && <p className="mt-1 text-sm text-ink-3">{shownReasons[reason]}</p>}
    </div>
  );
}

type ChipProps = { readonly name: string; readonly value: string; readonly onRemove: () => void };

function Chip({ name, value, onRemove }: ChipProps) {
  return (
    <li className="inline-flex items-center gap-1.5 rounded-md border border-line bg-sunken px-2 py-0.5 font-mono text-sm">
      {name}:{value}
      <button type="button" aria-label={`Take ${name} ${value} away`} className="text-ink-3 hover:text-ink" onClick={onRemove}>
        ✕
      </button>
    </li>
  );
}
