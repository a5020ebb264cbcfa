import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Permits } from "./permits.ts";
import type { Flight } from "./permits.ts";

const limit = 8;
const kibibyte = 1_024;

const flight = (subscription: number, startedMs = 0, host = `${subscription}.example`, bytes = 0): Flight => ({
  subscription,
  host,
  startedMs,
  bytes,
});

/** Ten places, seven of them for fast sends. */
const ten = (): Permits => new Permits({ inFlightMax: 10, bytesMax: kibibyte, fastShare: 0.7 });

function startAll(permits: Permits, flights: readonly Flight[], nowMs = 0): readonly Flight[] {
  for (const each of flights) assert.equal(permits.start(each, 100, nowMs), null);
  return flights;
}

const many = (count: number, subscription: (at: number) => number, startedMs = 0): Flight[] =>
  Array.from({ length: count }, (_, at) => flight(subscription(at), startedMs));

test("a subscription takes its limit and no more, and the others are not concerned", () => {
  const permits = ten();
  startAll(
    permits,
    many(2, () => 1),
  );
  assert.equal(permits.start(flight(1), 2, 0), "subscription");
  assert.equal(permits.start(flight(2), 2, 0), null);
  assert.deepEqual([permits.inFlightOf(1), permits.inFlightOf(2), permits.inFlightOf(3), permits.inFlight], [2, 1, 0, 3]);
});

test("a limit that fell lets nothing start until enough is finished", () => {
  const permits = ten();
  const [first, second] = startAll(
    permits,
    many(3, () => 1),
  );
  for (const each of [first, second] as Flight[]) {
    assert.equal(permits.lacking(1, "1.example", 1, 0), "subscription");
    permits.finish(each, 0, "fast");
  }
  assert.equal(permits.lacking(1, "1.example", 1, 0), "subscription");
  assert.equal(permits.lacking(1, "1.example", 2, 0), null);
});

test("who lacks one permit takes none of the others", () => {
  const permits = ten();
  startAll(
    permits,
    many(7, (at) => at),
  );
  assert.equal(permits.start(flight(8, 0, "8.example", 100), limit, 0), "fast");
  assert.deepEqual([permits.inFlightOf(8), permits.inFlight, permits.bytes], [0, 7, 0]);
});

test("fast sends take seven places of ten, the rest is not lent", () => {
  const permits = ten();
  startAll(
    permits,
    many(7, (at) => at),
  );
  assert.equal(permits.lacking(9, "9.example", limit, 500), "fast");
});

test("what is older than half a second makes room in the fast lane, once", () => {
  const permits = ten();
  startAll(
    permits,
    many(7, (at) => at),
  );
  assert.equal(permits.age(500), false);
  assert.equal(permits.age(501), true);
  assert.equal(permits.age(502), false);
  assert.deepEqual(permits.lanes, { fast: 0, slow: 7 });
  assert.equal(permits.start(flight(9, 502), limit, 502), null);
});

test("room that came while somebody else asked is told to who asks for it next", () => {
  const permits = ten();
  startAll(
    permits,
    many(1, () => 1),
  );
  permits.lacking(2, "2.example", limit, 501);
  assert.equal(permits.age(501), true);
});

test("room is told of when what grew old with it made none", () => {
  const permits = ten();
  startAll(permits, [flight(1)]);
  startAll(permits, [flight(2, 400)], 400);
  startAll(permits, [flight(1, 501)], 501);
  assert.equal(permits.age(501), true);
  assert.equal(permits.age(2_000), true);
  assert.deepEqual(permits.lanes, { fast: 0, slow: 3 });
});

test("after a clock was set back, what starts now grows old all the same", () => {
  const permits = ten();
  const [before] = startAll(permits, [flight(1, 3_600_000)], 3_600_000);
  permits.finish(before as Flight, 0, "fast");
  startAll(permits, [flight(2)]);
  assert.equal(permits.age(501), true);
});

test("two subscriptions of a host fail: it takes half as many, and nobody else is concerned", () => {
  const permits = new Permits();
  const one = (subscription: number): Flight => flight(subscription, 0, "shared.example");
  const [first, second] = startAll(
    permits,
    Array.from({ length: 64 }, (_, at) => one(at)),
  );
  assert.equal(permits.start(one(99), limit, 0), "host");
  permits.finish(first as Flight, 20, "failed");
  assert.equal(permits.start(one(99), limit, 20), null);
  permits.finish(second as Flight, 20, "failed");
  assert.equal(permits.start(one(100), limit, 20), "host");
  assert.equal(permits.start(flight(101, 20), limit, 20), null);
});

test("a subscription is slow while it has a request older than half a second, and starts in the slow lane", () => {
  const permits = ten();
  const [hanging] = startAll(permits, [flight(1)]);
  permits.age(501);
  assert.equal(permits.isSlow(1), true);
  assert.equal(permits.isSlow(2), false);
  startAll(
    permits,
    many(2, () => 1, 501),
    501,
  );
  assert.deepEqual(permits.lanes, { fast: 0, slow: 3 });
  assert.equal(permits.lacking(1, "1.example", limit, 501), "slow");
  assert.equal(permits.lacking(2, "2.example", limit, 501), null);
  permits.finish(hanging as Flight, 600, "fast");
  assert.equal(permits.isSlow(1), true);
  assert.equal(permits.start(flight(1, 600), limit, 600), null);
  assert.deepEqual(permits.lanes, { fast: 0, slow: 3 });
});

