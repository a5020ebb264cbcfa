// A subscription's state: what its endpoint's answers, the time and people do to it, and whether a request may start.
// State changed in place, effects as values, time passed in. Several requests are under way at once, so each answer
// carries when its request began: one that began before the present episode (a throttle, a resumed pause, Set live) tells
// of the past. It may lengthen a throttle, end the days of failure or disable, and changes nothing else.
import type { AttemptFailure } from "@bellhop/contract/reasons";
import {
  countFailure,
  deservesBackingOff,
  deservesSuspension,
  forgetRow,
  hasNoFailures,
  noFailures,
  takeWarning,
  whyPause,
} from "./health-failures.ts";
import type { Failures, WarningDay } from "./health-failures.ts";
import { askedWaitMs, beginBackingOff, nextThrottleWaitMs, widen } from "./health-pace.ts";
import type { BackingOff } from "./health-pace.ts";

export type HealthState = "live" | "paused" | "throttled" | "suspended" | "disabled";

/** Why a state was entered, or a warning given. */
export type HealthCause =
  /** Paused: more than 1,000 failed attempts in a row, or 15 minutes with none but failed. */
  | "failures_in_a_row"
  | "nothing_but_failures"
  | "by_hand"
  | "throttled"
  | "failing_for_a_week"
  | "gone"
  /** A throttle ended with a success. */
  | "recovered"
  /** A throttle ended with an answer that was neither 429 nor a success. */
  | "throttle_over"
  /** A pause ended by itself. */
  | "resumed"
  | "set_live"
  /** A warning: nothing but failures for days. */
  | "still_failing";

/** Everything that is remembered of an endpoint; it survives JSON, and its size is bounded. Times in ms since 1970. */
export type Health = {
  state: HealthState;
  cause: HealthCause | null;
  sinceMs: number;
  /** End of a pause, or of a throttle's wait. */
  untilMs: number | null;
  failures: Failures;
  backingOff: BackingOff | null;
  /** The throttle's newest wait of our own, which the next one doubles; kept until a success. */
  throttleWaitMs: number | null;
  /** Requests that began before this belong to an earlier episode. In a throttle, what began since is the probe. */
  episodeMs: number | null;
};

export type HealthRules = {
  /** Is there a distance between single requests? */
  readonly spaced: boolean;
  readonly suspends: boolean;
};

type Answer = {
  readonly kind: "answered";
  readonly startedMs: number;
  readonly nowMs: number;
  readonly failure: AttemptFailure | null;
  readonly retryAfterMs: number | null;
  /** False for replays by hand: they count neither way for pause, backing off and suspension. */
  readonly counts: boolean;
};

export type HealthInput =
  | Answer
  | { readonly kind: "time"; readonly nowMs: number }
  | { readonly kind: "pause"; readonly nowMs: number; readonly untilMs: number | null }
  | { readonly kind: "set_live"; readonly nowMs: number };

/** For the history: a change of state, or a warning, which changes none. */
export type HealthChange = {
  readonly from: HealthState;
  readonly to: HealthState;
  readonly cause: HealthCause;
  readonly untilMs: number | null;
  readonly warningDay: WarningDay | null;
};

export type Gate = {
  /** Null: no limit of this kind. */
  readonly atOnce: 0 | 1 | null;
  /** When to ask again; null: only another input opens it. */
  readonly opensAtMs: number | null;
  readonly cause: "paused" | "throttled" | "suspended" | "backing_off" | null;
};

const pauseMs = 15 * 60_000;
/** No request takes longer than this, so none of an earlier episode is under way any more. */
const requestMsMax = 60_000;

export function healthy(nowMs: number): Health {
  return {
    state: "live",
    cause: null,
    sinceMs: nowMs,
    untilMs: null,
    failures: noFailures(),
    backingOff: null,
    throttleWaitMs: null,
    episodeMs: null,
  };
}

/** Nothing of it need be remembered: it behaves as a fresh one. */
export function isUnremarkable({ state, failures, backingOff, throttleWaitMs, episodeMs }: Health): boolean {
  return state === "live" && hasNoFailures(failures) && backingOff === null && throttleWaitMs === null && episodeMs === null;
}

