import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import type { Mistake } from "@bellhop/contract/problems";
import { stateCauses } from "@bellhop/contract/subscriptions-states";
import { subscriptionRoutes } from "@bellhop/contract/subscriptions";
import type { StateChange, SubscriptionView } from "@bellhop/contract/subscriptions";
import { dayMs, firstDayMs, id16, insertControl, startShow } from "../../../test/show-fixture.ts";
import type { Shown } from "../../../test/show-fixture.ts";
import { healthy, step } from "../domain/health.ts";
import { eventId, notificationId } from "../domain/id.ts";
import { subscriptionHandlers } from "../http/handlers/subscriptions.ts";
import { createServer } from "../http/server.ts";
import type { Actor } from "../store/audit.ts";
import { insertSteps } from "../store/log.ts";
import type { Step } from "../store/log.ts";
import { estimateHeld } from "../domain/held-estimate.ts";
import { sampleHeld } from "../store/subscriptions-held.ts";
import type { Steering } from "./subscriptions-state.ts";

const nowMs = firstDayMs + 2 * dayMs;
const holdDays = 7;
const app = id16("app", 1);
const path = `/v1/apps/${app}/subscriptions`;
const iso = (ms: number): string => new Date(ms).toISOString();

let shown: Shown;
let server: FastifyInstance;
let boundTo: number | null = null;
let delivers = true;
let steered: unknown[] = [];

/** Stands for whoever sends: remembers what it was told, and stores it. */
const steering: Steering = {
  pause: async (subscription, untilMs, by) => {
    steered.push(["pause", subscription, untilMs]);
    if (delivers) await store(subscription, "paused", "by_hand", untilMs, by);
    return delivers;
  },
  setLive: async (subscription, held, by) => {
    steered.push(["setLive", subscription, held]);
    if (delivers) await store(subscription, "live", "set_live", null, by);
    return delivers;
  },
};

async function store(ref: number, state: string, cause: string, untilMs: number | null, by: Actor): Promise<void> {
  const { control } = shown.database;
  const until = untilMs === null ? null : iso(untilMs);
  await control.query(
    `insert into subscription_state (subscription, state, cause, until) values ($1, $2, $3, $4)
     on conflict (subscription) do update set state = excluded.state, cause = excluded.cause, until = excluded.until, since = now()`,
    [ref, state, cause, until],
  );
  await tell(ref, by, { state, state_cause: cause, ...(until === null ? {} : { until }) });
}

/** An entry of the history, as whoever sends writes it. */
async function tell(ref: number, by: Actor, state: object, earlier: object = { state: "live", state_cause: null }): Promise<void> {
  const values = [by.key, by.route, id16("sub", ref), JSON.stringify(earlier), JSON.stringify(state)];
  await shown.database.control.query("insert into audit (key, route, subject, before, after) values ($1, $2, $3, $4, $5)", values);
}

before(async () => {
  shown = await startShow();
  await insertControl(
    shown,
    2,
    [{ owner: 1, installedIn: [1] }],
    [1, 2, 3].map(() => ({ app: 1, topics: ["ticket.created"] })),
  );
  await shown.database.control.query(`update subscription set policy = '"durable"'`);
  const { database } = shown;
  server = createServer({
    routes: subscriptionRoutes,
    handlers: subscriptionHandlers({
      database,
      steering,
      holdDays,
      catalogue: () => shown.catalogue,
      nowMs: () => nowMs,
      publicUrl: "https://hub.test",
    } as never) as never,
    findKey: async () => ({ key: "key_test", scopes: ["manage"], workspace: boundTo }),
    log: pino({ level: "silent" }),
  });
});

after(async () => {
  await server?.close();
  await shown?.close();
});

beforeEach(async () => {
  steered = [];
  delivers = true;
  boundTo = null;
  const { control } = shown.database;
  await control.query("delete from subscription_state");
  await control.query("delete from audit");
  await control.query("delete from log");
  await control.query("update subscription set topics_off = '{}'");
});

type Body = SubscriptionView & {
  code: string;
  detail: string;
  errors: Mistake[];
  data: (SubscriptionView & StateChange)[];
  next_cursor: string;
};
type Called = { status: number; body: Body };

