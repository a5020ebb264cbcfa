// The days of the flow tables: made ahead beside whoever reads and writes, dropped whole when they are past.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import { eventId } from "../domain/id.ts";
import { dropPartitions, makePartitions } from "./partitions.ts";

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 5, 15, 12);
const tables = ["event", "idempotency", "log", "notification", "subscription_minute", "subscription_hour"];

let database: TestDatabase;
let pool: pg.Pool;

before(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
});

after(async () => {
  await pool.end();
  await database.drop();
});

async function daysOf(table: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1",
    [table],
  );
  return rows.map(({ name }) => name.slice(table.length + 1)).filter((day) => /^\d{8}$/.test(day));
}

const insertEvent = (on: pg.Pool | pg.Client, atMs: number): Promise<unknown> =>
  on.query("insert into event (id, workspace, topic, item, created_at, notified) values ($1, 1, 't', '{}', now(), 0)", [
    eventId(atMs, 0, Buffer.from("abcdef")),
  ]);

test("days are made from the first to three days ahead, by any number of callers at once", async () => {
  await Promise.all([1, 2, 3].map(() => makePartitions(pool, nowMs - dayMs, nowMs)));
  for (const table of tables) assert.deepEqual(await daysOf(table), ["20260614", "20260615", "20260616", "20260617", "20260618"], table);
  await insertEvent(pool, nowMs + 3 * dayMs);
  await assert.rejects(insertEvent(pool, nowMs + 4 * dayMs), /no partition of relation/);
});

test("a new day is made beside a long reader, and nobody who writes waits for it", async () => {
  const reader = new pg.Client({ connectionString: database.url });
  await reader.connect();
  await reader.query("begin isolation level repeatable read");
  await reader.query("select count(*) from event");
  await makePartitions(pool, nowMs, nowMs + dayMs);
  await insertEvent(pool, nowMs + 4 * dayMs);
  await reader.query("rollback");
  await reader.end();
});

test("days wholly before the retention are dropped, also where somebody died while detaching one or before dropping it", async () => {
  await leaveDetachPending("log", "log_20260614");
  await pool.query("alter table event detach partition event_20260614");
  const dropped = await dropPartitions(pool, Date.UTC(2026, 5, 16));
  assert.ok(dropped.includes("event_20260615") && dropped.includes("notification_20260614"));
  for (const table of tables) assert.deepEqual((await daysOf(table))[0], "20260616", table);
  const { rows } = await pool.query(String.raw`select relname from pg_class where relname ~ '_2026061[45]$'`);
  assert.deepEqual(rows, []);
  await assert.rejects(insertEvent(pool, nowMs), /no partition of relation/);
});

/** A detach waits for readers; when its session dies meanwhile, the partition stays half detached. */
async function leaveDetachPending(table: string, partition: string): Promise<void> {
  const [reader, detacher] = [new pg.Client({ connectionString: database.url }), new pg.Client({ connectionString: database.url })];
  await Promise.all([reader.connect(), detacher.connect()]);
  await reader.query("begin");
  await reader.query(`select count(*) from ${table}`);
  await detacher.query("set statement_timeout = 200");
  await assert.rejects(detacher.query(`alter table ${table} detach partition ${partition} concurrently`), /statement timeout/);
  await reader.query("rollback");
  await Promise.all([reader.end(), detacher.end()]);
  const { rows } = await pool.query("select 1 from pg_inherits where inhdetachpending");
  assert.equal(rows.length, 1);
}
