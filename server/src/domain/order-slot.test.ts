import assert from "node:assert/strict";
import { test } from "node:test";
import { slotOf } from "./order-slot.ts";

test("a key has the same slot for ever: slots are stored", () => {
  assert.deepEqual(
    ["ticket-42", "ü", "x".repeat(255)].map((key) => slotOf(1, key)),
    [45, 171, 37],
  );
});

test("keys spread over all 256 slots and never beyond", () => {
  const slots = new Set(Array.from({ length: 10_000 }, (_, key) => slotOf(1, `key-${key}`)));
  assert.deepEqual([slots.size, Math.min(...slots), Math.max(...slots)], [256, 0, 255]);
});
