import assert from "node:assert/strict";
import { test } from "node:test";
import { Hosts } from "./permits-hosts.ts";

type Outcome = "fast" | "slow" | "failed" | "neutral";

/** How many a host takes now: takes them all and gives them back without saying anything. */
function room(hosts: Hosts, name: string): number {
  let taken = 0;
  while (!hosts.isFull(name)) {
    hosts.take(name);
    taken++;
  }
  for (let at = 0; at < taken; at++) hosts.give(name, 0, 0, 0, "neutral");
  return taken;
}

/** One request after another, one at a time. */
function answer(hosts: Hosts, name: string, answers: readonly (readonly [subscription: number, outcome: Outcome])[], fromMs = 0): void {
  for (const [at, [subscription, outcome]] of answers.entries()) {
    hosts.take(name);
    hosts.give(name, subscription, fromMs + at * 10 + 1, fromMs + at * 10 + 9, outcome);
  }
}

/** A full window: `count` requests at a time, all answered fast. */
function saturate(hosts: Hosts, name: string, count: number, nowMs: number): void {
  for (let at = 0; at < count; at++) hosts.take(name);
  for (let at = 0; at < count; at++) hosts.give(name, at, nowMs, nowMs + 20, "fast");
}

const times = <T>(count: number, value: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => value(at));

const table: readonly [story: string, answers: readonly (readonly [number, Outcome])[], room: number][] = [
  ["nothing is known of it", [], 64],
  ["one subscription's requests fail: its own limit's affair", times(20, () => [1, "failed"]), 64],
  [
    "two subscriptions' requests fail in a row",
    [
      [1, "failed"],
      [2, "failed"],
    ],
    32,
  ],
  [
    "slow counts like failed",
    [
      [1, "slow"],
      [2, "failed"],
    ],
    32,
  ],
  [
    "a fast answer between them",
    [
      [1, "failed"],
      [3, "fast"],
      [2, "failed"],
    ],
    64,
  ],
  [
    "a neutral one between them",
    [
      [1, "failed"],
      [3, "neutral"],
      [2, "failed"],
    ],
    32,
  ],
  ["one broken subscription among many that work", times(300, (at) => (at % 3 === 0 ? [1, "failed"] : [at, "fast"])), 64],
  ["all of them fail: the floor", times(40, (at) => [at, "failed"]), 8],
];

for (const [story, answers, expected] of table) {
  test(`a host, when ${story}: ${expected}`, () => {
    const hosts = new Hosts();
    answer(hosts, "a.example", answers);
    assert.equal(room(hosts, "a.example"), expected);
    assert.equal(room(hosts, "b.example"), 64);
  });
}

test("a host that answers fast while it is used fully takes more and more, up to 512", () => {
  const hosts = new Hosts();
  hosts.take("a.example");
  for (let at = 0; at < 5; at++) saturate(hosts, "a.example", 63, at * 100);
  const grown = room(hosts, "a.example") + 1;
  assert.ok(grown > 64 && grown < 80, String(grown));
  for (let at = 0; at < 2_000; at++) saturate(hosts, "a.example", room(hosts, "a.example"), at * 100);
  hosts.give("a.example", 0, 0, 0, "neutral");
  assert.equal(room(hosts, "a.example"), 512);
});

test("fast answers of a host that is hardly used do not show that it would take more", () => {
  const hosts = new Hosts();
  for (let at = 0; at < 30; at++) hosts.take("a.example");
  answer(
    hosts,
    "a.example",
    times(1_000, (at) => [at, "fast"]),
  );
  assert.equal(room(hosts, "a.example"), 64 - 30);
});

test("a host is remembered while idle when something was learned about it, and forgotten after many others", () => {
  const hosts = new Hosts();
  const fail = (name: string): void =>
    answer(hosts, name, [
      [1, "failed"],
      [2, "failed"],
    ]);
  fail("first.example");
  assert.equal(hosts.size, 1);
  assert.equal(room(hosts, "first.example"), 32);
  for (let at = 0; at < 20_000; at++) fail(`${at}.example`);
  assert.ok(hosts.size <= 4_096, String(hosts.size));
  assert.equal(room(hosts, "first.example"), 64);
  assert.equal(room(hosts, "19999.example"), 32);
});

test("hosts that only work do not push out what was learned about another one", () => {
  const hosts = new Hosts();
  answer(hosts, "first.example", [
    [1, "failed"],
    [2, "failed"],
  ]);
  for (let at = 0; at < 20_000; at++) answer(hosts, `${at}.example`, [[1, "fast"]]);
  assert.ok(hosts.size <= 4_096, String(hosts.size));
  assert.equal(room(hosts, "first.example"), 32);
});

test("a host that is busy stays, however many others come", () => {
  const hosts = new Hosts();
  hosts.take("busy.example");
  for (let at = 0; at < 20_000; at++) answer(hosts, `${at}.example`, [[1, "slow"]]);
  hosts.give("busy.example", 1, 0, 1, "neutral");
  assert.equal(room(hosts, "busy.example"), 64);
});
