// What becomes of a notification when its turn comes, beside the rule of matching: it may be over, or the state of its
// subscription holds or ends it. Pure; time is passed in.
import type { HealthState } from "./health.ts";
import { endsAtMs } from "./transition.ts";

export type TurnFacts = {
  readonly madeAtMs: number;
  /** It lies in a queue of what is held, or waits behind a closed gate. */
  readonly isHeld: boolean;
  /** Since its first 429, or hold by a throttle, with nothing else in between. */
  readonly throttledSinceMs: number | null;
  readonly isReplay: boolean;
  /** Made since the state began, never attempted, never held. */
  readonly isFresh: boolean;
};

export type TurnLimits = { readonly holdDays: number; readonly throttledForMs: number };

const dayMs = 24 * 3_600_000;

/**
 * Why it is over. Where several limits have passed, the one that tells most. What somebody replays by hand is as old as
 * they want it, so its age ends nothing.
 */
export function whyOver(
  { madeAtMs, isHeld, throttledSinceMs, isReplay }: TurnFacts,
  { holdDays, throttledForMs }: TurnLimits,
  nowMs: number,
): "expired" | "held_too_long" | "throttled_too_long" | null {
  if (throttledSinceMs !== null && nowMs - throttledSinceMs >= throttledForMs) return "throttled_too_long";
  if (isReplay) return null;
  if (isHeld && nowMs - madeAtMs >= holdDays * dayMs) return "held_too_long";
  return nowMs >= endsAtMs(madeAtMs, holdDays) ? "expired" : null;
}

/**
 * What the state does to a notification that may not be sent now: null holds it. Only a policy that drops ends any: in a
 * pause what is fresh, for retries are held under every policy; in a suspension everything. A replay is somebody's wish
 * and is held.
 */
export function whyDropped(
  state: HealthState,
  pause: "hold" | "drop",
  { isFresh, isReplay }: TurnFacts,
): "dropped_while_paused" | "suspended" | null {
  if (pause === "hold" || isReplay) return null;
  if (state === "paused" && isFresh) return "dropped_while_paused";
  return state === "suspended" ? "suspended" : null;
}

/** Clocks of processes and of the database differ by less than this. */
const clocksMs = 1_000;

/** Made before its app was installed in its workspace, so for an installation of before. */
export function isOfEarlier(madeAtMs: number, installedAtMs: number): boolean {
  return madeAtMs < installedAtMs - clocksMs;
}
