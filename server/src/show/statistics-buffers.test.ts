// The promise of pages with numbers: at most 500 buffers of PostgreSQL, whether it is one subscription's week while 1,000 others are busy
// too, or the whole of a platform with 20 busy subscriptions. What counts is the sum over all statements of a page, as EXPLAIN
// reports it for running them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { countingBuffers } from "../../../test/asked-connection.ts";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import type { StatisticsQuery } from "@bellhop/contract/statistics";
import { makePartitions, vacuumDay } from "../store/partitions.ts";
import { createNames } from "./names.ts";
import { showAppsStatistics } from "./statistics-apps.ts";
import { showStatistics } from "./statistics.ts";
import type { StatisticsDeps } from "./statistics.ts";

const buffersMax = 500;
const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];
const days = 8;
const busy = 20;
const others = 1_000;
/** Each of them has something to tell once in so many minutes. */
const othersEvery = 30;
const firstDayMs = Date.UTC(2026, 2, 2);
/** Half an hour after the last hour that was summed. */
const hoursFromMs = firstDayMs + (days - 1) * dayMs + 20 * hourMs;
const nowMs = hoursFromMs + 30 * minuteMs;

let database: TestDatabase;
let pool: pg.Pool;

before(async () => {
  database = await createTestDatabase();
  // As the connections that pages are read on.
  pool = new pg.Pool({ connectionString: database.url, max: 2, options: "-c enable_bitmapscan=off -c enable_seqscan=off" });
  await makePartitions(pool, firstDayMs, nowMs);
  await pool.query(control);
  await pool.query(notifications);
  await count(`generate_series(1, ${busy}) s`, "true");
});

after(async () => {
  await pool?.end();
  await database?.drop();
});

// 1,020 subscriptions of 102 apps, ten each; the busy ones are two apps.
const control = `
  insert into workspace (id, name, kind, region, version) select 'w' || n, 'w' || n, 'paid', 'us', 1 from generate_series(1, 200) n;
  insert into app (id, owner, name, description, visibility, api_version, permissions, redirect_urls, client_id, version)
    select 'app_' || lpad(n::text, 16, '0'), 1, 'app', '', 'public', '2.14', '{}', '{}', 'client' || n, 1 from generate_series(1, 102) n;
  insert into subscription (id, app, url, topics, topics_off, policy, signatures, ordered, metadata, header_names, version)
    select 'sub_' || lpad(n::text, 16, '0'), 1 + (n - 1) / 10, 'https://example.com', '{}', '{}', '{}', '{}', false, '{}', '{}', 1
    from generate_series(1, ${busy + others}) n;`;

const notificationsMade = 150_000;

/** Of the last day, all busy subscriptions and workspaces in turn, one in ten with a failure before its success. */
const notifications = `
  create temporary table made as
    select n, ('0' || to_hex(${nowMs - 20 * hourMs} + n::int8 * ${Math.floor((20 * hourMs) / notificationsMade)}) || '70008' || lpad(to_hex(n * 7919 % 4096), 3, '0') || '00000000')::text as head
    from generate_series(0, ${notificationsMade - 1}) n;
  insert into notification (id, event, subscription, app, workspace, shard, rank, topic, api_version)
    select (head || '0001')::uuid, (head || '0000')::uuid, 1 + n % ${busy}, 1 + n % ${busy} / 10, 1 + n * 31 % 200, 0, 0, 'ticket.created', '2.14'
    from made order by n;
  insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, next_at, status, total_us, node)
    select (head || '0001')::uuid, 1, 'a', 1 + n % ${busy}, 0, now(), case when n % 10 = 0 then 'status' end, 1, 0,
      case when n % 10 = 0 then now() end, 200, 12000, 1 from made order by n;
  insert into log (notification, step, kind, subscription, shard, at, requests, policy_step, status, total_us, node)
    select (head || '0001')::uuid, 2, 'a', 1 + n % ${busy}, 0, now(), 2, 0, 200, 12000, 1 from made where n % 10 = 0 order by n;
  drop table made; analyze notification; analyze log;`;

