// The range of time that a replay is asked for: within what the log keeps, and not in the future.
import { notAnInstant, readInstant } from "../domain/instant.ts";
import type { NewReplay } from "@bellhop/contract/replays";
import type { Mistake } from "@bellhop/contract/problems";
import { Problem } from "../domain/problem.ts";

export type Range = { readonly sinceMs: number; readonly untilMs: number };

const dayMs = 86_400_000;
/** Clocks differ: so far ahead is now. */
const aheadMaxMs = 60_000;

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
  return typeof given === "number" ? given * 1_000 : readInstant(given);
}

function instantMistakes(pointer: string, ms: number): Mistake[] {
  return Number.isFinite(ms) ? [] : [mistake(pointer, notAnInstant)];
}

const mistake = (pointer: string, message: string): Mistake => ({ pointer, message });
const iso = (ms: number): string => new Date(Math.ceil(ms / 1_000) * 1_000).toISOString();
