import assert from "node:assert/strict";
import { test } from "node:test";
import { policyMistakes, readPolicy, timeoutMsOf } from "./policy.ts";

const hour = 3_600;

test("durable tries ten times over three days and holds in a pause", () => {
  const { waitsS, pause, timeoutMs, throttledSecondsMax, jitter } = readPolicy("durable");
  assert.deepEqual(waitsS, [5, 300, 1_800, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]);
  assert.deepEqual(
    { pause, timeoutMs, throttledSecondsMax, jitter },
    { pause: "hold", timeoutMs: 15_000, throttledSecondsMax: 75 * hour, jitter: true },
  );
});

test("intercom tries once more after exactly a minute and drops in a pause", () => {
  const { waitsS, pause, timeoutMs, throttledSecondsMax, jitter } = readPolicy("intercom");
  assert.deepEqual(
    { waitsS, pause, timeoutMs, throttledSecondsMax, jitter },
    { waitsS: [60], pause: "drop", timeoutMs: 5_000, throttledSecondsMax: 2 * hour, jitter: false },
  );
});

test("waits of one's own are kept as given; how long 429 is borne follows the choice for a pause", () => {
  assert.deepEqual(readPolicy({ waits_s: [1, 2.5] }).waitsS, [1, 2.5]);
  assert.equal(readPolicy({ waits_s: [1] }).pause, "hold");
  assert.equal(readPolicy({ waits_s: [1], pause: "drop" }).throttledSecondsMax, 2 * hour);
});

test("waits may add up to four days and not to a second more", () => {
  assert.deepEqual(policyMistakes({ waits_s: [48 * hour, 48 * hour] }), []);
  assert.equal(policyMistakes({ waits_s: [48 * hour, 48 * hour, 1] })[0]?.pointer, "/policy/waits_s");
});

test("a subscription's own time to answer comes before the policy's", () => {
  assert.equal(timeoutMsOf("intercom", null), 5_000);
  assert.equal(timeoutMsOf("intercom", 30_000), 30_000);
});