/** Minutes in the order of time, as they are written; the hours that are over are summed. The last half hour was never vacuumed. */
async function count(subscriptions: string, busyIn: string): Promise<void> {
  const numbers = "array_fill(3, array[16])";
  await pool.query(`
    insert into subscription_minute (at, subscription, epoch, made, attempts, delivered, failed, ended, held, latency)
      select to_timestamp(m * 60), s, 1, 45, 48, 45, 3, 0, 0, ${numbers}
      from generate_series(${firstDayMs / minuteMs}, ${hoursFromMs / minuteMs - 1}) m, ${subscriptions} where ${busyIn} order by m, s;
    insert into subscription_hour (at, subscription, made, attempts, delivered, failed, ended, held, latency)
      select to_timestamp(h * 3600), s, 45, 48, 45, 3, 0, 0, ${numbers}
      from generate_series(${firstDayMs / hourMs}, ${hoursFromMs / hourMs - 1}) h, ${subscriptions} order by h, s`);
  for (let day = 0; day < days; day++) await vacuumDay(pool, firstDayMs + day * dayMs);
  await pool.query(`
    insert into subscription_minute (at, subscription, epoch, made, attempts, delivered, failed, ended, held, latency)
      select to_timestamp(m * 60), s, 1, 45, 48, 45, 3, 0, 0, ${numbers}
      from generate_series(${hoursFromMs / minuteMs}, ${nowMs / minuteMs - 1}) m, ${subscriptions} where ${busyIn} order by m, s`);
  await pool.query("analyze subscription_minute; analyze subscription_hour");
}

const none = { waiting: 0, retrying: 0, held: 0, exact: true, oldest_undelivered_at: null };

/** What memory knows of the running hour is not the tables' affair; what waits is looked at apart from pages. */
const deps = (): StatisticsDeps => ({
  names: createNames(),
  recent: () => ({ hoursFromMs, hours: [], minutesFromMs: nowMs, epoch: 1, minutes: [] }),
  backlog: { now: async () => none },
  nowMs: () => nowMs,
  retentionDays: 14,
});

const ago = (ms: number): string => new Date(nowMs - ms).toISOString();
const everybody = { workspace: null };

async function pageOf(
  query: StatisticsQuery,
): Promise<{ buffers: number; statements: readonly string[]; attempts: number; stepS: number }> {
  const counter = countingBuffers(pool);
  const { totals, step_s: stepS } = await showStatistics(counter.on, deps(), query, everybody);
  return { ...counter.read(), attempts: totals.attempts, stepS };
}

const one = "sub_0000000000000001";

test("numbers of everybody, of an app, a subscription and a workspace touch at most 500 buffers, over any range", async (t) => {
  const asked: StatisticsQuery[] = [
    {},
    { app: "app_0000000000000001" },
    { subscription: one },
    { workspace_id: "w7" },
    { app: "app_0000000000000001", workspace_id: "w7" },
  ];
  for (const query of asked)
    for (const range of [hourMs, 4 * hourMs, dayMs, 60 * hourMs, 7 * dayMs]) {
      const { buffers, statements, attempts, stepS } = await pageOf({ ...query, since: ago(range) });
      assert.ok(attempts > 0, JSON.stringify(query));
      t.diagnostic(`${buffers} buffers: ${JSON.stringify(query)} over ${range / hourMs} h in steps of ${stepS} s`);
      assert.ok(buffers <= buffersMax, `${buffers} buffers:\n${statements.join("\n")}`);
    }
});

test("the health of all apps touches at most 500 buffers", async (t) => {
  const counter = countingBuffers(pool);
  const { data } = await showAppsStatistics(counter.on, deps(), {}, everybody);
  const { buffers, statements } = counter.read();
  assert.equal(data.length, 2);
  t.diagnostic(`${buffers} buffers`);
  assert.ok(buffers <= buffersMax, statements.join("\n"));
});

test("one subscription's numbers touch at most 500 buffers while 1,000 others are busy", async (t) => {
  await count(`generate_series(${busy + 1}, ${busy + others}) s`, `(m + s) % ${othersEvery} = 0`);
  for (const range of [4 * hourMs, dayMs, 60 * hourMs, 7 * dayMs]) {
    const { buffers, statements, stepS } = await pageOf({ subscription: one, since: ago(range) });
    t.diagnostic(`${buffers} buffers over ${range / hourMs} h in steps of ${stepS} s`);
    assert.ok(buffers <= buffersMax, `${buffers} buffers over ${range / hourMs} h:\n${statements.join("\n")}`);
  }
});
