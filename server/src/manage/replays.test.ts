import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import type { Mistake } from "@bellhop/contract/problems";
import { replayLimits, replayRoutes } from "@bellhop/contract/replays";
import type { ReplayPreview, ReplayView } from "@bellhop/contract/replays";
import { insertReplay, nowMs, publishFailed, retentionDays, startMs, startReplayed } from "../../../test/replays-fixture.ts";
import type { Replayed } from "../../../test/replays-fixture.ts";
import { dayMs, id16, publish } from "../../../test/show-fixture.ts";
import { createServer } from "../http/server.ts";
import { replayHandlers } from "../http/handlers/replays.ts";
import { sliceCount } from "./replays-estimate.ts";
import { firstIdAt } from "../domain/id.ts";

let log: Replayed;
let server: FastifyInstance;
let boundTo: number | null = null;

before(async () => {
  log = await startReplayed();
  const { database, directory, catalogue } = log;
  const deps = { database, directory, catalogue: () => catalogue, nowMs: () => nowMs, retentionDays };
  server = createServer({
    routes: replayRoutes,
    handlers: replayHandlers(deps) as never,
    changed: async () => void (await directory.refresh()),
    findKey: async () => ({ key: "key_test", scopes: ["manage"], workspace: boundTo }),
    log: pino({ level: "silent" }),
  });
});
after(async () => {
  await server.close();
  await log.close();
});
beforeEach(async () => {
  boundTo = null;
  await log.ask("truncate event, notification, log, replay, audit");
});

type Body = { code: string; detail: string; errors: Mistake[] };
type Method = "GET" | "POST" | "DELETE";

async function call<T = Body>(method: Method, url: string, payload?: object): Promise<{ status: number; body: T }> {
  const headers = { authorization: "Bearer key" };
  const answer = await server.inject(payload === undefined ? { method, url, headers } : { method, url, headers, payload });
  return { status: answer.statusCode, body: answer.json<T>() };
}

const subscription = id16("sub", 1);
const other = id16("sub", 3);
const iso = (ms: number): string => new Date(ms).toISOString();
const asked = { subscription, since: iso(startMs), until: iso(nowMs), include: "failed" };
const post = <T = Body>(more: object = {}): Promise<{ status: number; body: T }> => call<T>("POST", "/v1/replays", { ...asked, ...more });

test("a replay is written down with its estimate, and what receivers will do is said", async () => {
  await publishFailed(log, startMs, 3);
  const { status, body } = await post<ReplayView>({ since: startMs / 1_000, topics: ["ticket.created"] });
  assert.equal(status, 201);
  assert.match(body.id, /^rpl_[a-z0-9]{16}$/);
  const { id, created_at: createdAt, receivers, ...rest } = body;
  assert.match(receivers, /keeps its id.*skip/);
  assert.deepEqual(rest, {
    subscription,
    since: iso(startMs),
    until: iso(nowMs),
    include: "failed",
    topics: ["ticket.created"],
    new_id: false,
    estimate: { count: 3, exact: true },
    state: "running",
    reason: null,
    progress: { replayed: 0, skipped: 0, reached: null, per_second: null, seconds_left: null },
    created_by: "key_test",
    ended_at: null,
  });
  assert.deepEqual((await call<ReplayView>("GET", `/v1/replays/${id}`)).body, body);
  const [row] = await log.ask<{ subject: string; route: string }>("select subject, route from audit");
  assert.deepEqual(row, { subject: id, route: "createReplay" });
  assert.ok(Date.parse(createdAt) > 0);
});

test("a dry run says how many it would be and writes nothing, also when it would be none", async () => {
  const none = await post<ReplayPreview>({ dry_run: true });
  assert.deepEqual([none.status, none.body.estimate], [200, { count: 0, exact: true }]);
  await publishFailed(log, startMs, 2);
  const { status, body } = await post<ReplayPreview>({ dry_run: true, new_id: true });
  assert.equal(status, 200);
  assert.match(body.receivers, /an id of its own.*process it again/);
  assert.deepEqual([body.dry_run, body.new_id, body.estimate], [true, true, { count: 2, exact: true }]);
  assert.deepEqual(await log.ask("select 1 from replay union all select 1 from audit"), []);
});

