import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { connectionAsking } from "../../../test/asked-connection.ts";
import { eventually } from "../../../test/eventually.ts";
import {
  insertReplay,
  nowMs,
  onePage,
  progressOf,
  publishFailed,
  runnerOf,
  startMs,
  startReplayed,
} from "../../../test/replays-fixture.ts";
import type { Asked, Replayed, Runner } from "../../../test/replays-fixture.ts";
import { dayMs, publish, record } from "../../../test/show-fixture.ts";
import type { GivenStep } from "../../../test/show-fixture.ts";

let log: Replayed;

before(async () => {
  log = await startReplayed();
});
after(() => log.close());
beforeEach(async () => {
  await log.ask("truncate event, notification, log, replay");
});

const success: GivenStep = { kind: "a", reason: null };
const failure: GivenStep = { kind: "a", reason: "status" };
const retried: GivenStep = { kind: "a", reason: "status", nextAtMs: nowMs + 60_000 };
const ended = (reason: string): GivenStep => ({ kind: "e", reason });
const held: GivenStep = { kind: "h", reason: "backlog", queue: 0, position: 5 };
const replayHold: GivenStep = { kind: "h", reason: "replay", queue: 257, position: 6 };

type Case = { name: string; steps: GivenStep[]; in: readonly ("failed" | "all")[]; topic?: string; subscription?: number; atMs?: number };
const histories: readonly Case[] = [
  { name: "delivered at once", steps: [success], in: ["all"] },
  { name: "delivered by a retry", steps: [retried, success], in: ["all"] },
  { name: "delivered, replayed in vain", steps: [success, replayHold, failure], in: ["all"] },
  { name: "delivered, waits for a replay", steps: [success, replayHold], in: [] },
  { name: "failed", steps: [retried, failure, ended("attempts_exhausted")], in: ["failed", "all"] },
  { name: "dropped", steps: [ended("dropped_while_paused")], in: ["failed", "all"] },
  { name: "canceled", steps: [retried, ended("canceled")], in: ["failed", "all"] },
  { name: "failed again after a replay", steps: [ended("gone"), replayHold, failure, ended("gone")], in: ["failed", "all"] },
  { name: "failed, waits for a replay", steps: [ended("gone"), replayHold], in: [] },
  { name: "waiting", steps: [], in: [] },
  { name: "retrying", steps: [retried], in: [] },
  { name: "held", steps: [held], in: [] },
  { name: "failed, of another topic", steps: [ended("gone")], in: [], topic: "ticket.closed" },
  { name: "failed, of another subscription", steps: [ended("gone")], in: [], subscription: 2 },
  { name: "failed, before the range", steps: [ended("gone")], in: [], atMs: startMs - 1 },
  { name: "failed, after the range", steps: [ended("gone")], in: [], atMs: startMs + dayMs },
];

for (const include of ["failed", "all"] as const) {
  for (const newId of [false, true]) {
    test(`a replay of ${include}${newId ? " with new ids" : ""} takes what is over, of its range, topics and subscription`, async () => {
      const names = new Map<string, string>();
      for (const [index, { name, steps, topic, subscription = 1, atMs = startMs + index * 1_000 }] of histories.entries()) {
        const { event, notifications } = await publish(log, atMs, { workspace: 1 }, [
          { subscription, app: 1, topic: topic ?? "ticket.created" },
        ]);
        await record(log, notifications[0] as string, subscription, atMs, steps);
        names.set(event, name);
      }
      const [before] = await log.ask<{ steps: number }>("select count(*)::int4 as steps from log");
      await insertReplay(log, { id: "rpl_1", include, newId, untilMs: startMs + dayMs, topics: ["ticket.created"] });
      const runner = runnerOf(log);
      await runner.replays.round();
      assert.deepEqual(runner.troubles, []);
      const taken = newId
        ? await log.ask<{ event: string }>("select replay_of as event from event where replay_of is not null order by replay_of")
        : await log.ask<{ event: string }>(
            "select n.event from log l join notification n on n.id = l.notification where l.detail = 'rpl_1' order by l.position",
          );
      const expected = histories.filter((each) => each.in.includes(include)).map(({ name }) => name);
      assert.deepEqual(
        taken.map(({ event }) => names.get(event)),
        expected,
      );
      assert.deepEqual(await progressOf(log, "rpl_1"), { state: "done", replayed: expected.length, skipped: 0, ended_reason: null });
      const [after] = await log.ask<{ steps: number }>("select count(*)::int4 as steps from log");
      assert.equal((after?.steps ?? 0) - (before?.steps ?? 0), newId ? 0 : expected.length);
      assert.equal(runner.kicked.times, newId ? 1 : 0);
    });
  }
}

