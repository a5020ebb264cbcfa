// Which moments the page is about, as its URL has them: `24h` back from now, or from one moment to another.
import { searchTimeMs } from "@bellhop/contract/search-time";
import { durationText } from "../../parts/time.tsx";

export const presets = { "1h": "1 h", "24h": "24 h", "7d": "7 d", "30d": "30 d" } as const;
export const presetDefault = "24h";

const dayMs = 86_400_000;

const presetTexts: Readonly<Record<string, string>> = {
  "1h": "in the last hour",
  "24h": "in the last 24 hours",
  "7d": "in the last 7 days",
  "30d": "in the last 30 days",
};

export type Asked = { readonly since?: string | undefined; readonly until?: string | undefined };
export type Moments = { readonly since: string; readonly until?: string };

/** Two moments that can be read, the first before the second and not still to come. */
export function isRange({ since = presetDefault, until }: Asked, nowMs: number): boolean {
  const sinceMs = searchTimeMs(since, nowMs);
  const untilMs = until === undefined ? nowMs : searchTimeMs(until, nowMs);
  return sinceMs !== null && untilMs !== null && sinceMs < untilMs && sinceMs <= nowMs;
}

/** At this moment. What is no time is taken for the default. */
export function momentsOf({ since = presetDefault, until }: Asked, nowMs: number): Moments {
  const sinceMs = searchTimeMs(since, nowMs) ?? nowMs - dayMs;
  const untilMs = until === undefined ? null : searchTimeMs(until, nowMs);
  const from = new Date(sinceMs).toISOString();
  return untilMs === null || untilMs <= sinceMs ? { since: from } : { since: from, until: new Date(untilMs).toISOString() };
}

/** Null: a range of its own. */
export const presetOf = ({ since = presetDefault, until }: Asked): string | null =>
  until === undefined && since in presets ? since : null;

/** Ends a sentence: `in the last 24 hours`, `in the 2 h that were chosen`. */
export function rangeText(asked: Asked, nowMs: number): string {
  const known = presetTexts[presetOf(asked) ?? ""];
  if (known !== undefined) return known;
  const { since, until } = momentsOf(asked, nowMs);
  const length = (until === undefined ? nowMs : Date.parse(until)) - Date.parse(since);
  return until === undefined ? `in the last ${durationText(length)}` : `in the ${durationText(length)} that are shown`;
}
