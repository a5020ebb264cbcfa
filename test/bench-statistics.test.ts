// How the benchmark comes to its figures: what it compares, how it searches, and when it says that a target holds.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { figuresOf, interleave, medianOf } from "../bench/interleave.ts";
import { control, highest, median, quantile } from "../bench/statistics.ts";
import { judgeOne } from "../bench/targets.ts";
import type { Window } from "../bench/window.ts";

const window = (cost: number, isVoid = false): Window => ({ cost, perSecond: 1_000, stolen: 0, foreign: 0, lateMs: 0, isVoid });
const steps = { first: 1_000, step: 2_000, stepMin: 250, triesMax: 50 };

test("the median of an even number of windows is between the two in the middle, and one odd window does not move it", () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([1, 1, 1, 1, 900]), 1);
  assert.ok(Number.isNaN(median([])));
});

test("of twenty times the 90 % are not above the eighteenth", () => {
  const times = Array.from({ length: 20 }, (_, index) => 20 - index);
  assert.equal(quantile(times, 0.9), 18);
  assert.equal(quantile([7], 0.9), 7);
  assert.ok(Number.isNaN(quantile([], 0.9)));
});

test("a setting compared with itself has a ratio of 1, and what chance makes of it grows with the scatter of its windows", () => {
  const quiet = [1, 1.01, 0.99, 1, 1.02, 0.98, 1, 1, 1.01, 0.99];
  const loud = [1, 1.4, 0.6, 1, 1.5, 0.5, 1, 1.3, 0.7, 1];
  assert.equal(control(quiet, quiet).ratio, 1);
  assert.ok(control(quiet, quiet).upper < 1.03);
  assert.ok(control(loud, loud).upper > 1.1);
});

test("the upper end of the control is that of 95 %: of many pairs of one setting few are beyond it", () => {
  let seed = 7;
  // A generator of its own, so that the figure is the same each time.
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const sample = (): number[] => Array.from({ length: 10 }, () => 1 + 0.2 * (random() - 0.5));
  const beyond = Array.from({ length: 80 }, () => {
    const [first, second] = [sample(), sample()];
    return median(sample()) / median(sample()) > control(first, second, random).upper;
  }).filter(Boolean).length;
  assert.ok(beyond <= 8, `${beyond} of 80 were beyond`);
});

test("the search finds what holds, within a step of what does not", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1_000, max: 40_000 }), async (edge) => {
      const found = await highest((rate) => Promise.resolve(rate <= edge), steps);
      assert.ok(found <= edge && edge - found < steps.stepMin, `${found} for ${edge}`);
    }),
  );
});

test("the search ends after so many tries, whatever holds", async () => {
  let tries = 0;
  await highest(() => Promise.resolve(++tries > 0), { ...steps, triesMax: 5 });
  assert.equal(tries, 5);
});

test("void windows count for nothing as long as there is one that is sound", () => {
  const cost = (each: Window): number => each.cost;
  assert.equal(medianOf([window(1), window(9, true), window(9, true)], cost), 1);
  assert.deepEqual(figuresOf([window(8, true), window(9, true)], cost), [8, 9]);
});

test("rounds go on for a setting with void windows, until it has as many sound ones as the others or too many were void", async () => {
  let taken = 0;
  const every = { sound: () => Promise.resolve(window(1)), second: () => Promise.resolve(window(2, ++taken % 3 === 1)) };
  const { sound, second } = await interleave(every, 4, 60);
  assert.equal(sound.length, 4);
  assert.equal(second.filter(({ isVoid }) => !isVoid).length, 4);
  const { never } = await interleave({ never: () => Promise.resolve(window(1, true)) }, 4, 60);
  assert.equal(never.length, 6);
});

test("no round is begun after the time is up, but the first one always is", async () => {
  const { one } = await interleave({ one: () => Promise.resolve(window(1)) }, 10, 0);
  assert.equal(one.length, 1);
});

const target = { name: "ratio", unit: "times", bound: { atMost: 1.5 } };
const reading = { measured: 1.6, control: 1.1, pairs: 10, timing: "full" } as const;

test("a target holds up to its bound times the upper end of the control, and is missed beyond", () => {
  assert.equal(judgeOne(target, reading).verdict, "holds");
  assert.equal(judgeOne(target, { ...reading, measured: 1.66 }).verdict, "missed");
  assert.equal(judgeOne(target, { ...reading, control: 1 }).verdict, "missed");
  const atLeast = { ...target, bound: { atLeast: 2 } };
  assert.equal(judgeOne(atLeast, { ...reading, measured: 1.9 }).verdict, "holds");
  assert.equal(judgeOne(atLeast, { ...reading, measured: 1.7 }).verdict, "missed");
});

test("with less than ten sound pairs, or nothing to divide by, a figure is void; a short run says that it is one", () => {
  assert.equal(judgeOne(target, { ...reading, pairs: 9 }).verdict, "void");
  assert.equal(judgeOne(target, { ...reading, measured: Number.NaN }).verdict, "void");
  assert.equal(judgeOne(target, null).verdict, "not measured");
  const short = judgeOne(target, { ...reading, pairs: 2, timing: "quick" });
  assert.deepEqual([short.verdict, short.isShort], ["holds", true]);
});