test("what was missed always has new ids, and is estimated by the same rule that selects it", async () => {
  await publish(log, startMs, { workspace: 1 }, []);
  await publish(log, startMs + 1, { workspace: 1, topic: "ticket.note.created" }, []);
  await publish(log, startMs + 2, { workspace: 2 }, [{ subscription: 1, app: 1 }]);
  const { body } = await post<ReplayView>({ include: "missed", topics: ["ticket.created"] });
  assert.deepEqual([body.new_id, body.estimate], [true, { count: 1, exact: true }]);
  assert.match(body.receivers, /not seen/);
});

test("an estimate is exact while ten thousand or fewer are looked at, else about right", async () => {
  const half = { length: 60 };
  for (const [index] of Array.from(half).entries()) await publishFailed(log, startMs + (index * 2 * dayMs) / 60, 100);
  await publish(
    log,
    startMs + 500,
    { workspace: 1 },
    Array.from({ length: 3_000 }, () => ({ subscription: 1, app: 1 })),
  );
  const failed = await post<ReplayPreview>({ dry_run: true });
  assert.deepEqual(failed.body.estimate, { count: 6_000, exact: true });
  for (const [index] of Array.from(half).entries()) await publishFailed(log, startMs + 1 + (index * 2 * dayMs) / 60, 100);
  const { count, exact } = (await post<ReplayPreview>({ dry_run: true })).body.estimate;
  assert.equal(exact, false);
  assert.ok(Math.abs(count - 12_000) < 600, `${count} is about 12000`);
});

test("a slice that begins with a burst does not make an estimate absurd", () => {
  const slice = { after: firstIdAt(startMs), below: firstIdAt(startMs + dayMs) };
  const burst = Array.from({ length: 1_000 }, () => ({ slice: 0, id: firstIdAt(startMs) }));
  assert.equal(sliceCount(slice, burst), 50_000);
  const even = burst.map(() => ({ slice: 0, id: firstIdAt(startMs + dayMs / 4) }));
  assert.equal(sliceCount(slice, even), 4_000);
  assert.equal(sliceCount(slice, burst.slice(0, 7)), 7);
});

type Refusal = { name: string; more: object; status: number; code: string; pointer?: string; says?: RegExp };
const day = 86_400;
const nowS = nowMs / 1_000;
const refusals: readonly Refusal[] = [
  { name: "a since that is no time", more: { since: "yesterday" }, status: 422, code: "invalid_request", pointer: "/since" },
  { name: "a day that does not exist", more: { since: "2026-02-30T00:00:00Z" }, status: 422, code: "invalid_request", pointer: "/since" },
  { name: "a time without a zone", more: { until: "2026-03-04T00:00:00" }, status: 422, code: "invalid_request", pointer: "/until" },
  { name: "since after until", more: { since: nowS - 5, until: nowS - 6 }, status: 422, code: "invalid_request", pointer: "/since" },
  { name: "since equal to until", more: { since: nowS - 5, until: nowS - 5 }, status: 422, code: "invalid_request", pointer: "/since" },
  { name: "until in the future", more: { until: nowS + 61 }, status: 422, code: "invalid_request", pointer: "/until", says: /future/ },
  {
    name: "since before the log",
    more: { since: nowS - 30 * day - 1 },
    status: 422,
    code: "invalid_request",
    pointer: "/since",
    says: /kept for 30 days/,
  },
  {
    name: "the same ids in the last day",
    more: { since: nowS - 29 * day - 1 },
    status: 422,
    code: "invalid_request",
    pointer: "/since",
    says: /new_id: true/,
  },
  {
    name: "missed with the same ids",
    more: { include: "missed", new_id: false },
    status: 422,
    code: "invalid_request",
    pointer: "/new_id",
  },
  {
    name: "missed of a topic that is off",
    more: { include: "missed", topics: ["ticket.note.created"] },
    status: 422,
    code: "invalid_request",
    pointer: "/topics/0",
  },
  { name: "another include", more: { include: "some" }, status: 422, code: "invalid_request", pointer: "/include" },
  { name: "an unknown field", more: { rate: 5 }, status: 422, code: "invalid_request", pointer: "/rate" },
  { name: "a topic that nobody knows", more: { topics: ["ticket.creatd"] }, status: 422, code: "invalid_request", pointer: "/topics/0" },
  { name: "no topics at all", more: { topics: [] }, status: 422, code: "invalid_request", pointer: "/topics" },
  { name: "since of another type", more: { since: true }, status: 422, code: "invalid_request", pointer: "/since" },
  { name: "a subscription there is not", more: { subscription: id16("sub", 9) }, status: 404, code: "not_found" },
  { name: "nothing that failed", more: { until: iso(startMs + 1) }, status: 409, code: "conflict", says: /ended undelivered/ },
  { name: "nothing at all", more: { include: "all", until: iso(startMs + 1) }, status: 409, code: "conflict" },
  { name: "nothing missed", more: { include: "missed", until: iso(startMs + 1) }, status: 409, code: "conflict", says: /missed/ },
];