test("the hold of a replay starts the policy again where nothing was delivered, and carries on what is known where it was", async () => {
  const { notifications } = await publish(log, startMs, { workspace: 1 }, [
    { subscription: 1, app: 1 },
    { subscription: 1, app: 1 },
  ]);
  const [failed, delivered] = notifications as [string, string];
  await record(log, failed, 1, startMs, [failure, { ...ended("throttled_too_long"), policyStep: 7, throttledSinceMs: startMs }]);
  await record(log, delivered, 1, startMs, [failure, { ...success, policyStep: 1 }]);
  await insertReplay(log, { id: "rpl_1", include: "all" });
  await runnerOf(log).replays.round();
  const holds = await log.ask(
    `select notification, step, kind, reason, queue, position is not null as placed, requests, policy_step, throttled_since, next_at, detail, node,
       extract(epoch from first_sent_at)::float8 * 1000 as first_sent from log where kind = 'h' order by position`,
  );
  const common = {
    step: 3,
    kind: "h",
    reason: "replay",
    queue: 257,
    placed: true,
    next_at: null,
    detail: "rpl_1",
    node: 1,
    throttled_since: null,
  };
  assert.deepEqual(holds, [
    { ...common, notification: failed, requests: 1, policy_step: 0, first_sent: startMs },
    { ...common, notification: delivered, requests: 2, policy_step: 1, first_sent: startMs },
  ]);
});

test("a copy has the event's every byte, a new id, rank 1, no order slot, and one notification", async () => {
  const item = '{"type":"ticket","id":12345678901234567890,"n":1.0,"text":"\\u00e9é\\ud83d\\ude00","deep":{"a":[1e3]}}';
  const facts = { item, createdAtMs: startMs - 5_000, objectId: "5", orderingKey: "k", traceparent: "00-1", notified: 2 };
  const { event } = await publish(log, startMs, { workspace: 2, ...facts }, [
    { subscription: 3, app: 2 },
    { subscription: 1, app: 1, topic: "an.old.name", apiVersion: "2.4" },
  ]);
  await log.ask(
    "insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, node) select id, 1, 'e', 1, 0, now(), 'gone', 1, 1, 1 from notification where subscription = 1",
  );
  await insertReplay(log, { id: "rpl_1", include: "failed", newId: true });
  const runner = runnerOf(log);
  await runner.replays.round();
  assert.deepEqual(runner.troubles, []);
  const copies = await log.ask<Record<string, unknown>>(
    `select c.workspace = o.workspace and c.topic = o.topic and c.item = o.item and c.created_at = o.created_at and c.object_id = o.object_id
       and c.ordering_key = o.ordering_key and c.traceparent = o.traceparent as same, c.item, c.notified, c.skipped, n.subscription, n.app, n.workspace, n.rank,
       n.slot, n.topic, n.api_version, n.event = c.id and n.id > c.id as own, c.replay_of as original
     from event c join event o on o.id = c.replay_of join notification n on n.event = c.id`,
  );
  const notification = { subscription: 1, app: 1, workspace: 2, rank: 1, slot: null, topic: "an.old.name", api_version: "2.4", own: true };
  assert.deepEqual(copies, [{ same: true, item, notified: 1, skipped: null, ...notification, original: event }]);
  const [shard] = await log.ask<{ shard: number }>("select shard from notification where rank = 1");
  assert.equal(shard?.shard, log.directory.app(1)?.subscriptions[0]?.shard);
});

