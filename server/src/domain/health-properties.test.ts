// What holds for every sequence of answers, hours and people's clicks.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { gateOf, healthy, isUnremarkable, step } from "./health.ts";
import type { Health, HealthChange, HealthInput, HealthRules } from "./health.ts";

const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
const day = 24 * 60 * minute;
const healthBytesMax = 600;

type Move = { readonly afterMs: number; readonly input: (nowMs: number) => HealthInput };

const failure = fc.constantFrom(
  null,
  "status" as const,
  "timeout" as const,
  "throttled" as const,
  "throttled" as const,
  "internal" as const,
);
const rarelyGone = fc.oneof({ weight: 30, arbitrary: failure }, { weight: 1, arbitrary: fc.constant("gone" as const) });
const answer = fc.record({
  failure: rarelyGone,
  tookMs: fc.oneof(fc.nat(100), fc.nat(30_000)),
  retryAfterMs: fc.option(fc.nat(9_000_000)),
  counts: fc.boolean(),
});
const answered = answer.map(({ tookMs, ...rest }) => (nowMs: number): HealthInput => ({
  kind: "answered",
  startedMs: nowMs - tookMs,
  nowMs,
  ...rest,
}));
const time = fc.constant((nowMs: number): HealthInput => ({ kind: "time", nowMs }));
const pause = fc.option(fc.nat(2 * day)).map((forMs) => (nowMs: number): HealthInput => ({
  kind: "pause",
  nowMs,
  untilMs: forMs === null ? null : nowMs + forMs,
}));
const setLive = fc.constant((nowMs: number): HealthInput => ({ kind: "set_live", nowMs }));
const move: fc.Arbitrary<Move> = fc.record({
  afterMs: fc.oneof(fc.nat(50), fc.nat(2 * minute), fc.nat(day)),
  input: fc.oneof(
    { weight: 12, arbitrary: answered },
    { weight: 4, arbitrary: time },
    { weight: 1, arbitrary: pause },
    { weight: 1, arbitrary: setLive },
  ),
});
const moves = fc.array(move, { maxLength: 120 });
const rules: fc.Arbitrary<HealthRules> = fc.record({ spaced: fc.boolean(), suspends: fc.boolean() });

type Seen = { before: Health; after: Health; input: HealthInput; change: HealthChange | null };

/** Plays the moves and shows what each did. */
function play(list: readonly Move[], by: HealthRules, look: (seen: Seen) => void): Health {
  const health = healthy(start);
  let nowMs = start;
  for (const { afterMs, input } of list) {
    nowMs += afterMs;
    const before = structuredClone(health);
    const made = input(nowMs);
    look({ before, after: health, input: made, change: step(health, made, by) });
  }
  return health;
}

const forAll = (look: (seen: Seen, by: HealthRules) => void) =>
  fc.assert(
    fc.property(moves, rules, (list, by) => void play(list, by, (seen) => look(seen, by))),
    { numRuns: 1_000 },
  );

test("what is written and read again behaves the same", () =>
  forAll(({ before, after, input, change }, by) => {
    const read = JSON.parse(JSON.stringify(before)) as Health;
    assert.deepEqual(read, before);
    assert.deepEqual(step(read, input, by), change);
    assert.deepEqual(read, after);
  }));

test("its size is bounded", () => forAll(({ after }) => assert.ok(JSON.stringify(after).length <= healthBytesMax, JSON.stringify(after))));

test("every change of state is told, from where to where; a warning changes none", () =>
  forAll(({ before, after, input: { nowMs }, change }) => {
    if (change === null) return assert.equal(after.state, before.state);
    assert.deepEqual([change.from, change.to], [before.state, after.state]);
    assert.equal(change.untilMs, after.untilMs);
    if (change.warningDay === null) assert.deepEqual([change.cause, after.sinceMs], [after.cause, nowMs]);
    else assert.deepEqual([after.state, after.sinceMs, after.cause], [before.state, before.sinceMs, before.cause]);
  }));

test("disabled is left by Set live alone, suspended by that or 410", () =>
  forAll(({ before, after, input: { kind } }) => {
    if (before.state === "disabled" && after.state !== "disabled") assert.equal(kind, "set_live");
    if (before.state === "suspended" && kind !== "set_live") assert.ok(after.state === "suspended" || after.state === "disabled");
  }));