test("each refusal names the field or says why", async (t) => {
  await publishFailed(log, startMs + 1_000, 1);
  for (const { name, more, status, code, pointer, says } of refusals) {
    await t.test(name, async () => {
      const { status: given, body } = await post(more);
      assert.deepEqual([given, body.code], [status, code], JSON.stringify(body));
      const mistake = body.errors?.[0];
      if (pointer !== undefined) assert.equal(mistake?.pointer, pointer, JSON.stringify(body.errors));
      if (says) assert.match(mistake?.message ?? body.detail, says);
    });
  }
});

test("in the last day of retention new ids are offered, and a clock a little ahead is not refused", async () => {
  assert.equal((await post({ since: nowS - 30 * day + 1, new_id: true, dry_run: true })).status, 200);
  const { status, body } = await post<ReplayPreview>({ until: nowS + 59, dry_run: true });
  assert.deepEqual([status, body.until], [200, iso(nowMs)]);
});

test("nothing is replayed to a subscription that gets nothing", async (t) => {
  await publishFailed(log, startMs, 1);
  const states: readonly [string, string, RegExp][] = [
    ["off", "update subscription set topics = '{}', topics_off = '{ticket.created,ticket.closed}' where ref = 1", /is off/],
    ["disabled", "insert into subscription_state (subscription, state) values (1, 'disabled')", /410/],
    ["deleted", "update subscription set deleted_at = now() where ref = 1", /was deleted/],
  ];
  const restore = `update subscription set topics = '{ticket.created,ticket.closed}', topics_off = '{ticket.note.created}', deleted_at = null where ref = 1;
    delete from subscription_state`;
  for (const [name, make, says] of states) {
    await t.test(name, async () => {
      await changed(make);
      const { status, body } = await post({ dry_run: true });
      await changed(restore);
      assert.deepEqual([status, body.code], [409, "conflict"]);
      assert.match(body.detail, says);
    });
  }
  assert.equal((await post({ dry_run: true })).status, 200);
});

async function changed(statement: string): Promise<void> {
  await log.ask(statement);
  await log.ask(
    "with v as (update control_version set version = version + 1 returning version) update subscription set version = v.version from v",
  );
  await log.directory.refresh();
}

test("a subscription has so many replays running, and no more", async () => {
  await publishFailed(log, startMs, 1);
  for (let index = 0; index < replayLimits.perSubscriptionMax - 1; index++)
    await insertReplay(log, { id: `rpl_${index}`, include: "failed" });
  assert.equal((await post()).status, 201);
  const { status, body } = await post();
  assert.deepEqual([status, body.code], [422, "limit_reached"]);
  await log.ask("update replay set state = 'done' where id = 'rpl_0'");
  assert.equal((await post()).status, 201);
});

