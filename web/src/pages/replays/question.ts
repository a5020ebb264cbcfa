// What a replay is asked for, as the page's URL has it, and as the API takes it.
import { searchTimeMs } from "@bellhop/contract/search-time";
import type { Body } from "../../api/client.ts";

/** All text, as in the URL; `since` and `until` are relative (`24h`) or exact. */
export type Question = {
  readonly subscription?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly include?: string | undefined;
  readonly reason?: string | undefined;
  readonly code?: string | undefined;
  /** Words of a search in the log for which a replay cannot ask. */
  readonly beyond?: string | undefined;
  readonly topics?: string | undefined;
  readonly new_id?: string | undefined;
};

export type Include = Body<"createReplay">["include"];

export const sinceDefault = "24h";
/** Ranges that end now. */
export const presets = [
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
] as const;
export type Range = (typeof presets)[number]["value"] | "custom";

export const includes: readonly { readonly value: Include; readonly label: string; readonly hint: string }[] = [
  { value: "failed", label: "What failed", hint: "Everything that ended undelivered." },
  { value: "all", label: "Everything", hint: "All that is not waiting any more, also what was delivered." },
  { value: "missed", label: "What was missed", hint: "Events that made no notification, for a reason that was mended since." },
];

export const includeOf = ({ include }: Question): Include => includes.find(({ value }) => value === include)?.value ?? "failed";

export const rangeOf = ({ since = sinceDefault, until }: Question): Range =>
  until === undefined ? (presets.find(({ value }) => value === since)?.value ?? "custom") : "custom";

export const topicsOf = ({ topics }: Question): readonly string[] => topics?.split(",").filter(Boolean) ?? [];

export type Moments = { readonly since: string; readonly until: string };

/** The range as it is at this moment; null where one of them is no time. */
export function momentsOf({ since = sinceDefault, until }: Question, nowMs: number): Moments | null {
  const sinceMs = searchTimeMs(since, nowMs);
  const untilMs = until === undefined ? nowMs : searchTimeMs(until, nowMs);
  if (sinceMs === null || untilMs === null) return null;
  return { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() };
}

export function replayBody(question: Question, subscription: string, moments: Moments): Body<"createReplay"> {
  const include = includeOf(question);
  const topics = topicsOf(question);
  return {
    subscription,
    ...moments,
    include,
    ...(topics.length > 0 ? { topics: [...topics] } : {}),
    ...(question.new_id === undefined || include === "missed" ? {} : { new_id: true }),
  };
}