/** Changes `health`; answers what is to be stored in the history. */
export function step(health: Health, input: HealthInput, rules: HealthRules): HealthChange | null {
  const from = health.state;
  const change = changeBy(health, input, rules);
  return change === null ? null : { ...change, from };
}

function changeBy(health: Health, input: HealthInput, rules: HealthRules): HealthChange | null {
  switch (input.kind) {
    case "answered":
      return answered(health, input, rules);
    case "time":
      return timePassed(health, input.nowMs, rules);
    case "pause":
      return pausedByHand(health, input.nowMs, input.untilMs);
    case "set_live":
      return setLive(health, input.nowMs);
  }
}

function answered(health: Health, answer: Answer, rules: HealthRules): HealthChange | null {
  const { failure, nowMs } = answer;
  // A bug of ours says nothing about the endpoint.
  if (failure === "internal") return null;
  if (failure === "gone") return disable(health, nowMs);
  if (isPast(health, answer.startedMs)) return answeredOfThePast(health, answer);
  if (failure === "throttled") return throttle(health, answer);
  return failure === null ? succeeded(health, answer) : failed(health, answer, rules);
}

/** Where nothing is sent, every answer is to a request of before. */
function isPast({ state, episodeMs }: Health, startedMs: number): boolean {
  if (state !== "live" && state !== "throttled") return true;
  return episodeMs !== null && startedMs < episodeMs;
}

function answeredOfThePast(health: Health, { failure, retryAfterMs, nowMs, counts }: Answer): null {
  if (failure === null && counts) health.failures.days = null;
  if (failure === "throttled" && retryAfterMs !== null && health.state === "throttled")
    health.untilMs = Math.max(health.untilMs ?? nowMs, nowMs + askedWaitMs(retryAfterMs));
  return null;
}

/** The first 429 of an episode, or one to its probe. What the endpoint asks for leaves the next wait of our own as it is. */
function throttle(health: Health, { retryAfterMs, nowMs }: Answer): HealthChange | null {
  const waitMs = retryAfterMs === null ? nextThrottleWaitMs(health.throttleWaitMs) : askedWaitMs(retryAfterMs);
  if (retryAfterMs === null) health.throttleWaitMs = waitMs;
  const isFirst = health.state !== "throttled";
  const untilMs = Math.max(isFirst ? 0 : (health.untilMs ?? 0), nowMs + waitMs);
  health.episodeMs = untilMs;
  if (isFirst) return enter(health, "throttled", "throttled", nowMs, untilMs);
  health.untilMs = untilMs;
  return null;
}

function succeeded(health: Health, { counts, nowMs }: Answer): HealthChange | null {
  health.throttleWaitMs = null;
  if (counts) {
    health.failures = noFailures();
    health.backingOff = null;
  }
  if (health.state !== "throttled") return null;
  health.episodeMs = nowMs;
  return enter(health, "live", "recovered", nowMs);
}

function failed(health: Health, { startedMs, counts, nowMs }: Answer, rules: HealthRules): HealthChange | null {
  const change = health.state === "throttled" ? endThrottle(health, startedMs, nowMs) : null;
  if (!counts) return change;
  countFailure(health.failures, nowMs);
  const pauseCause = whyPause(health.failures, nowMs);
  if (pauseCause !== null) return stop(health, "paused", pauseCause, nowMs, nowMs + pauseMs);
  if (health.backingOff === null && deservesBackingOff(health.failures)) health.backingOff = beginBackingOff(startedMs);
  if (health.backingOff !== null && startedMs >= health.backingOff.sinceMs) widen(health.backingOff, nowMs, rules.spaced);
  return suspend(health, nowMs, rules) ?? change ?? warn(health, nowMs);
}

/** The probe met no 429 but failed. The endpoint is asked gently, and the next 429 goes on doubling. */
function endThrottle(health: Health, startedMs: number, nowMs: number): HealthChange {
  health.backingOff ??= beginBackingOff(startedMs);
  health.episodeMs = nowMs;
  return enter(health, "live", "throttle_over", nowMs);
}

