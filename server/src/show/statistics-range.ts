// Over which moments a question goes, and in which steps it is answered: as fine as a chart can show and counters can tell cheaply.
import { statisticsPointsMax } from "@bellhop/contract/statistics";
import { notAnInstant, readInstant } from "../domain/instant.ts";
import { Problem } from "../domain/problem.ts";
import { hourMs, minuteMs, startOf } from "../domain/statistics.ts";

const defaultMs = 24 * hourMs;
const stepsMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, hourMs, 6 * hourMs, 24 * hourMs];
/** Rows of minutes read for one answer: some 20 to a page of the index. What would need more is answered in hours. */
const minuteRowsMax = 2_400;
/** Everybody's lie side by side, and nobody knows how many they are. */
const minutesOfAllMax = 240;

export type Range = { readonly fromMs: number; readonly toMs: number; readonly stepMs: number };
type Asked = { readonly since?: string; readonly until?: string; readonly buckets?: number };

/** Whole steps, the running one included. `subscriptions`: of how many counters are read, null for all. */
export function rangeOf(asked: Asked, subscriptions: number | null, nowMs: number, retentionDays: number): Range {
  const until = asked.until === undefined ? nowMs : Math.min(instantAsked("until", asked.until), nowMs);
  const since = asked.since === undefined ? until - defaultMs : instantAsked("since", asked.since);
  if (asked.since !== undefined && asked.until !== undefined && since > instantAsked("until", asked.until))
    throw new Problem("invalid_query", undefined, [{ pointer: "/until", message: "is before `since`" }]);
  const kept = Math.min(Math.max(since, nowMs - retentionDays * 24 * hourMs), until);
  const stepMs = stepFor(until - kept, asked.buckets ?? statisticsPointsMax, subscriptions);
  return { fromMs: startOf(kept, stepMs), toMs: startOf(Math.max(until - 1, kept), stepMs) + stepMs, stepMs };
}

function stepFor(lengthMs: number, points: number, subscriptions: number | null): number {
  const minutes = lengthMs / minuteMs;
  const inMinutes = subscriptions === null ? minutes <= minutesOfAllMax : minutes * subscriptions <= minuteRowsMax;
  // A range that begins and ends within steps touches one more than fits into it.
  const found = stepsMs.find((stepMs) => lengthMs / stepMs + 1 <= points && (inMinutes || stepMs >= hourMs));
  return found ?? Math.ceil(lengthMs / Math.max(1, points - 1) / hourMs) * hourMs;
}

const unixSeconds = /^\d{1,11}(\.\d{1,3})?$/;

export function instantAsked(pointer: "since" | "until", text: string): number {
  const ms = unixSeconds.test(text) ? Number(text) * 1000 : readInstant(text);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  throw new Problem("invalid_query", undefined, [{ pointer: `/${pointer}`, message: notAnInstant }]);
}
