// Until when a pause or a brake lasts: in the future, and not for longer than makes sense for what it holds.
import type { Mistake } from "@bellhop/contract/problems";
import { readInstant } from "../domain/instant.ts";
import { untilDaysMax } from "@bellhop/contract/until";

const dayMs = 24 * 3_600_000;

export function untilMistakes(until: string, nowMs: number): Mistake[] {
  const message = untilMistake(until, nowMs);
  return message === null ? [] : [{ pointer: "/until", message }];
}

function untilMistake(until: string, nowMs: number): string | null {
  const untilMs = readInstant(until);
  if (Number.isNaN(untilMs)) return "is not a date that exists";
  if (untilMs <= nowMs) return "must lie in the future";
  return untilMs <= nowMs + untilDaysMax * dayMs ? null : `is more than ${untilDaysMax} days ahead, which is the most`;
}
