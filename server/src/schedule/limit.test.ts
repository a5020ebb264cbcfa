import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Limit } from "./limit.ts";

type Answer = readonly [startedMs: number, nowMs: number, outcome: "fast" | "slow" | "failed"];

const fast = (count: number): Answer[] => Array.from({ length: count }, (_, at) => [at, at + 20, "fast"]);

const table: readonly [story: string, answers: readonly Answer[], value: number][] = [
  ["nothing was answered yet", [], 8],
  ["seven fast answers at a limit of eight", fast(7), 8],
  ["a limit's worth of fast answers is one more", fast(8), 9],
  ["each next one more takes one answer more", fast(8 + 9 + 10), 11],
  ["the maximum", fast(1_000), 16],
  ["a failure is half as many", [[0, 20, "failed"]], 4],
  ["so is a slow answer", [[0, 20, "slow"]], 4],
  ["of many requests that fail together one decreases", Array.from({ length: 8 }, (): Answer => [0, 20, "failed"]), 4],
  [
    "one that began before the decrease and ends long after it",
    [
      [5, 20, "failed"],
      [6, 15_000, "failed"],
    ],
    4,
  ],
  [
    "one that began in the very millisecond of the decrease",
    [
      [0, 20, "failed"],
      [20, 20, "failed"],
    ],
    4,
  ],
  [
    "one that began after the decrease decreases again",
    [
      [0, 20, "failed"],
      [21, 40, "failed"],
    ],
    2,
  ],
  ["the clock was set back after a decrease", [[3_600_000, 3_600_020, "failed"], [0, 20, "fast"], ...fast(30).slice(21, 25)], 5],
  ["fast answers to what began before the decrease", [[0, 20, "failed"], ...fast(8)], 4],
  ["an odd value is rounded down", [...fast(8), [100, 120, "failed"]], 4],
  ["the floor", Array.from({ length: 9 }, (_, at): Answer => [at * 10, at * 10 + 5, "failed"]), 2],
  ["a decrease begins the count anew", [...fast(7), [100, 120, "failed"], [121, 130, "fast"]], 4],
];

for (const [story, answers, value] of table) {
  test(`start 8, floor 2, at most 16: ${story}: ${value}`, () => {
    const limit = new Limit(8, 2, 16);
    for (const answer of answers) limit.answered(...answer);
    assert.equal(limit.value, value);
  });
}

test("a lower maximum counts at once, a higher one is grown into", () => {
  const limit = new Limit(8, 1, 8);
  limit.setMax(3);
  assert.equal(limit.value, 3);
  limit.setMax(20);
  assert.equal(limit.value, 3);
  for (const answer of fast(3)) limit.answered(...answer);
  assert.equal(limit.value, 4);
});

test("neither start nor maximum bring it below the floor", () => {
  const limit = new Limit(1, 8, 4);
  assert.equal(limit.value, 8);
  limit.setMax(2);
  assert.equal(limit.value, 8);
});

test("whatever is answered, it is a whole number between floor and maximum", () => {
  const answer = fc.tuple(fc.nat(100), fc.nat(100), fc.constantFrom("fast" as const, "slow" as const, "failed" as const));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(40),
      fc.array(answer),
      (start, floor, more, all) => {
        const limit = new Limit(start, floor, floor + more);
        for (const [startedMs, tookMs, outcome] of all) limit.answered(startedMs, startedMs + tookMs, outcome);
        assert.ok(Number.isInteger(limit.value) && limit.value >= floor && limit.value <= floor + more, String(limit.value));
      },
    ),
  );
});
