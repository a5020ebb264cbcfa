// Whether an attempt ended in time. Its deadline is kept by a timer of a busy process, so it may be late by what that process
// was late with everything else, and by half a second for all the rest.

import assert from "node:assert/strict";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { BODY_MS_MAX } from "../../server/src/deliver/sender-flight.ts";
import { eventually } from "../eventually.ts";

const SLACK_MS = 500;
/** How often the delay of the event loop is looked at; it is part of what is measured. */
const RESOLUTION_MS = 10;

/** Does it, and gives how long it took and how late the event loop was at most meanwhile. */
export async function timed<T>(does: () => Promise<T>): Promise<{ result: T; tookMs: number; delayMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const began = performance.now();
  const result = await does();
  const tookMs = performance.now() - began;
  // What the loop was busy with when it ended is seen only at the next look.
  const looks = delay.count;
  await eventually(() => delay.count > looks || null);
  delay.disable();
  return { result, tookMs, delayMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS) };
}

/** By when an attempt must have ended: its deadline, or a second for the body once the headers were there. */
export function dueMs(timeoutMs: number, firstByteMs: number | null): number {
  return Math.min(timeoutMs, (firstByteMs ?? Infinity) + BODY_MS_MAX);
}

export function assertPunctual({ tookMs, delayMs }: { tookMs: number; delayMs: number }, deadlineMs: number): void {
  const limitMs = deadlineMs + SLACK_MS + delayMs;
  assert.ok(tookMs <= limitMs, `took ${Math.round(tookMs)} ms of at most ${Math.round(limitMs)}`);
}

/** Does it and checks that it ended by its deadline. */
export async function punctually<T>(deadlineMs: number, does: () => Promise<T>): Promise<T> {
  const { result, ...times } = await timed(does);
  assertPunctual(times, deadlineMs);
  return result;
}
