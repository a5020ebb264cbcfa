// The promise of the list: whatever is asked, one page touches at most 500 buffers of PostgreSQL at 1,000,000
// notifications. What counts is the sum over all statements of a page, as EXPLAIN reports it for running them; planning
// is left out, because statements are prepared and their plans kept.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import type { FailureQuery } from "@bellhop/contract/failures";
import type { NotificationQuery } from "@bellhop/contract/notifications";
import { makePartitions } from "../store/partitions.ts";
import type { Connection } from "../store/sql.ts";
import { listFailures } from "./failures.ts";
import { pageBuffersMax } from "./list-cost.ts";
import { listNotifications } from "./list.ts";
import { createNames } from "./names.ts";

const days = 5;
const dayMs = 86_400_000;
const eventsPerDay = 50_000;
const notificationsPerEvent = 4;
const firstDayMs = Date.UTC(2026, 2, 2);

let database: TestDatabase;
let pool: pg.Pool;

before(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await makePartitions(pool, firstDayMs, firstDayMs + days * dayMs);
  await pool.query(control);
  await Promise.all(Array.from({ length: days }, (_, day) => pool.query(dayOfFlow(firstDayMs + day * dayMs))));
  await pool.query("analyze");
});

after(async () => {
  await pool?.end();
  await database?.drop();
});

// 200 workspaces; app 1 has 50 subscriptions of which 30 never get anything, app 2 has one that always fails, apps 3 to
// 20 have one each, the last of which gets nothing.
const control = `
  insert into workspace (id, external_id, name, kind, region, version)
    select 'w' || n, 'customer-' || n, 'w' || n, 'paid', 'us', 1 from generate_series(1, 200) n;
  insert into app (id, owner, name, description, visibility, api_version, permissions, redirect_urls, client_id, version)
    select 'app_' || lpad(n::text, 16, '0'), 1, 'app', '', 'public', '2.14', '{}', '{}', 'client' || n, 1 from generate_series(1, 20) n;
  insert into subscription (id, app, url, topics, topics_off, policy, signatures, ordered, metadata, header_names, version)
    select 'sub_' || lpad(n::text, 16, '0'), case when n <= 50 then 1 else n - 49 end, 'https://example.com', '{}', '{}', '{}', '{}', false, '{}', '{}', 1
    from generate_series(1, 69) n;`;

/** Notification k of an event: a hot subscription, one of app 1's, the failing one in 1 of 25, one of the other apps'. */
const dayOfFlow = (fromMs: number): string => `
  create temporary table made as
    select n, ('0' || to_hex(${fromMs} + n::int8 * ${dayMs / eventsPerDay}) || '70008' || lpad(to_hex(n * 7919 % 4096), 3, '0') || '00000000')::text as head
    from generate_series(0, ${eventsPerDay - 1}) n;
  insert into event (id, workspace, topic, item, created_at, object_id, notified)
    select (head || '0000')::uuid, 1 + n * 31 % 200, 'ticket.created', repeat('x', 500 + n % 1000), now(), 'object-' || n % 5000, ${notificationsPerEvent}
    from made order by n;
  insert into notification (id, event, subscription, app, workspace, shard, rank, topic, api_version)
    select (head || '000' || k)::uuid, (head || '0000')::uuid, s, case when s <= 50 then 1 else s - 49 end, 1 + n * 31 % 200, 0, 0,
      case when n % 100 = 0 then 'contact.deleted' else 'ticket.created' end, '2.14'
    from made, generate_series(1, ${notificationsPerEvent}) k,
      lateral (select case k when 1 then 1 when 2 then 2 + n % 19 when 3 then case when n % 25 = 0 then 51 else 52 end else 53 + n % 16 end as s) l
    order by n, k;
  insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, first_sent_at, next_at, status, total_us, node)
    select (head || '000' || k)::uuid, 1, case when fate = 95 then 'h' when fate in (96, 97) then 'e' else 'a' end, s, 0, now(),
      case when fate = 95 then 'backlog' when fate = 96 then 'discarded' when fate = 97 then 'canceled' when fate >= 90 or s = 51 then 'status' end,
      case when fate in (95, 96, 97) then 0 else 1 end, 0, now(), case when (fate >= 90 and fate <> 96 and fate <> 97) or s = 51 then now() end,
      case when fate in (95, 96, 97) then null when fate >= 90 or s = 51 then 503 else 200 end, 12000, 1
    from made, generate_series(1, ${notificationsPerEvent}) k,
      lateral (select case k when 1 then 1 when 2 then 2 + n % 19 when 3 then case when n % 25 = 0 then 51 else 52 end else 53 + n % 16 end as s) l,
      lateral (select (n * 4 + k) * 7 % 100 as fate) f
    order by n, k;
  insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, first_sent_at, next_at, status, total_us, node)
    select notification, r, case when r = 11 then 'e' else 'a' end, subscription, 0, now(),
      case when r = 11 then 'attempts_exhausted' else 'status' end, least(r, 10), 0, now(), case when r < 10 then now() end, 503, 12000, 1
    from log, generate_series(2, 11) r
    where notification >= (select (min(head) || '0000')::uuid from made) and notification <= (select (max(head) || 'ffff')::uuid from made)
      and step = 1 and status = 503 and subscription = 51
    order by r, notification;
  insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, first_sent_at, status, total_us, node)
    select notification, 2, 'a', subscription, 0, now(), null, 2, 1, now(), 200, 12000, 1 from log
    where notification >= (select (min(head) || '0000')::uuid from made) and notification <= (select (max(head) || 'ffff')::uuid from made)
      and step = 1 and status = 503 and subscription <> 51 and random() < 0.5
    order by notification;
  drop table made;`;

