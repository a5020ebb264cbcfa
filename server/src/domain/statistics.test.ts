import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Rate } from "./rate.ts";
import { addCounts, bucketOf, countAttempt, latencyBuckets, newCounts, newSum, percentileMs } from "./statistics.ts";

const durations = fc.array(fc.oneof(fc.double({ min: 0, max: 30_000, noNaN: true }), fc.nat(64)), { minLength: 1, maxLength: 300 });
const parts = fc.constantFrom(0.5, 0.95, 0.99);

/** The nearest rank. */
function exact(all: readonly number[], part: number): number {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(sorted.length * part)) - 1] as number;
}

test("a percentile of counted attempts is in the bucket of the exact one", () => {
  fc.assert(
    fc.property(durations, parts, (all, part) => {
      const counts = newCounts();
      for (const ms of all) countAttempt(counts, ms);
      const [told, right] = [percentileMs(counts, part) as number, exact(all, part)];
      const lower = bucketOf(right) === 0 ? 0 : 2 ** (bucketOf(right) - 1);
      assert.ok(told >= lower && told <= Math.min(2 ** bucketOf(right), 30_000), `${told} for ${right}`);
    }),
  );
});

test("buckets double from a millisecond on, and the last takes what is longer", () => {
  assert.deepEqual(
    [0, 0.3, 1, 1.01, 2, 3, 4, 4.5, 16_384, 16_385, 30_000, 1e9, Number.NaN].map(bucketOf),
    [0, 0, 0, 1, 1, 2, 2, 3, 14, 15, 15, 15, 0],
  );
  assert.equal(bucketOf(30_000), latencyBuckets - 1);
});

test("counts that are added up say what they would say together, and nothing is said of no attempts", () => {
  const [all, one, other] = [newSum(), newCounts(), newCounts()];
  for (const ms of [1, 5, 9]) countAttempt(one, ms);
  for (const ms of [700, 8_000]) countAttempt(other, ms);
  for (const each of [one, other]) addCounts(all, each);
  assert.deepEqual([percentileMs(all, 0.5), percentileMs(all, 0.99), percentileMs(newSum(), 0.5)], [16, 8_192, null]);
});

test("of attempts that count in part the longest is told, not the longest there can be", () => {
  const counts = newSum();
  for (const ms of [3, 7]) countAttempt(counts, ms);
  assert.equal(
    percentileMs(
      counts.map((count) => count * 0.3),
      0.95,
    ),
    8,
  );
});

test("a rate is that of the last whole seconds, whatever came before", () => {
  const rate = new Rate();
  rate.add(600, 0);
  for (let second = 100; second < 110; second++) rate.add(5, second * 1000);
  rate.add(1_000, 110_500);
  assert.deepEqual([rate.perSecond(10, 110_900), rate.perSecond(60, 110_900), rate.perSecond(10, 120_000)], [5, 50 / 60, 100]);
  assert.equal(rate.perSecond(60, 500_000), 0);
});