test("what was missed is made of copies: what a mended reason prevented, not what never was to be", async () => {
  const events = new Map<string, string>();
  const add = async (
    name: string,
    workspace: number,
    atMs: number,
    more: object = {},
    recipients: { subscription: number; app: number }[] = [],
  ) => void events.set((await publish(log, atMs, { workspace, ...more }, recipients)).event, name);
  await add("before the installation", 1, startMs - 1_000);
  await add("a missing permission", 1, startMs + 1_000, { skipped: '{"stored":{"missing_permission":[1]},"counted":{}}' });
  await add("not subscribed, in another workspace", 2, startMs + 2_000, { skipped: '{"stored":{},"counted":{"not_subscribed":1}}' });
  await add("notified another subscription only", 1, startMs + 3_000, {}, [{ subscription: 2, app: 1 }]);
  await add("notified", 1, startMs + 4_000, {}, [{ subscription: 1, app: 1 }]);
  await add("switched off still", 1, startMs + 5_000, { topic: "ticket.note.created" });
  await add("never chosen", 1, startMs + 6_000, { topic: "ticket.state.updated" });
  await add("unknown by now", 1, startMs + 7_000, { topic: "ticket.gone" });
  await add("where the app is not installed", 3, startMs + 8_000);
  await add("after the range", 1, startMs + dayMs);
  const [original] = events.keys();
  await add("a copy made for another subscription", 1, startMs + 9_000, { replayOf: original }, [{ subscription: 2, app: 1 }]);

  const missed = async (): Promise<(string | undefined)[]> =>
    (
      await log.ask<{ replay_of: string }>(
        "select replay_of from event e join notification n on n.event = e.id where n.subscription = 1 and replay_of is not null order by e.id",
      )
    ).map((row) => events.get(row.replay_of));
  const asked: Asked = { id: "rpl_1", include: "missed", untilMs: startMs + dayMs, sinceMs: startMs - dayMs };
  await insertReplay(log, asked);
  const runner = runnerOf(log);
  await runner.replays.round();
  assert.deepEqual(runner.troubles, []);
  const expected = ["a missing permission", "notified another subscription only", "not subscribed, in another workspace"];
  assert.deepEqual(await missed(), expected);
  assert.deepEqual(await progressOf(log, "rpl_1"), { state: "done", replayed: 3, skipped: 0, ended_reason: null });

  await insertReplay(log, { ...asked, id: "rpl_2" });
  await runner.replays.round();
  assert.deepEqual(await missed(), expected, "what was made up for is not missed any more");
  assert.deepEqual(await progressOf(log, "rpl_2"), { state: "done", replayed: 0, skipped: 0, ended_reason: null });
});

test("a process that dies between two pages is followed by one that repeats nothing", async () => {
  await publishFailed(log, startMs, 1_200);
  await insertReplay(log, { id: "rpl_1", include: "failed" });
  await runnerOf(log, { undrained: onePage() }).replays.round();
  assert.deepEqual(await progressOf(log, "rpl_1"), { state: "running", replayed: 500, skipped: 0, ended_reason: null });
  await runnerOf(log).replays.round();
  assert.deepEqual(await progressOf(log, "rpl_1"), { state: "done", replayed: 1_200, skipped: 0, ended_reason: null });
  assert.deepEqual(await log.ask("select count(*)::int4 as holds, count(distinct notification)::int4 as of from log where kind = 'h'"), [
    { holds: 1_200, of: 1_200 },
  ]);
});

for (const newId of [false, true]) {
  const also = newId ? ", copies too" : "";
  test(`two that read the same page write it once${also}`, async () => {
    await publishFailed(log, startMs, 600);
    await insertReplay(log, { id: "rpl_1", include: "all", newId });
    const runners = [runnerOf(log), runnerOf(log)];
    await whilePagesWait("select 1 from replay for update", runners);
    // Copies go a page a round, and one of the two found its page written.
    const replayed = newId ? 500 : 600;
    assert.deepEqual(await progressOf(log, "rpl_1"), { state: newId ? "running" : "done", replayed, skipped: 0, ended_reason: null });
    assert.deepEqual(await written(), newId ? { holds: 0, copies: 500 } : { holds: 600, copies: 0 });
  });

  test(`a page that was read before a cancel is not written after it${also}`, async () => {
    await publishFailed(log, startMs, 3);
    await insertReplay(log, { id: "rpl_1", include: "all", newId });
    await whilePagesWait("update replay set state = 'canceled'", [runnerOf(log)]);
    assert.deepEqual(await progressOf(log, "rpl_1"), { state: "canceled", replayed: 0, skipped: 0, ended_reason: null });
    assert.deepEqual(await written(), { holds: 0, copies: 0 });
  });
}

