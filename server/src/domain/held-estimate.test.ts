import assert from "node:assert/strict";
import test from "node:test";
import { estimateHeld } from "./held-estimate.ts";

test("queues that were counted to their end are what was counted", () => {
  assert.equal(estimateHeld([]), 0);
  const complete = { complete: true, counted: 40, tail: 36, reached: 40, last: 40 };
  assert.equal(estimateHeld([complete, { ...complete, counted: 2 }]), 42);
});

test("a steady queue goes on as it was", () => {
  assert.equal(estimateHeld([{ complete: false, counted: 100, tail: 900, reached: 1_000, last: 5_000 }]), 500);
});

test("the burst at the beginning does not count for what follows", () => {
  // 90 in the first millisecond, then one a second for an hour.
  assert.equal(estimateHeld([{ complete: false, counted: 100, tail: 1_000, reached: 10_001_000, last: 3_600_001_000 }]), 100 + 3_590);
});

test("an estimate is never more than there are places", () => {
  assert.equal(estimateHeld([{ complete: false, counted: 100, tail: 99, reached: 100, last: 110 }]), 110);
});
