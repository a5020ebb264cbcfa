// Fresh work is found by scans: each row exactly once, however late it commits, at a price that has nothing to do with how
// many were written before.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { connectionAsking } from "../../../test/asked-connection.ts";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import { eventId, firstIdAt, notificationId } from "../domain/id.ts";
import { makePartitions } from "./partitions.ts";
import { scanFresh } from "./scan.ts";
import type { Window } from "./scan.ts";

const nowMs = Date.UTC(2026, 5, 15, 12);
const alreadyWritten = 60_000;
const buffersMax = 60;

let database: TestDatabase;
let pool: pg.Pool;

before(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, options: "-c enable_bitmapscan=off -c enable_seqscan=off" });
  // A connection that is being closed may still hear that its database goes.
  pool.on("error", () => undefined);
  await makePartitions(pool, nowMs - 30 * 86_400_000, nowMs);
});

after(async () => {
  await pool?.end();
  await database?.drop();
});

/** As the program runs it: with one plan for all values, made when the days were full. */
async function buffersOf(text: string, values: readonly unknown[]): Promise<number> {
  const on = await pool.connect();
  await on.query("set plan_cache_mode = force_generic_plan");
  await on.query(`prepare scan as ${text}`);
  const explained = await on.query(`explain (analyze, buffers, format json) execute scan(${values.map(literal).join(", ")})`);
  on.release(true);
  const { Plan: plan } = explained.rows[0]["QUERY PLAN"][0];
  return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
}

function literal(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? `'{${value.join(",")}}'` : pg.escapeLiteral(`${value as string | number}`);
}

let made = 0;

async function write(on: pg.Pool | pg.PoolClient, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => notificationId(eventId(nowMs, made++ & 0xfff, Buffer.from([1, 1, 1, 1, 1, 1])), 1));
  await on.query(
    `insert into notification (id, event, subscription, app, workspace, shard, rank, topic, api_version)
     select id, id, 1, 1, 1, 1, 0, 'ticket.created', '2.14' from unnest($1::uuid[]) id`,
    [ids],
  );
  return ids;
}

async function windowFromHere(): Promise<Window> {
  const { rows } = await pool.query<{ snapshot: string }>("select pg_current_snapshot()::text as snapshot");
  const { snapshot: from } = rows[0] as { snapshot: string };
  return { from, fromId: firstIdAt(nowMs - 3_600_000), to: null, afterXid: "0", afterId: firstIdAt(0) };
}

test("pages give each row once, in the order of transactions, also of those that were open when the window began", async () => {
  const late = await pool.connect();
  await late.query("begin");
  await late.query("select pg_current_xact_id()");
  await write(pool, 5);
  const window = await windowFromHere();
  // The older transaction has the newer ids.
  const second = await write(pool, 3);
  const first = await write(late, 5);
  await late.query("commit");
  late.release();
  const third = await write(pool, 5);

  const found: string[] = [];
  let at = window;
  for (;;) {
    const page = await scanFresh(pool, at, 2);
    found.push(...page.rows.map(({ id }) => id));
    const last = page.rows.at(-1);
    if (page.complete || !last) break;
    at = { ...at, to: page.to, afterXid: last.xid, afterId: last.id };
  }
  assert.deepEqual(found, [...first, ...second, ...third]);
});

test("what was written before a window costs nothing", async (t) => {
  await pool.query(
    `insert into notification (id, event, subscription, app, workspace, shard, rank, topic, api_version)
     select overlay('${firstIdAt(nowMs - 60_000)}' placing lpad(to_hex(n), 12, '0') from 25)::uuid, '${firstIdAt(nowMs)}', 1, 1, 1, 1, 0, 'ticket.created', '2.14'
     from generate_series(1, ${alreadyWritten}) n`,
  );
  await pool.query("analyze notification");
  const window = await windowFromHere();
  const written = await write(pool, 3);
  let buffers = 0;
  const counting = connectionAsking(async ({ text, values }) => {
    buffers += await buffersOf(text, [...values]);
    return pool.query(text, [...values]);
  });
  const page = await scanFresh(counting, window, 100);
  assert.deepEqual(
    page.rows.map(({ id }) => id),
    written,
  );
  t.diagnostic(`${buffers} buffers`);
  assert.ok(buffers <= buffersMax, `${buffers} buffers for 3 rows after ${alreadyWritten}`);
});
