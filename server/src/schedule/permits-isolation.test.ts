// Subscriptions that work beside hundreds that begin to hang, in virtual time: how long the ones that work have to wait.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Fifo } from "./fifo.ts";
import { Limit } from "./limit.ts";
import { Permits } from "./permits.ts";
import type { Flight, Lacking } from "./permits.ts";

const healthyCount = 1_000;
const healthyPerMs = 2;
const answerMs = 20;
const hangMs = 15_000;
const hangsFromMs = 1_000;
const untilMs = 36_000;
const subscriptionLimit = 8;

type List = "ready" | Exclude<Lacking, "subscription">;

type Subscription = {
  readonly ref: number;
  readonly host: string;
  readonly isBad: boolean;
  readonly limit: Limit;
  /** When what waits was published. */
  readonly queue: Fifo<number>;
  waiting: List | null;
};

type World = {
  readonly permits: Permits;
  /** The clock the permits are shown: one that stands still makes nothing old. */
  readonly clock: (nowMs: number) => number;
  readonly lists: Record<List, Fifo<Subscription>>;
  readonly waits: number[];
  readonly answers: Record<"good" | "bad", Fifo<{ readonly atMs: number; readonly flight: Flight; readonly of: Subscription }>>;
};

type Scenario = {
  readonly bad: number;
  readonly badPerMs: number;
  readonly ageing: boolean;
  readonly host?: string;
  /** Those that hang answer well in the end, all the same. */
  readonly answersWell?: boolean;
};

type Result = { readonly p50: number; readonly p99: number; readonly max: number; readonly sent: number; readonly inFlightMost: number };

function simulate({ bad, badPerMs, ageing, host, answersWell = false }: Scenario): Result {
  const world: World = {
    permits: ageing ? new Permits() : new Permits({ inFlightMax: 2_048, bytesMax: 1_024, fastShare: 1 }),
    clock: ageing ? (nowMs) => nowMs : () => 0,
    lists: { ready: new Fifo(), host: new Fifo(), fast: new Fifo(), slow: new Fifo(), process: new Fifo() },
    waits: [],
    answers: { good: new Fifo(), bad: new Fifo() },
  };
  const random = fromSeed(7);
  const healthy = Array.from({ length: healthyCount }, (_, at) => subscription(at, false, `${at}.example`));
  const hanging = Array.from({ length: bad }, (_, at) => subscription(healthyCount + at, true, host ?? `bad-${at}.example`));
  let inFlightMost = 0;
  for (let nowMs = 0; nowMs < untilMs; nowMs++) {
    finishDue(world, world.answers.good, nowMs, "fast");
    finishDue(world, world.answers.bad, nowMs, answersWell ? "fast" : "failed");
    publish(world, healthy, healthyPerMs, random, nowMs);
    publish(world, hanging, badPerMs, random, nowMs);
    pump(world, nowMs);
    inFlightMost = Math.max(inFlightMost, world.permits.inFlight);
  }
  return { ...percentiles(world.waits.concat(healthy.flatMap(stillWaiting))), sent: world.waits.length, inFlightMost };
}

function subscription(ref: number, isBad: boolean, host: string): Subscription {
  return { ref, host, isBad, limit: new Limit(subscriptionLimit, 1, subscriptionLimit), queue: new Fifo(), waiting: null };
}

function publish(world: World, to: readonly Subscription[], count: number, random: () => number, nowMs: number): void {
  for (let at = 0; at < count; at++) {
    const target = to[Math.floor(random() * to.length)] as Subscription;
    target.queue.push(nowMs);
    if (target.waiting === null) list(world, target, "ready");
  }
}

function finishDue(world: World, answers: World["answers"]["good"], nowMs: number, outcome: "fast" | "failed"): void {
  for (let first = answers.peek(); first && first.atMs <= nowMs; first = answers.peek()) {
    answers.shift();
    const { flight, of } = first;
    world.permits.finish(flight, world.clock(nowMs), outcome);
    of.limit.answered(flight.startedMs, nowMs, outcome);
    list(world, of, "ready");
  }
}

/** The lists go round: the first of each is asked, until one is told that this list's permit lacks still. */
function pump(world: World, nowMs: number): void {
  do goRound(world, nowMs);
  while (world.lists.ready.length > 0);
}

function goRound(world: World, nowMs: number): void {
  for (const name of ["process", "host", "slow", "fast", "ready"] as const) {
    const list = world.lists[name];
    for (let looks = list.length; looks > 0; looks--) {
      const first = list.shift() as Subscription;
      if (first.waiting === name && startNext(world, first, nowMs) === name) break;
    }
  }
}

function startNext(world: World, of: Subscription, nowMs: number): Lacking | null {
  of.waiting = null;
  const publishedMs = of.queue.peek();
  if (publishedMs === undefined) return null;
  const flight: Flight = { subscription: of.ref, host: of.host, startedMs: world.clock(nowMs), bytes: 0 };
  const lacking = world.permits.start(flight, of.limit.value, world.clock(nowMs));
  if (lacking === null) {
    of.queue.shift();
    if (!of.isBad) world.waits.push(nowMs - publishedMs);
    answer(world, of, flight, nowMs);
    list(world, of, "ready");
  } else if (lacking !== "subscription") list(world, of, lacking);
  return lacking;
}

function answer(world: World, of: Subscription, flight: Flight, nowMs: number): void {
  const hangs = of.isBad && nowMs >= hangsFromMs;
  world.answers[hangs ? "bad" : "good"].push({ atMs: nowMs + (hangs ? hangMs : answerMs), flight, of });
}

function list(world: World, of: Subscription, name: List): void {
  of.waiting = name;
  world.lists[name].push(of);
}

const stillWaiting = (of: Subscription): number[] => [...of.queue.all()].map((publishedMs) => untilMs - publishedMs);

function percentiles(waits: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = Float64Array.from(waits).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function fromSeed(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const told = ({ p50, p99, max, inFlightMost }: Result): string =>
  `waits of the healthy: p50 ${p50} ms, p99 ${p99} ms, longest ${max} ms; at most ${inFlightMost} in flight`;

for (const bad of [300, 600]) {
  test(`${bad} subscriptions begin to hang: the others do not wait`, (t) => {
    const result = simulate({ bad, badPerMs: 2, ageing: true });
    t.diagnostic(told(result));
    assert.ok(result.p99 < 100, told(result));
    assert.equal(result.sent, healthyPerMs * untilMs);
  });

  test(`${bad} subscriptions answer late, and well: the others do not wait`, (t) => {
    const result = simulate({ bad, badPerMs: 2, ageing: true, answersWell: true });
    t.diagnostic(told(result));
    assert.ok(result.p99 < 100, told(result));
  });

  test(`${bad} subscriptions begin to hang and nothing counts as old: the others wait for the deadlines`, (t) => {
    const result = simulate({ bad, badPerMs: 2, ageing: false });
    t.diagnostic(told(result));
    assert.ok(result.p99 > 5_000, told(result));
  });
}
test("300 subscriptions of one host begin to hang: its own limit stops them, whatever counts as old", (t) => {
  const result = simulate({ bad: 300, badPerMs: 2, ageing: false, host: "shared.example" });
  t.diagnostic(told(result));
  assert.ok(result.max < 100 && result.inFlightMost < 200, told(result));
});
