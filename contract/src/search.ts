// Search words of the log: `topic:ticket.* status:failed code:5xx after:2h`. Hub, API and command line read and write them
// here, so that a search means the same in a URL, a query and a terminal. Each word at most once, all must hold.
import type { NotificationQuery } from "./notifications.ts";
import { notATime, searchTimeMs } from "./search-time.ts";
import { searchKey, searchKeys, searchWords } from "./search-words.ts";
import type { SearchKey } from "./search-words.ts";

/** What is searched for, as it was written: `after: "2h"` stays that. */
export type SearchFilters = { readonly [K in SearchKey]?: string };
/** The same as the fields of `GET /v1/notifications`, with times worked out. */
export type SearchQuery = Pick<NotificationQuery, (typeof searchWords)[SearchKey]["field"]>;
/** `from` (included) to `to` (excluded): where the word stands in the text. */
export type SearchMistake = { readonly word: string; readonly from: number; readonly to: number; readonly message: string };
export type Search =
  | { readonly ok: true; readonly filters: SearchFilters; readonly query: SearchQuery }
  | { readonly ok: false; readonly mistakes: readonly SearchMistake[] };

export function parseSearch(text: string, nowMs: number): Search {
  const filters: { [K in SearchKey]?: string } = {};
  const mistakes: SearchMistake[] = [];
  for (const { word, from, to } of wordsIn(text)) {
    const read = readWord(word, nowMs);
    if ("message" in read) mistakes.push({ word, from, to, message: read.message });
    else if (filters[read.key] !== undefined)
      mistakes.push({ word, from, to, message: `${read.key}: is there already; a search has each word once.` });
    else filters[read.key] = read.value;
  }
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, filters, query: searchQuery(filters, nowMs) };
}

/** What `parseSearch` reads as these filters. */
export function searchText(filters: SearchFilters): string {
  return searchKeys.flatMap((key) => (filters[key] === undefined ? [] : [searchWord(key, filters[key])])).join(" ");
}

export function searchWord(key: SearchKey, value: string): string {
  return `${key}:${/\s|^"/.test(value) ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : value}`;
}

/** Filters of which some are relative times, at this moment. */
export function searchQuery(filters: SearchFilters, nowMs: number): SearchQuery {
  const fields = searchKeys.flatMap((key) => {
    const value = filters[key];
    if (value === undefined) return [];
    const isTime = key === "after" || key === "before";
    return [[searchWords[key].field, isTime ? new Date(searchTimeMs(value, nowMs) ?? nowMs).toISOString() : value]];
  });
  return Object.fromEntries(fields) as SearchQuery;
}

export type WordAt = { readonly word: string; readonly from: number; readonly to: number };

/** A word ends at white space, unless that stands in quotation marks after its colon. */
export function wordsIn(text: string): WordAt[] {
  const found = text.matchAll(/[^\s":]+:"(?:[^"\\]|\\.)*"?\S*|\S+/gs);
  return [...found].map(({ 0: word, index }) => ({ word, from: index, to: index + word.length }));
}

type Read = { readonly key: SearchKey; readonly value: string } | { readonly message: string };

const pastedIds: Readonly<Record<string, SearchKey>> = { notif_: "id", sub_: "subscription", app_: "app" };

function readWord(word: string, nowMs: number): Read {
  if (/^[-!]|^not$/i.test(word)) return { message: negated };
  const [, written, quoted, plain] = /^([^\s":]+):(?:"((?:[^"\\]|\\.)*)"|(?!")(.*))$/s.exec(word) ?? [];
  if (written === undefined) return readBare(word);
  const key = searchKey(written);
  if (key === null) return { message: `There is no search word ${written}: there are ${searchKeys.join(", ")}.` };
  const value = quoted === undefined ? (plain as string) : quoted.replaceAll(/\\(.)/gs, "$1");
  return readValue(key, value, nowMs);
}

const negated = "A search says what to find, not what to leave out; write the words of what you want.";

/** An id that was pasted says by itself what it is. */
function readBare(word: string): Read {
  if (/^[^\s":]+:"/.test(word)) return { message: 'Close the quotation mark with another ", and put a space behind it.' };
  const pasted = Object.keys(pastedIds).find((prefix) => word.startsWith(prefix));
  if (pasted !== undefined) return { key: pastedIds[pasted] as SearchKey, value: word };
  const guess = likelyKey(word);
  const example = guess === null ? "topic:ticket.created or object:123" : `${guess}:${word}`;
  return { message: `"${word}" does not say where to look; write ${example}.` };
}

function likelyKey(word: string): SearchKey | null {
  const closed = searchKeys.find((key) => Object.hasOwn(searchWords[key].closed ?? {}, word.toLowerCase()));
  if (closed) return closed;
  if (/^[1-5](\d\d|xx)$/i.test(word)) return "code";
  return /^[a-z_]+\.[a-z_.*]+$/.test(word) ? "topic" : null;
}

function readValue(key: SearchKey, written: string, nowMs: number): Read {
  const { closed, charactersMax } = searchWords[key];
  const value = closed || key === "code" ? written.toLowerCase() : written;
  if (value === "") return { message: `${key}: needs a value behind the colon.` };
  if (value.startsWith("!") && key !== "object") return { message: negated };
  if (closed && !Object.hasOwn(closed, value)) return { message: `${key}: must be one of ${Object.keys(closed).join(", ")}.` };
  if (value.length > charactersMax) return { message: `${key}: has at most ${charactersMax} characters.` };
  const wrong = wrongWith[key]?.(value, nowMs);
  return wrong ? { message: wrong } : { key, value };
}

const time = (value: string, nowMs: number): string | null => (searchTimeMs(value, nowMs) === null ? `${value} ${notATime}.` : null);

/** What is wrong with a value beyond its list and its length. */
const wrongWith: { readonly [K in SearchKey]?: (value: string, nowMs: number) => string | null } = {
  topic: (value) => (/^[^\s*]*\*?$/.test(value) ? null : "topic: is a name such as ticket.created, or its beginning and a star."),
  code: (value) => (/^[1-5](\d\d|xx)$/.test(value) ? null : "code: is an HTTP status such as 503, or a class such as 5xx."),
  id: (value) => (/^notif_[0-9a-f-]{36}$/.test(value) ? null : "id: is a notification's, which begins with notif_."),
  after: time,
  before: time,
};
