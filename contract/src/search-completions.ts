// What can be written where the cursor stands: search words that are not there yet, or values of the one it is in.
import { searchWord, wordsIn } from "./search.ts";
import { searchKey, searchKeys, searchWords } from "./search-words.ts";
import type { SearchKey } from "./search-words.ts";

const completionsMax = 20;

/** `insert` takes the place of what stands `from` (included) `to` (excluded). */
export type Completion = {
  readonly insert: string;
  readonly label: string;
  readonly hint: string;
  readonly from: number;
  readonly to: number;
};

/** Values that only the caller knows, such as the topics there are; each with its hint. */
export type KnownValues = { readonly [K in SearchKey]?: Readonly<Record<string, string>> };

export function completions(text: string, cursor: number, known: KnownValues = {}): Completion[] {
  const words = wordsIn(text);
  const { word, from, to } = words.find((each) => each.from <= cursor && cursor <= each.to) ?? { word: "", from: cursor, to: cursor };
  const typed = word.slice(0, cursor - from);
  const colon = typed.indexOf(":");
  const offered = colon < 0 ? keysFor(typed, taken(words, from)) : valuesFor(typed.slice(0, colon), typed.slice(colon + 1), known);
  return offered.slice(0, completionsMax).map((each) => ({ ...each, from, to }));
}

type Offered = Pick<Completion, "insert" | "label" | "hint">;

const taken = (words: ReturnType<typeof wordsIn>, here: number): ReadonlySet<SearchKey | null> =>
  new Set(words.filter(({ from }) => from !== here).map(({ word }) => searchKey(word.split(":")[0] as string)));

function keysFor(typed: string, used: ReadonlySet<SearchKey | null>): Offered[] {
  return searchKeys
    .filter((key) => key.startsWith(typed.toLowerCase()) && !used.has(key))
    .map((key) => ({ insert: `${key}:`, label: `${key}:`, hint: searchWords[key].hint }));
}

function valuesFor(written: string, typed: string, known: KnownValues): Offered[] {
  const key = searchKey(written);
  if (key === null) return [];
  const begun = typed.replace(/^"/, "").toLowerCase();
  const all = Object.entries({ ...searchWords[key].closed, ...searchWords[key].offered, ...known[key] });
  const beginning = all.filter(([value]) => value.toLowerCase().startsWith(begun));
  const within = all.filter(([value]) => !value.toLowerCase().startsWith(begun) && value.toLowerCase().includes(begun));
  return [...beginning, ...within].map(([value, hint]) => ({ insert: `${searchWord(key, value)} `, label: value, hint }));
}
