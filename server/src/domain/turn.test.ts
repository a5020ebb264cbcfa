// What becomes of a notification when its turn comes: one row per sentence of the contract.
import assert from "node:assert/strict";
import test from "node:test";
import type { HealthState } from "./health.ts";
import { readPolicy } from "./policy.ts";
import type { Policy } from "@bellhop/contract/subscriptions";
import { whyDropped, whyOver } from "./turn.ts";
import type { TurnFacts } from "./turn.ts";

const hour = 3_600_000;
const day = 24 * hour;
const made = Date.UTC(2026, 0, 1);

const fresh: TurnFacts = { madeAtMs: made, isHeld: false, throttledSinceMs: null, isReplay: false, isFresh: true };
const retry: TurnFacts = { ...fresh, isFresh: false };
const held: TurnFacts = { ...retry, isHeld: true };
const replay: TurnFacts = { ...held, isReplay: true };
const throttled = (facts: TurnFacts): TurnFacts => ({ ...facts, throttledSinceMs: made });

type Over = [says: string, facts: TurnFacts, afterMs: number, ended: ReturnType<typeof whyOver>, policy?: Policy];

const overs: Over[] = [
  ["what is new is not over", fresh, 0, null],
  ["what is held is not over within seven days", held, 7 * day - 1, null],
  ["held seven days after it was made, it was held too long", held, 7 * day, "held_too_long"],
  ["what is not held is not", retry, 7 * day, null],
  ["everything ends five days after that", retry, 12 * day, "expired"],
  ["and not before", retry, 12 * day - 1, null],
  ["what is held says so, however late it is looked at", held, 13 * day, "held_too_long"],
  ["75 h of nothing but 429 are borne", throttled(held), 75 * hour - 1, null],
  ["and no more", throttled(held), 75 * hour, "throttled_too_long"],
  ["2 h under intercom", throttled(fresh), 2 * hour, "throttled_too_long", "intercom"],
  ["and not less", throttled(fresh), 2 * hour - 1, null, "intercom"],
  ["2 h under an own schedule that drops", throttled(fresh), 2 * hour, "throttled_too_long", { waits_s: [1], pause: "drop" }],
  ["75 h under one that holds", throttled(held), 2 * hour, null, { waits_s: [1], pause: "hold" }],
  ["throttled too long tells more than held too long", throttled(held), 8 * day, "throttled_too_long"],
  ["a replay by hand is never too old", replay, 29 * day, null],
  ["but may meet nothing but 429 for too long", throttled(replay), 75 * hour, "throttled_too_long"],
];

for (const [says, facts, afterMs, ended, policy = "durable"] of overs) {
  test(says, () => {
    const limits = { holdDays: 7, throttledForMs: readPolicy(policy).throttledSecondsMax * 1_000 };
    assert.equal(whyOver(facts, limits, made + afterMs), ended);
  });
}

test("the operator's days of holding are heard", () => {
  const limits = { holdDays: 2, throttledForMs: 75 * hour };
  assert.equal(whyOver(held, limits, made + 2 * day), "held_too_long");
  assert.equal(whyOver(retry, limits, made + 7 * day), "expired");
});

type Dropped = ReturnType<typeof whyDropped>;
type Drop = [says: string, state: HealthState, facts: TurnFacts, durable: Dropped, intercom: Dropped];

const drops: Drop[] = [
  ["live ends nothing", "live", fresh, null, null],
  ["a pause holds what is new, or ends it", "paused", fresh, null, "dropped_while_paused"],
  ["retries that fall due in a pause are held under every policy", "paused", retry, null, null],
  ["what is held already stays held in a pause", "paused", held, null, null],
  ["a replay is held in a pause under every policy", "paused", { ...replay, isFresh: true }, null, null],
  ["a throttle ends nothing by itself", "throttled", fresh, null, null],
  ["nor what waits", "throttled", held, null, null],
  ["a suspension holds what is new, or ends it", "suspended", fresh, null, "suspended"],
  ["and what waits for a retry", "suspended", retry, null, "suspended"],
  ["and what is held", "suspended", held, null, "suspended"],
  ["a replay is held in a suspension under every policy", "suspended", replay, null, null],
  ["what a 410 ends, the rule of matching ends", "disabled", fresh, null, null],
];

for (const [says, state, facts, underDurable, underIntercom] of drops) {
  test(says, () => {
    assert.equal(whyDropped(state, readPolicy("durable").pause, facts), underDurable);
    assert.equal(whyDropped(state, readPolicy({ waits_s: [1], pause: "hold" }).pause, facts), underDurable);
    assert.equal(whyDropped(state, readPolicy("intercom").pause, facts), underIntercom);
    assert.equal(whyDropped(state, readPolicy({ waits_s: [1], pause: "drop" }).pause, facts), underIntercom);
  });
}
