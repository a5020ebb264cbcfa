// The range of time that a replay is asked for: within what the log keeps, and not in the future.
import type { NewReplay } from "@bellhop/contract/replays";
import type { Mistake } from "@bellhop/contract/problems";
import { Problem } from "../domain/problem.ts";

export type Range = { readonly sinceMs: number; readonly untilMs: number };

const dayMs = 86_400_000;
/** Clocks differ: so far ahead is now. */
const aheadMaxMs = 60_000;

const isoInstant = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** `newId`: the same ids can be sent again only while they are kept for a day more. */
export function readRange(body: NewReplay, newId: boolean, nowMs: number, retentionDays: number): Range {
  const sinceMs = instantMs(body.since);
  const untilMs = instantMs(body.until);
  const mistakes = [...instantMistakes("/since", sinceMs), ...instantMistakes("/until", untilMs)];
  if (mistakes.length === 0) mistakes.push(...rangeMistakes({ sinceMs, untilMs }, newId, nowMs, retentionDays));
  if (mistakes.length > 0) throw new Problem("invalid_request", undefined, mistakes);
  return { sinceMs, untilMs: Math.min(untilMs, nowMs) };
}

function rangeMistakes({ sinceMs, untilMs }: Range, newId: boolean, nowMs: number, retentionDays: number): Mistake[] {
  const keptMs = nowMs - retentionDays * dayMs;
  const lastDayMs = keptMs + dayMs;
  if (untilMs > nowMs + aheadMaxMs) return [mistake("/until", "lies in the future; it is now at the latest")];
  if (sinceMs >= Math.min(untilMs, nowMs)) return [mistake("/since", "must be before until, and before now")];
  if (sinceMs < keptMs) return [mistake("/since", `is before ${iso(keptMs)}; the log is kept for ${retentionDays} days`)];
  if (newId || sinceMs >= lastDayMs) return [];
  const why = "what was made before it is deleted within a day, too soon to be sent again under its id";
  return [mistake("/since", `is before ${iso(lastDayMs)}: ${why}. Ask for new_id: true, or for a later since`)];
}

/** Unix seconds, or ISO 8601; `NaN` for anything else. `Date.parse` takes 30 February for 2 March. */
function instantMs(given: string | number): number {
  if (typeof given === "number") return given * 1_000;
  const [, day] = isoInstant.exec(given) ?? [];
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  const exists = Number.isFinite(midnightMs) && new Date(midnightMs).toISOString().slice(0, 10) === day;
  return exists ? Date.parse(given) : Number.NaN;
}

function instantMistakes(pointer: string, ms: number): Mistake[] {
  const message = "is neither a time in ISO 8601 with a time zone, such as 2026-01-31T09:00:00Z, nor unix seconds";
  return Number.isFinite(ms) ? [] : [mistake(pointer, message)];
}

const mistake = (pointer: string, message: string): Mistake => ({ pointer, message });
const iso = (ms: number): string => new Date(Math.ceil(ms / 1_000) * 1_000).toISOString();