/** Commits a statement when the pages that these runners have read wait for it, and resolves when they are done. */
async function whilePagesWait(statement: string, runners: readonly Runner[]): Promise<void> {
  const other = await log.database.publish.connect();
  await other.query(`begin; ${statement}`);
  const rounds = runners.map(({ replays }) => replays.round());
  await eventually(async () => {
    const { rowCount } = await log.database.read.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rowCount === runners.length ? true : null;
  });
  await other.query("commit");
  other.release();
  await Promise.all(rounds);
}

async function written(): Promise<{ holds: number; copies: number } | undefined> {
  const [counts] = await log.ask<{ holds: number; copies: number }>(
    `select (select count(*)::int4 from log where kind = 'h') as holds,
       (select count(*)::int4 from event e join notification n on n.event = e.id where e.replay_of is not null) as copies`,
  );
  return counts;
}

test("a page whose answer was lost is not written again, and is read only when it is known what became of it", async () => {
  await publishFailed(log, startMs, 3);
  await insertReplay(log, { id: "rpl_1", include: "failed" });
  const order: string[] = [];
  const control = connectionAsking(async ({ name, text, values }) => {
    const answer = await log.database.control.query({ name, text, values: [...values] });
    order.push(text.includes("insert into log") ? "page" : text.includes("for update") ? "decided" : "other");
    if (order.at(-1) === "page") throw new Error("the connection broke");
    return answer;
  });
  const database = { ...log.database, control } as unknown as Replayed["database"];
  const runner = runnerOf(log, {
    database,
    writing: () => order.push("writing"),
    written: (...given) => void order.push(`written ${given.join(" ")}`),
  });
  await runner.replays.round();
  assert.equal(runner.troubles.length, 1);
  await runner.replays.round();
  assert.deepEqual(order, ["writing", "page", "decided", "written 1 257 1"]);
  assert.deepEqual(await progressOf(log, "rpl_1"), { state: "done", replayed: 3, skipped: 0, ended_reason: null });
});

test("a process that was declared dead writes nothing", async () => {
  await publishFailed(log, startMs, 3);
  await publishFailed(log, startMs + 1_000, 3, 2);
  await insertReplay(log, { id: "rpl_1", include: "failed" });
  await insertReplay(log, { id: "rpl_2", include: "failed", newId: true, subscription: 2 });
  const dead = runnerOf(log, { epoch: () => 999 });
  await dead.replays.round();
  assert.deepEqual(await written(), { holds: 0, copies: 0 });
  assert.equal((await progressOf(log, "rpl_1")).state, "running");
});

test("a canceled replay stops before its next page; what was written stays", async () => {
  await publishFailed(log, startMs, 1_200);
  await insertReplay(log, { id: "rpl_1", include: "failed" });
  await runnerOf(log, { undrained: onePage() }).replays.round();
  await log.ask("update replay set state = 'canceled'");
  await runnerOf(log).replays.round();
  assert.equal((await log.ask("select 1 from log where kind = 'h'")).length, 500);
});

test("what is in memory at the moment, and what would not be sent as things are now, is skipped and counted", async () => {
  const notifications = await publishFailed(log, startMs, 3);
  const { notifications: elsewhere } = await publish(log, startMs + 1_000, { workspace: 3 }, [{ subscription: 1, app: 1 }]);
  await record(log, elsewhere[0] as string, 1, startMs, [ended("uninstalled")]);
  await insertReplay(log, { id: "rpl_1", include: "failed" });
  const runner = runnerOf(log);
  runner.busy.add(notifications[1] as string);
  await runner.replays.round();
  assert.deepEqual(await progressOf(log, "rpl_1"), { state: "done", replayed: 2, skipped: 2, ended_reason: null });
});

test("no page is written while the subscription has no room, or its gate is closed", async () => {
  await publishFailed(log, startMs, 3);
  await insertReplay(log, { id: "rpl_1", include: "failed" });
  await runnerOf(log, { undrained: () => 500 }).replays.round();
  assert.equal((await progressOf(log, "rpl_1")).replayed, 0);
  await runnerOf(log, { isOpen: () => false }).replays.round();
  assert.equal((await progressOf(log, "rpl_1")).replayed, 0);
  await runnerOf(log).replays.round();
  assert.equal((await progressOf(log, "rpl_1")).replayed, 3);
});