/** Runs each statement under EXPLAIN as well and adds up what it touched. */
function counting(on: pg.Pool): { on: Connection; read: () => { buffers: number; statements: string[] } } {
  let buffers = 0;
  const statements: string[] = [];
  const query = async (statement: { text: string; values: unknown[] }): Promise<unknown> => {
    const explained = await on.query(`explain (analyze, buffers, format json) ${statement.text}`, statement.values);
    const { Plan: plan } = explained.rows[0]["QUERY PLAN"][0];
    buffers += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
    statements.push(`${plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]}: ${statement.text.replaceAll(/\s+/g, " ").slice(0, 120)}`);
    return on.query(statement.text, statement.values);
  };
  return { on: { query } as unknown as Connection, read: () => ({ buffers, statements }) };
}

const at = (day: number, hour: number): string => new Date(firstDayMs + day * dayMs + hour * 3_600_000).toISOString();

/** Search words become these fields, and an id is a stretch of one. */
const filters: { [Name in Exclude<keyof NotificationQuery, "q" | "id">]-?: readonly (NotificationQuery[Name] | undefined)[] } = {
  app: [undefined, "app_0000000000000001"],
  subscription: [undefined, "sub_0000000000000001", "sub_0000000000000051"],
  workspace_id: [undefined, "w32"],
  topic: [undefined, "contact.*"],
  status: [undefined, "delivered", "failed"],
  code: [undefined, "5xx"],
  reason: [undefined],
  object_id: [undefined, "object-7"],
  since: [at(1, 3), undefined],
  until: [at(3, 4), undefined],
  limit: [100],
  cursor: [undefined],
};

function combinations(): NotificationQuery[] {
  let all: NotificationQuery[] = [{}];
  for (const [name, values] of Object.entries(filters)) {
    all = all.flatMap((query) => values.map((value) => (value === undefined ? query : { ...query, [name]: value })));
  }
  return all;
}

/** By reason the same rows are read as by a code that is none of success, so a few stand for all. */
const byReason: readonly NotificationQuery[] = [{}, { app: "app_0000000000000001" }, { subscription: "sub_0000000000000051" }].map(
  (query) => ({ ...query, reason: "status", limit: 100 }),
);

test("the log has a million notifications", async () => {
  const { rows } = await pool.query("select count(*)::int4 as count from notification");
  assert.equal(rows[0].count, days * eventsPerDay * notificationsPerEvent);
});

test("a page of each combination of filters touches at most 500 buffers", async (t) => {
  const names = createNames();
  let [asked, most] = [0, 0];
  for (const query of [...combinations(), ...byReason]) {
    const counter = counting(pool);
    await listNotifications(counter.on, { names, whyMarked: async () => [], nowMs: Date.now }, query, { workspace: null });
    const { buffers, statements } = counter.read();
    assert.ok(buffers <= pageBuffersMax, `${JSON.stringify(query)} touched ${buffers} buffers:\n${statements.join("\n")}`);
    [asked, most] = [asked + 1, Math.max(most, buffers)];
  }
  t.diagnostic(`${asked} questions, at most ${most} buffers a page`);
});

/** 2,000 steps by their index, and whether each of their notifications was delivered after all. */
const failuresBuffersMax = 12_000;
const failureQuestions: readonly FailureQuery[] = [{}, { app: "app_0000000000000001" }, { subscription: "sub_0000000000000051" }];

test("failures by cause touch a bounded number of buffers, whatever is asked", async (t) => {
  let most = 0;
  for (const query of failureQuestions) {
    const counter = counting(pool);
    const { data, looked_at: lookedAt } = await listFailures(counter.on, query, { workspace: null }, firstDayMs + days * dayMs);
    const { buffers, statements } = counter.read();
    assert.ok(lookedAt > 0 && data.length > 0, JSON.stringify(query));
    assert.ok(buffers <= failuresBuffersMax, `${JSON.stringify(query)} touched ${buffers} buffers:\n${statements.join("\n")}`);
    most = Math.max(most, buffers);
    t.diagnostic(`${JSON.stringify(query)}: ${buffers} buffers for ${lookedAt} notifications: ${statements.join(" | ")}`);
  }
});