test("replays are listed newest first, by page, by app and by subscription", async () => {
  for (const index of [1, 2, 3]) await insertReplay(log, { id: `rpl_${"0".repeat(15)}${index}`, include: "failed", subscription: index });
  type List = { data: ReplayView[]; next_cursor: string | null };
  const first = await call<List>("GET", "/v1/replays?limit=2");
  const second = await call<List>("GET", `/v1/replays?limit=2&cursor=${first.body.next_cursor}`);
  const ids = [...first.body.data, ...second.body.data].map(({ id }) => id.at(-1));
  assert.deepEqual([ids, second.body.next_cursor], [["3", "2", "1"], null]);
  const own = await call<List>("GET", `/v1/replays?subscription=${subscription}`);
  assert.deepEqual(
    own.body.data.map(({ id }) => id.at(-1)),
    ["1"],
  );
  const ofApp = async (app: string): Promise<unknown> =>
    (await call<List>("GET", `/v1/replays?app=${app}`)).body.data?.map(({ id }) => id.at(-1));
  assert.deepEqual([await ofApp(id16("app", 1)), await ofApp("ext:app-2")], [["2", "1"], ["3"]]);
  assert.equal((await call("GET", "/v1/replays?cursor=nonsense")).body.code, "invalid_cursor");
  boundTo = 2;
  assert.deepEqual(await ofApp("ext:app-2"), ["3"]);
  const { status, body } = await call("GET", `/v1/replays?app=${id16("app", 1)}`);
  assert.deepEqual([status, body.code, body.errors[0]?.pointer], [404, "unknown_app", "/app"], "another workspace's");
});

test("progress tells the rate and the time that is left", async () => {
  await insertReplay(log, { id: "rpl_aaaaaaaaaaaaaaaa", include: "failed" });
  await log.ask(
    "update replay set estimate = 1000, replayed = 190, skipped = 10, cursor = $1, started_at = to_timestamp($2::float8 / 1000)",
    [firstIdAt(startMs + 7_000), nowMs - 20_000],
  );
  const { body } = await call<ReplayView>("GET", "/v1/replays/rpl_aaaaaaaaaaaaaaaa");
  const reached = iso(startMs + 7_000);
  assert.deepEqual(body.progress, { replayed: 190, skipped: 10, reached, per_second: 10, seconds_left: 80 });
});

test("canceling ends what runs, once", async () => {
  await insertReplay(log, { id: "rpl_aaaaaaaaaaaaaaaa", include: "failed" });
  const { status, body } = await call<ReplayView>("DELETE", "/v1/replays/rpl_aaaaaaaaaaaaaaaa");
  assert.deepEqual([status, body.state, body.reason], [200, "canceled", "canceled"]);
  assert.notEqual(body.ended_at, null);
  const again = await call("DELETE", "/v1/replays/rpl_aaaaaaaaaaaaaaaa");
  assert.deepEqual([again.status, again.body.code], [409, "conflict"]);
  assert.equal((await call("DELETE", "/v1/replays/rpl_bbbbbbbbbbbbbbbb")).status, 404);
});

test("a key bound to a workspace replays to the subscriptions of its own apps only; others do not exist for it", async () => {
  await publishFailed(log, startMs, 1);
  await insertReplay(log, { id: "rpl_aaaaaaaaaaaaaaaa", include: "failed" });
  boundTo = 2;
  assert.equal((await post()).status, 404);
  assert.equal((await post({ subscription: other, dry_run: true })).status, 200);
  assert.equal((await call("GET", "/v1/replays/rpl_aaaaaaaaaaaaaaaa")).status, 404);
  assert.equal((await call("DELETE", "/v1/replays/rpl_aaaaaaaaaaaaaaaa")).status, 404);
  assert.equal((await call("GET", `/v1/replays?subscription=${subscription}`)).status, 404);
  assert.deepEqual((await call<{ data: unknown[] }>("GET", "/v1/replays")).body.data, []);
  boundTo = 1;
  assert.equal((await post({ dry_run: true })).status, 200);
  assert.equal((await call("GET", "/v1/replays/rpl_aaaaaaaaaaaaaaaa")).status, 200);
});
