// Searches that are made often, as buttons. They write words into the search and take them away, nothing else.
import type { SearchKey } from "@bellhop/contract/search-words";
import { hasWord, withWord } from "./search-edit.ts";

type Filter = { readonly name: string; readonly key: SearchKey; readonly value: string };

const filters: readonly (readonly Filter[])[] = [
  ["delivered", "retrying", "failed", "held", "waiting"].map((value) => ({ name: value, key: "status", value })),
  ["4xx", "5xx"].map((value) => ({ name: value, key: "code", value })),
  [{ name: "timeout", key: "reason", value: "timeout" }],
  [
    { name: "last hour", key: "after", value: "1h" },
    { name: "last day", key: "after", value: "24h" },
  ],
];

export function QuickFilters({ q, onSearch }: { readonly q: string; readonly onSearch: (q: string) => void }) {
  return (
    <div role="group" aria-label="Quick filters" className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      {filters.map((group, index) => (
        <div key={index} className="flex flex-wrap gap-1">
          {group.map((filter) => (
            <Chip key={filter.name} filter={filter} q={q} onSearch={onSearch} />
          ))}
        </div>
      ))}
    </div>
  );
}

type ChipProps = { readonly filter: Filter; readonly q: string; readonly onSearch: (q: string) => void };

function Chip({ filter: { name, key, value }, q, onSearch }: ChipProps) {
  const isOn = hasWord(q, key, value);
  return (
    <button
      type="button"
      aria-pressed={isOn}
      title={`${key}:${value}`}
      onClick={() => onSearch(withWord(q, key, isOn ? null : value))}
      className={`h-6 rounded-full border px-2.5 text-sm ${isOn ? "border-ink bg-ink text-on-ink" : "border-line-strong text-ink-2 hover:border-ink-2 hover:text-ink"}`}
    >
      {name}
    </button>
  );
}