function timePassed(health: Health, nowMs: number, rules: HealthRules): HealthChange | null {
  const { state, untilMs, episodeMs } = health;
  if (state === "live" && episodeMs !== null && nowMs - episodeMs > requestMsMax) health.episodeMs = null;
  const isOver = state === "paused" && untilMs !== null && nowMs >= untilMs;
  return suspend(health, nowMs, rules) ?? (isOver ? ramp(health, "resumed", nowMs) : warn(health, nowMs));
}

function suspend(health: Health, nowMs: number, rules: HealthRules): HealthChange | null {
  if (!rules.suspends || isStopped(health) || !deservesSuspension(health.failures, nowMs)) return null;
  return stop(health, "suspended", "failing_for_a_week", nowMs, null);
}

function warn(health: Health, nowMs: number): HealthChange | null {
  if (isStopped(health)) return null;
  const { state, untilMs } = health;
  const warningDay = takeWarning(health.failures, nowMs);
  return warningDay === null ? null : { from: state, to: state, cause: "still_failing", untilMs, warningDay };
}

/** Until somebody sets it live. */
function isStopped({ state }: Health): boolean {
  return state === "suspended" || state === "disabled";
}

/** A pause of what is stopped would only be a way around Set live. Who pauses knows of the failures: their days begin anew. */
function pausedByHand(health: Health, nowMs: number, untilMs: number | null): HealthChange | null {
  if (isStopped(health)) return null;
  health.failures = noFailures();
  return stop(health, "paused", "by_hand", nowMs, untilMs);
}

/** Where nothing is wrong there is nothing to do, and no reason to slow down. */
function setLive(health: Health, nowMs: number): HealthChange | null {
  if (isUnremarkable(health)) return null;
  health.failures = noFailures();
  health.throttleWaitMs = null;
  return ramp(health, "set_live", nowMs);
}

/** 410 is obeyed in whatever state it comes. */
function disable(health: Health, nowMs: number): HealthChange | null {
  return health.state === "disabled" ? null : stop(health, "disabled", "gone", nowMs, null);
}

/** Nothing is sent any more; what failed in a row until now has had its effect. */
function stop(health: Health, to: HealthState, cause: HealthCause, nowMs: number, untilMs: number | null): HealthChange {
  forgetRow(health.failures);
  health.backingOff = null;
  health.episodeMs = null;
  return enter(health, to, cause, nowMs, untilMs);
}

/** Live, one request at a time until the first success. */
function ramp(health: Health, cause: HealthCause, nowMs: number): HealthChange {
  health.backingOff = beginBackingOff(nowMs);
  health.episodeMs = nowMs;
  return enter(health, "live", cause, nowMs);
}

function enter(health: Health, to: HealthState, cause: HealthCause, nowMs: number, untilMs: number | null = null): HealthChange {
  const from = health.state;
  Object.assign(health, { state: to, cause, sinceMs: nowMs, untilMs } satisfies Partial<Health>);
  return { from, to, cause, untilMs, warningDay: null };
}

/** May a request start now? Time is to be stepped first, for a pause ends only by that. */
export function gateOf({ state, untilMs, backingOff }: Health, nowMs: number): Gate {
  switch (state) {
    case "paused":
      return { atOnce: 0, opensAtMs: untilMs, cause: "paused" };
    case "suspended":
      return { atOnce: 0, opensAtMs: null, cause: "suspended" };
    case "disabled":
      return { atOnce: 0, opensAtMs: null, cause: null };
    case "throttled":
      return oneFrom(untilMs, nowMs, "throttled");
    case "live":
      return backingOff === null ? { atOnce: null, opensAtMs: null, cause: null } : oneFrom(backingOff.opensAtMs, nowMs, "backing_off");
  }
}

function oneFrom(opensAtMs: number | null, nowMs: number, cause: Gate["cause"]): Gate {
  return opensAtMs !== null && nowMs < opensAtMs ? { atOnce: 0, opensAtMs, cause } : { atOnce: 1, opensAtMs: null, cause };
}

/** The moment before which nothing is sent to a live subscription that is backed off from; it may have passed. */
export function backingOffUntilMs({ state, backingOff }: Health): number | null {
  return state === "live" ? (backingOff?.opensAtMs ?? null) : null;
}