test("who was slow is so until something of it is answered sooner", () => {
  const permits = ten();
  const [late] = startAll(permits, [flight(1)]);
  permits.age(501);
  permits.finish(late as Flight, 600, "fast");
  const [unsent, answered] = startAll(
    permits,
    many(2, () => 1, 60_000),
    60_000,
  );
  permits.finish(unsent as Flight, 60_000, "neutral");
  assert.equal(permits.isSlow(1), true);
  permits.finish(answered as Flight, 60_100, "failed");
  assert.equal(permits.isSlow(1), false);
});

test("of those that were slow and send nothing more, ten thousand are remembered", () => {
  const permits = new Permits();
  for (let subscription = 0; subscription <= 10_000; subscription++) {
    const [late] = startAll(permits, [flight(subscription, subscription * 600)], subscription * 600);
    permits.finish(late as Flight, subscription * 600 + 501, "fast");
  }
  assert.deepEqual(
    [0, 1, 10_000].map((subscription) => permits.isSlow(subscription)),
    [false, true, true],
  );
});

test("what started in the slow lane keeps its subscription slow when it grows old, and makes no room", () => {
  const permits = ten();
  const [hanging] = startAll(permits, [flight(1)]);
  startAll(permits, [flight(1, 501)], 501);
  assert.equal(permits.age(501), true);
  permits.finish(hanging as Flight, 700, "slow");
  assert.equal(permits.age(1_002), false);
  assert.equal(permits.isSlow(1), true);
});

test("requests that grew old put the slow lane in debt: more is in flight than there are places, up to twice as many", () => {
  const permits = ten();
  for (const round of [0, 1, 2]) {
    const nowMs = round * 501;
    startAll(
      permits,
      many(round < 2 ? 7 : 6, (at) => round * 10 + at, nowMs),
      nowMs,
    );
  }
  assert.deepEqual(permits.lanes, { fast: 6, slow: 14 });
  assert.equal(permits.lacking(99, "99.example", limit, 1_002), "process");
  assert.equal(permits.lacking(1, "1.example", limit, 1_002), "slow");
});

test("the slow lane opens again when its debt is paid, not before", () => {
  const permits = ten();
  const flights = startAll(
    permits,
    many(5, () => 1),
  );
  for (const [at, lacks] of ["slow", "slow", "slow", null].entries()) {
    assert.equal(permits.lacking(1, "1.example", limit, 501), lacks);
    permits.finish(flights[at] as Flight, 501, "neutral");
  }
});

test("bodies in flight are bounded, and the largest can still start", () => {
  const permits = ten();
  const large = flight(1, 0, "1.example", kibibyte * 5);
  startAll(permits, [flight(2, 0, "2.example", kibibyte - 1), large]);
  assert.equal(permits.bytes, kibibyte * 6 - 1);
  assert.equal(permits.start(flight(3), limit, 0), "process");
  permits.finish(large, 0, "fast");
  assert.equal(permits.lacking(3, "3.example", limit, 0), null);
});

test("a flight is finished once, and only when it was started", () => {
  const permits = ten();
  const [started] = startAll(permits, [flight(1)]);
  assert.throws(() => permits.finish(flight(1), 0, "fast"), /not started/);
  assert.throws(() => permits.start(started as Flight, limit, 0), /twice/);
  permits.finish(started as Flight, 0, "fast");
  assert.throws(() => permits.finish(started as Flight, 0, "fast"), /not started/);
});

const outcomes = ["fast", "slow", "failed", "neutral"] as const;
const command = fc.record({
  do: fc.constantFrom("start", "start", "start", "finish", "finish", "age"),
  subscription: fc.nat(5),
  pick: fc.nat(1_000),
  bytes: fc.nat(300),
  limit: fc.integer({ min: 1, max: 5 }),
  afterMs: fc.nat(300),
  outcome: fc.constantFrom(...outcomes),
});

test("whatever starts, ends and ages: accounts add up to what is in flight and nothing is taken that lacks", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
      const permits = ten();
      const open: Flight[] = [];
      let nowMs = 0;
      for (const each of commands) {
        nowMs += each.afterMs;
        if (each.do === "age") permits.age(nowMs);
        if (each.do === "start") {
          const next = flight(each.subscription, nowMs, `${each.subscription % 2}.example`, each.bytes);
          const lacking = permits.lacking(next.subscription, next.host, each.limit, nowMs);
          assert.equal(permits.start(next, each.limit, nowMs), lacking);
          if (lacking === null) open.push(next);
        }
        const [ended] = each.do === "finish" && open.length > 0 ? open.splice(each.pick % open.length, 1) : [];
        if (ended) permits.finish(ended, nowMs, each.outcome);
        addsUp(permits, open, nowMs);
      }
      for (const each of open.splice(0)) permits.finish(each, nowMs, "fast");
      addsUp(permits, open, nowMs);
    }),
    { numRuns: 300 },
  );
});

function addsUp(permits: Permits, open: readonly Flight[], nowMs: number): void {
  const { fast, slow } = permits.lanes;
  assert.ok(fast >= 0 && slow >= 0 && fast <= 7 && fast + slow <= 20, `fast ${fast}, slow ${slow}`);
  assert.equal(fast + slow, open.length);
  assert.equal(permits.inFlight, open.length);
  assert.equal(
    permits.bytes,
    open.reduce((sum, each) => sum + each.bytes, 0),
  );
  permits.age(nowMs);
  for (let subscription = 0; subscription <= 5; subscription++) {
    const own = open.filter((each) => each.subscription === subscription);
    assert.equal(permits.inFlightOf(subscription), own.length);
    if (own.some((each) => nowMs - each.startedMs > 500)) assert.ok(permits.isSlow(subscription));
  }
}