async function call(method: "GET" | "POST", url: string, body?: unknown): Promise<Called> {
  const headers = { authorization: "Bearer key", ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const answer = await server.inject({ method, url, headers, ...(body === undefined ? {} : { payload: JSON.stringify(body) }) });
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Body };
}

const at = (ref: number, rest = ""): string => `${path}/${id16("sub", ref)}${rest}`;
const pause = (ref: number, body: object): Promise<Called> => call("POST", at(ref, "/pause"), body);
const setLive = (ref: number, held = "send"): Promise<Called> => call("POST", at(ref, "/set-live"), { held });

type Hold = { queue?: number; position: number; madeMs?: number; end?: boolean };

/** Holds of a subscription, each of a notification of its own. */
async function hold(ref: number, holds: readonly Hold[]): Promise<void> {
  const steps = holds.flatMap(({ queue = 0, position, madeMs = nowMs, end = false }, index): Step[] => {
    const event = eventId(madeMs, ref, Buffer.from(String(index >> 13).padStart(6, "0")));
    const notification = notificationId(event, (index & 0x1fff) + 1);
    const held: Step = { ...emptyStep, notification, subscription: ref, reason: "paused", queue, position };
    return end ? [held, { ...held, step: 2, kind: "e", reason: "canceled", queue: null, position: null }] : [held];
  });
  for (let from = 0; from < steps.length; from += 10_000) {
    assert.ok(await insertSteps(shown.database.record, 1, steps.slice(from, from + 10_000)));
  }
}

const emptyStep: Step = {
  notification: "",
  step: 1,
  kind: "h",
  subscription: 0,
  shard: 0,
  atMs: nowMs,
  reason: null,
  requests: 0,
  policyStep: 0,
  firstSentAtMs: null,
  throttledSinceMs: null,
  nextAtMs: null,
  retryReason: null,
  queue: null,
  position: null,
  attempt: null,
};

test("a pause by hand lasts until its end, or until set live", async () => {
  const untilMs = nowMs + 3_600_000;
  const paused = await pause(1, { until: iso(untilMs) });
  assert.equal(paused.status, 200, JSON.stringify(paused.body));
  assert.deepEqual([paused.body.state, paused.body.state_cause, paused.body.state_until], ["paused", "by_hand", iso(untilMs)]);
  assert.equal(paused.body.state_sentence, stateCauses.by_hand.sentence);
  assert.deepEqual((await pause(1, {})).body.state_until, null);
  assert.equal((await setLive(1)).body.state, "live");
  assert.deepEqual(steered, [
    ["pause", 1, untilMs],
    ["pause", 1, null],
    ["setLive", 1, "send"],
  ]);
});

const mistaken: readonly [what: string, body: object, message: RegExp][] = [
  ["a time that has passed", { until: iso(nowMs - 1) }, /must lie in the future/],
  ["now", { until: iso(nowMs) }, /must lie in the future/],
  ["more than 30 days", { until: iso(nowMs + 30 * dayMs + 1) }, /more than 30 days ahead/],
  ["the 30th of February", { until: "2026-02-30T00:00:00Z" }, /not a date that exists/],
  ["a time without a zone", { until: "2026-03-05T00:00:00" }, /with a time zone/],
  ["an unknown field", { until: iso(nowMs + 1), for: 1 }, /not a known field/],
];

for (const [what, body, message] of mistaken) {
  test(`a pause until ${what} is refused`, async () => {
    const refused = await pause(1, body);
    assert.deepEqual([refused.status, refused.body.code], [422, "invalid_request"]);
    assert.match(JSON.stringify(refused.body.errors), message);
    assert.deepEqual(steered, []);
  });
}

test("30 days ahead is still taken", async () => {
  assert.equal((await pause(1, { until: iso(nowMs + 30 * dayMs) })).status, 200);
});

test("what sends nothing anyway cannot be paused, and the answer says what to do", async () => {
  const engine = { key: "engine", route: "deliver" };
  await store(1, "disabled", "gone", null, engine);
  await store(2, "suspended", "failing_for_a_week", null, engine);
  await shown.database.control.query("update subscription set topics_off = topics where ref = 3");
  const answers = [await pause(1, {}), await pause(2, {}), await pause(3, {})];
  for (const { status, body } of answers) assert.deepEqual([status, body.code], [409, "conflict"]);
  assert.match(answers[0]?.body.detail ?? "", /410 Gone.*set it live first/);
  assert.match(answers[1]?.body.detail ?? "", /suspended.*set it live first/);
  assert.match(answers[2]?.body.detail ?? "", /switch a topic on/);
  assert.deepEqual(steered, []);
});