test("410 disables from whatever state", () =>
  forAll(({ after, input: made }) => {
    if (made.kind === "answered" && made.failure === "gone") assert.equal(after.state, "disabled");
  }));

test("the gate stays shut in a pause by hand, and the pause until its end or a click", () =>
  forAll(({ before, after, input: made }) => {
    if (after.state === "paused") assert.equal(gateOf(after, made.nowMs).atOnce, 0);
    if (before.state !== "paused" || before.cause !== "by_hand" || after.state === "paused") return;
    const isOver = made.kind === "time" && before.untilMs !== null && made.nowMs >= before.untilMs;
    assert.ok(isOver || made.kind === "set_live" || after.state === "disabled");
  }));

test("the end of a throttle's wait never moves earlier while it lasts", () =>
  forAll(({ before, after, input: made }) => {
    if (before.state !== "throttled" || after.state !== "throttled") return;
    assert.ok((after.untilMs ?? 0) >= (before.untilMs ?? Infinity));
    if (after.untilMs !== before.untilMs) assert.ok(made.kind === "answered" && made.failure === "throttled");
  }));

test("a throttle ends only by an answer to a request that began when it might, by a person, or by a week", () =>
  forAll(({ before, after, input: made, change }) => {
    if (before.state !== "throttled" || after.state === "throttled" || after.state === "disabled") return;
    const isProbe = made.kind === "answered" && made.startedMs >= before.sinceMs + 1_000;
    assert.ok(isProbe || made.kind === "pause" || made.kind === "set_live" || change?.cause === "failing_for_a_week");
  }));

test("a gate that is shut opens by itself at the moment it names", () =>
  forAll(({ after, input: { nowMs } }, by) => {
    const { atOnce, opensAtMs } = gateOf(after, nowMs);
    if (atOnce !== 0 || opensAtMs === null) return;
    const later = structuredClone(after);
    const atMs = Math.max(opensAtMs, nowMs);
    step(later, { kind: "time", nowMs: atMs }, by);
    assert.ok(gateOf(later, atMs).atOnce !== 0 || later.state === "suspended");
  }));

test("after Set live one at a time is sent, and after one success and a while nothing need be remembered", () =>
  forAll(({ after, input: { nowMs } }, by) => {
    const health = structuredClone(after);
    step(health, { kind: "set_live", nowMs }, by);
    assert.equal(gateOf(health, nowMs).atOnce, isUnremarkable(after) ? null : 1);
    step(health, { kind: "answered", startedMs: nowMs, nowMs: nowMs + 1, failure: null, retryAfterMs: null, counts: true }, by);
    step(health, { kind: "time", nowMs: nowMs + 2 * minute }, by);
    assert.ok(isUnremarkable(health));
    assert.deepEqual(gateOf(health, nowMs + 2 * minute), { atOnce: null, opensAtMs: null, cause: null });
  }));

test("whoever does nothing but fail, as fast as the gate lets through, is paused within 35 minutes and again and again", () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30_000 }), fc.boolean(), (tookMs, spaced) => {
      const by = { spaced, suspends: false };
      const health = healthy(start);
      const pausedAt: number[] = [];
      for (let nowMs = start; nowMs < start + 3 * 60 * minute;) {
        step(health, { kind: "time", nowMs }, by);
        const { atOnce, opensAtMs } = gateOf(health, nowMs);
        if (atOnce === 0) nowMs = opensAtMs ?? assert.fail("shut for good");
        else {
          const made = { startedMs: nowMs, nowMs: nowMs + tookMs, failure: "timeout" as const, retryAfterMs: null, counts: true };
          nowMs = made.nowMs;
          if (step(health, { kind: "answered", ...made }, by)?.to === "paused") pausedAt.push(nowMs);
        }
      }
      const gaps = pausedAt.map((atMs, nth) => atMs - (pausedAt[nth - 1] ?? start - 15 * minute));
      assert.ok(gaps.length >= 3 && gaps.every((gap) => gap <= 50 * minute), String(gaps.map((gap) => gap / minute)));
    }),
    { numRuns: 200 },
  ));
