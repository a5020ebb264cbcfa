import assert from "node:assert/strict";
import test from "node:test";
import { estimateHeld } from "./held-estimate.ts";

test("stretches that were counted to their end are what was counted", () => {
  assert.equal(estimateHeld([]), 0);
  const complete = { complete: true, counted: 40, middle: 20, reached: 40, back: 1 };
  assert.equal(estimateHeld([complete, { ...complete, counted: 2 }]), 42);
});

test("a steady stretch goes on between its ends as it began", () => {
  assert.equal(estimateHeld([{ complete: false, counted: 100, middle: 500, reached: 1_000, back: 4_000 }]), 500);
});

test("a burst does not count for the quiet around it", () => {
  // 1,000 in a millisecond: the ends of the stretch lie in it.
  assert.equal(estimateHeld([{ complete: false, counted: 200, middle: 100, reached: 200, back: 800 }]), 1_000);
});

test("an estimate is never more than there are places", () => {
  assert.equal(estimateHeld([{ complete: false, counted: 100, middle: 99, reached: 100, back: 110 }]), 210);
});