test("set live leaves every state but off, whose answer says to switch a topic on", async () => {
  const engine = { key: "engine", route: "deliver" };
  for (const state of ["live", "paused", "throttled", "suspended", "disabled"]) {
    await store(1, state, "gone", null, engine);
    assert.deepEqual([state, (await setLive(1, "discard")).body.state], [state, "live"]);
  }
  await shown.database.control.query("update subscription set topics_off = topics where ref = 1");
  const off = await setLive(1);
  assert.deepEqual([off.status, off.body.code], [409, "conflict"]);
  assert.match(off.body.detail, /switch one on/);
  assert.equal((await setLive(1, "keep")).status, 422);
});

test("a process that does not deliver says so and changes nothing", async () => {
  delivers = false;
  for (const answer of [await pause(1, {}), await setLive(1)]) {
    assert.deepEqual([answer.status, answer.body.code], [503, "unavailable"]);
  }
  assert.equal((await call("GET", at(1))).body.state, "live");
});

test("another workspace's key finds nothing to steer", async () => {
  boundTo = 2;
  assert.deepEqual([(await pause(1, {})).status, (await setLive(1)).status], [404, 404]);
  boundTo = 1;
  assert.equal((await pause(1, {})).status, 200);
});

test("held are those whose newest step is a hold, in any queue, behind what was drained, discarded or ended", async () => {
  const us = nowMs * 1_000;
  await hold(1, [
    { position: us + 1 },
    { position: us + 2, end: true },
    { position: us + 3, madeMs: nowMs - dayMs },
    { queue: 7, position: us + 1 },
    { queue: 258, position: us + 5 },
  ]);
  await hold(2, [{ position: us }]);
  const held = async (): Promise<unknown> => (await call("GET", at(1))).body.held;
  const first = { count: 4, exact: true, oldest_held_ends_at: iso(nowMs - dayMs + holdDays * dayMs) };
  assert.deepEqual(await held(), first);
  const live = await setLive(1, "discard");
  assert.deepEqual(live.body.held, first);
  const { control } = shown.database;
  await control.query(`update subscription_state set hold_cursors = '{"0": ${us + 1}, "7": ${us + 1}}'`);
  assert.deepEqual(await held(), { ...first, count: 2 });
  await control.query("update subscription_state set discarded_to = $1", [us + 3]);
  assert.deepEqual(await held(), { count: 1, exact: true, oldest_held_ends_at: iso(nowMs + holdDays * dayMs) });
  await control.query("update subscription_state set ended_before = $1", [iso(nowMs + 1)]);
  assert.deepEqual(await held(), { count: 0, exact: true, oldest_held_ends_at: null });
  assert.deepEqual((await call("GET", path)).body.data[0]?.held, null);
});

test("a notification held after the mark that ended it does not count", async () => {
  await hold(1, [{ position: (nowMs + 5_000) * 1_000, madeMs: nowMs - 1 }, { position: (nowMs + 5_000) * 1_000 + 1 }]);
  await shown.database.control.query("insert into subscription_state (subscription, ended_before) values (1, $1)", [iso(nowMs)]);
  assert.equal((await call("GET", at(1))).body.held?.count, 1);
});

test("up to 10,000 held are counted, more are about so many", async () => {
  const us = nowMs * 1_000;
  const steady = Array.from({ length: 9_000 }, (_, index) => ({ position: us + index * 1_000 }));
  const ordered = Array.from({ length: 1_000 }, (_, index) => ({ queue: 3, position: us + index * 1_000 }));
  await hold(1, [...steady, ...ordered]);
  const exactly = (await call("GET", at(1))).body.held;
  assert.deepEqual([exactly?.count, exactly?.exact], [10_000, true]);
  await hold(
    2,
    Array.from({ length: 12_000 }, (_, index) => ({ position: us + index * 1_000 })),
  );
  const about = (await setLive(2)).body.held;
  assert.deepEqual([about?.count, about?.exact], [12_000, false]);
});