test("replays that wait for a closed gate do not keep others from their turn", async () => {
  await publishFailed(log, startMs, 3);
  for (const subscription of [2, 3, 1]) await insertReplay(log, { id: `rpl_${subscription}`, include: "failed", subscription });
  await log.ask(
    "insert into subscription (id, app, url, topics, topics_off, policy, signatures, ordered, metadata, header_names, version) select 'sub_more' || i, 1, 'https://now.example', '{ticket.created}', '{}', '{}', '{}', false, '{}', '{}', 1 from generate_series(1, 3) i",
  );
  const more = await log.ask<{ ref: number }>("select ref from subscription where id like 'sub_more%'");
  for (const { ref } of more) await insertReplay(log, { id: `rpl_${ref}`, include: "failed", subscription: ref });
  await log.ask("update replay set created_at = now() + interval '1 minute' where id = 'rpl_1'");
  await runnerOf(log, { isOpen: (subscription) => subscription === 1 }).replays.round();
  assert.equal((await progressOf(log, "rpl_1")).replayed, 3);
  await log.ask("truncate replay");
  await log.ask("delete from subscription where id like 'sub_more%'");
});

test("a replay ends with the reason when its subscription gets nothing any more", async () => {
  await publishFailed(log, startMs, 3);
  await insertReplay(log, { id: "rpl_1", include: "failed" });
  await setState("disabled");
  await runnerOf(log).replays.round();
  await setState("live");
  const over = { state: "canceled", replayed: 0, skipped: 0, ended_reason: "subscription_disabled" };
  assert.deepEqual(await progressOf(log, "rpl_1"), over);
});

async function setState(state: string): Promise<void> {
  await log.ask(
    "insert into subscription_state (subscription, state) values (1, $1) on conflict (subscription) do update set state = excluded.state",
    [state],
  );
  await log.ask(
    "with v as (update control_version set version = version + 1 returning version) update subscription set version = v.version from v where ref = 1",
  );
  await log.directory.refresh();
}

test("of one subscription one replay runs at a time, the oldest", async () => {
  await publishFailed(log, startMs, 600);
  await publishFailed(log, startMs + 1_000, 3, 2);
  await publishFailed(log, startMs + 2_000, 3);
  await insertReplay(log, { id: "rpl_1", include: "failed", untilMs: startMs + 1_000 });
  await insertReplay(log, { id: "rpl_2", include: "failed", sinceMs: startMs + 1_000 });
  await insertReplay(log, { id: "rpl_3", include: "failed", subscription: 2 });
  const pages: number[] = [];
  const undrained = (subscription: number): number => (pages.includes(subscription) ? 500 : 0);
  await runnerOf(log, { undrained, written: (subscription) => void pages.push(subscription) }).replays.round();
  const replayed = await Promise.all(["rpl_1", "rpl_2", "rpl_3"].map(async (id) => (await progressOf(log, id)).replayed));
  assert.deepEqual(replayed, [500, 0, 3]);
});

test("copies go a page a round, cut by the bytes they copy", async () => {
  const item = JSON.stringify({ text: "x".repeat(3 * 1024 * 1024) });
  for (let index = 0; index < 3; index++) await publish(log, startMs + index, { workspace: 1, item }, []);
  await insertReplay(log, { id: "rpl_1", include: "missed" });
  const { replays } = runnerOf(log);
  for (const expected of [1, 2, 3]) {
    await replays.round();
    assert.equal((await progressOf(log, "rpl_1")).replayed, expected);
  }
});

test("what is deleted within a day is not sent again under its id, but can be copied", async () => {
  await publishFailed(log, startMs, 2);
  const laterMs = startMs + 29.5 * dayMs;
  const later = runnerOf(log, { nowMs: () => laterMs });
  await insertReplay(log, { id: "rpl_1", include: "failed" });
  await later.replays.round();
  assert.deepEqual(await progressOf(log, "rpl_1"), { state: "done", replayed: 0, skipped: 0, ended_reason: null });
  await insertReplay(log, { id: "rpl_2", include: "failed", newId: true });
  await runnerOf(log).replays.round();
  assert.equal((await progressOf(log, "rpl_2")).replayed, 2);
});
