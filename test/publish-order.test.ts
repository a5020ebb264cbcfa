// What publishing decides about the order of sending, as it stands in the database: the slot of each notification, and
// whether it is within its workspace's quota. And how many notifications one event makes at most.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";
import { slotOf } from "../server/src/domain/order-slot.ts";

const topic = "ticket.created";

async function query<Row extends pg.QueryResultRow>(program: TestProgram, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  const { rows } = await client.query<Row>(text, values);
  await client.end();
  return rows;
}

test("an ordering key has a slot at the subscriptions that ask for order, and only there", async (t) => {
  const program = await startTestProgram(t);
  const { app, workspace, inbox } = await program.makeInstalled({ topics: [topic], settings: { ordered: true } });
  await program.must("POST", `/v1/apps/${app}/subscriptions?verify=false`, { url: `${inbox.url}/unordered`, topics: [topic] });
  for (const ordering_key of ["ticket-1", undefined, "ticket-2", "ticket-1"])
    await program.publish({ workspace_id: workspace, topic, item: {}, ordering_key });
  const slots = await query(
    program,
    "select s.ordered, array_agg(n.slot order by n.id) as slots from notification n join subscription s on s.ref = n.subscription group by 1 order by 1",
  );
  assert.deepEqual(slots, [
    { ordered: false, slots: [null, null, null, null] },
    { ordered: true, slots: [slotOf(1, "ticket-1"), null, slotOf(1, "ticket-2"), slotOf(1, "ticket-1")] },
  ]);
});

test("order can be asked for, and given up, later: it holds for what is published from then on", async (t) => {
  const program = await startTestProgram(t);
  const { app, workspace, subscription } = await program.makeInstalled({ topics: [topic] });
  for (const ordered of [true, false]) {
    await program.must("PATCH", `/v1/apps/${app}/subscriptions/${subscription}?verify=false`, { ordered });
    await program.publish({ workspace_id: workspace, topic, item: {}, ordering_key: "k" });
  }
  const slots = await query(program, "select slot from notification order by id");
  assert.deepEqual(slots, [{ slot: slotOf(1, "k") }, { slot: null }]);
});

test("what has an ordering key is stored in the order of its acceptance, however long one takes, and what has none does not wait", async (t) => {
  const program = await startTestProgram(t);
  const { workspace } = await program.makeInstalled({ topics: [topic], settings: { ordered: true } });
  const release = await occupyKey(program, workspace, "slow");
  const publish = (id: string, more: object) => program.publish({ workspace_id: workspace, topic, item: { id }, ...more });
  const slow = [publish("first", { ordering_key: "k", idempotency_key: "slow" })];
  const stored = (): Promise<{ object_id: string }[]> =>
    query(program, "select e.object_id from notification n join event e on e.id = n.event order by n.xid, n.id");
  try {
    await isWaitedFor(program);
    slow.push(publish("second", { ordering_key: "k" }));
    await publish("apart", {});
    await publish("apart too", {});
    assert.deepEqual(await stored(), [{ object_id: "apart" }, { object_id: "apart too" }]);
  } finally {
    await release();
    await Promise.all(slow);
  }
  // The transaction of the first began before those of the others.
  assert.deepEqual(
    (await stored()).filter(({ object_id }) => !object_id.startsWith("apart")),
    [{ object_id: "first" }, { object_id: "second" }],
  );
});

/** Takes an idempotency key without committing, so that whoever publishes with it waits. */
async function occupyKey(program: TestProgram, workspace: string, key: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  await client.query("begin");
  await client.query(
    `insert into idempotency (workspace, key, day, event, hash)
     select ref, $2, (now() at time zone 'utc')::date, gen_random_uuid(), '' from workspace where id = $1`,
    [workspace, key],
  );
  return async () => {
    await client.query("rollback");
    await client.end();
  };
}

function isWaitedFor(program: TestProgram): Promise<unknown> {
  return eventually(async () => {
    const waiting = await query(program, "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()");
    return waiting.length > 0 ? true : null;
  });
}

test("beyond its quota a workspace's events follow at the lower rank, and no other workspace's", async (t) => {
  const program = await startTestProgram(t, { regions: new Map([["us", { egress: [], eventsPerMinute: 2 }]]) });
  const many = await program.makeInstalled({ topics: [topic] });
  const few = await program.makeInstalled({ topics: [topic] });
  const line = (workspace_id: string): string => JSON.stringify({ workspace_id, topic, item: {} });
  await program.publishLines([...Array.from({ length: 4 }, () => line(many.workspace)), line(few.workspace)]);
  const ranks = await query(program, "select array_agg(rank order by id) as ranks from notification group by workspace order by workspace");
  assert.deepEqual(ranks, [{ ranks: [0, 0, 1, 1] }, { ranks: [0] }]);
});

test("one event makes 10,000 notifications at most, and says what it did not make", async (t) => {
  const program = await startTestProgram(t);
  const { app, workspace, subscription } = await program.makeInstalled({ topics: [topic] });
  // Through the API as many would take minutes.
  await query(
    program,
    `with raised as (update control_version set version = version + 1 returning version)
     insert into subscription (id, app, url, topics, topics_off, policy, signatures, ordered, metadata, header_names, version)
     select 'sub_' || lpad(n::text, 16, '0'), s.app, s.url, s.topics, s.topics_off, s.policy, s.signatures, s.ordered, s.metadata, s.header_names,
       raised.version
     from subscription s, raised, generate_series(1, 10000) n where s.id = $1`,
    [subscription],
  );
  const { id, notifications, skipped } = await program.publish({ workspace_id: workspace, topic, item: {} });
  assert.deepEqual([notifications, skipped], [10_000, { fan_out_limit: 1 }]);
  assert.deepEqual(await query(program, "select count(*)::int as count from notification"), [{ count: 10_000 }]);
  const shown = await program.must<{ skipped: { app: string; reason: string }[] }>("GET", `/v1/events/${id}`);
  assert.deepEqual(
    shown.skipped.map(({ reason }) => reason),
    ["fan_out_limit"],
  );
  assert.ok(JSON.stringify(shown.skipped[0]).includes(app));
});