test("a sample counts the beginning of each stretch of each queue", async () => {
  const us = nowMs * 1_000;
  const queue = (number: number, length: number): Hold[] =>
    Array.from({ length }, (_, index) => ({ queue: number, position: us + (index + 1) * 10 }));
  await hold(1, [...queue(0, 500), ...queue(257, 40)]);
  const samples = await sampleHeld(shown.database.read, 1, 4, 100);
  assert.deepEqual(samples[0], { complete: false, counted: 100, middle: us + 500, reached: us + 1_000, back: us + 1_510 });
  assert.deepEqual(
    samples.map(({ complete, counted }) => [complete, counted]),
    [
      [false, 100],
      [false, 100],
      [true, 20],
      [true, 20],
    ],
  );
  assert.ok(Math.abs(estimateHeld(samples) - 540) < 10);
  assert.deepEqual(await sampleHeld(shown.database.read, 3, 4, 100), []);
});

test("a burst and hardly anything for an hour behind it are not taken for many", async () => {
  const us = nowMs * 1_000;
  const burst = Array.from({ length: 1_000 }, (_, index) => ({ position: us + index }));
  const late = Array.from({ length: 5 }, (_, index) => ({ position: us + (index + 1) * 720_000_000 }));
  await hold(1, [...burst, ...late]);
  const about = estimateHeld(await sampleHeld(shown.database.read, 1, 512, 200));
  assert.ok(Math.abs(about - 1_005) < 10, `${about}`);
});

test("the history has every change and every warning, newest first, page by page", async () => {
  const engine = { key: "engine", route: "deliver" };
  const paused = { state: "paused", state_cause: "nothing_but_failures" };
  await tell(1, engine, { state: "live", state_cause: null, url: "https://now.example/hook" }, {});
  await tell(1, engine, { state: "live", state_cause: null, url: "https://then.example/hook" }, { state: "live", state_cause: null });
  await tell(1, engine, { ...paused, until: iso(nowMs) });
  await tell(1, engine, { ...paused, state_cause: "still_failing", warning: 3 }, paused);
  await tell(1, { key: "key_test", route: "pauseSubscription" }, { state: "paused", state_cause: "by_hand" }, paused);
  await setLive(1);
  const page = await call("GET", at(1, "/states?limit=3"));
  assert.equal(page.status, 200);
  const rest = await call("GET", at(1, `/states?limit=3&cursor=${page.body.next_cursor}`));
  assert.deepEqual(
    [...page.body.data, ...rest.body.data].map((entry) => [entry.state, entry.cause, entry.until, entry.warning_day, entry.by]),
    [
      ["live", "set_live", null, null, "key_test"],
      ["paused", "by_hand", null, null, "key_test"],
      ["paused", "still_failing", null, 3, "engine"],
      ["paused", "nothing_but_failures", iso(nowMs), null, "engine"],
      ["live", null, null, null, "engine"],
    ],
  );
  assert.equal(page.body.data[1]?.sentence, stateCauses.by_hand.sentence);
  assert.equal((await call("GET", at(1, "/states?cursor=nonsense"))).body.code, "invalid_cursor");
});

test("a live subscription that is backed off from says until when, and since when nothing succeeded", async () => {
  const rules = { spaced: true, suspends: true };
  const health = healthy(nowMs);
  const failed = { kind: "answered", failure: "timeout", retryAfterMs: null, counts: true } as const;
  for (let each = 0; each < 10; each++) step(health, { ...failed, startedMs: nowMs, nowMs }, rules);
  await shown.database.control.query("insert into subscription_state (subscription, health) values (1, $1)", [JSON.stringify(health)]);
  const { body } = await call("GET", at(1));
  assert.deepEqual([body.state, body.backing_off_until], ["live", iso(nowMs + 1_000)]);
  assert.deepEqual(body.failing, { since: iso(nowMs), attempts: 10, warned_day: null });
  const { body: other } = await call("GET", at(2));
  assert.deepEqual([other.backing_off_until, other.failing], [null, null]);
});

test("the last daily ping is shown with its time", async () => {
  assert.equal((await call("GET", at(1))).body.last_ping, null);
  const ping = { status: 503, failure: "status" };
  await shown.database.control.query("insert into subscription_state (subscription, pinged_at, ping) values (1, $1, $2)", [
    iso(nowMs),
    JSON.stringify(ping),
  ]);
  assert.deepEqual((await call("GET", at(1))).body.last_ping, { at: iso(nowMs), ...ping });
});
