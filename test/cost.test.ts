// What a first-try success costs, counted by PostgreSQL itself: the rows, statements and commits that the design promises,
// and not one update or delete more.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";

type Counts = { inserted: number; updated: number; deleted: number };

const flow = ["event", "notification", "log", "idempotency"] as const;
const events = 1_000;

const batch = 100;

test("1,000 first-try successes cost 1,000 events, notifications and log rows in few statements, and no update or delete", async (t) => {
  const program = await startTestProgram(t);
  const { workspace, inbox } = await program.makeInstalled({ topics: ["ticket.created"] });
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  await client.query("create extension pg_stat_statements");
  const before = await counts(client);
  await client.query("select pg_stat_statements_reset()");

  const lines = Array.from({ length: events }, (_, id) =>
    JSON.stringify({ workspace_id: workspace, topic: "ticket.created", item: { type: "ticket", id: String(id) } }),
  );
  for (let from = 0; from < events; from += batch) await program.publishLines(lines.slice(from, from + batch));
  await inbox.waitFor((_, all) => all.filter(({ body }) => body.includes('"topic":"ticket.created"')).length >= events);
  await program.quiet();

  // A session hands in its statistics when it ends, and long after it fell idle.
  await program.stop();
  const after = await eventually(async () => {
    const found = await counts(client);
    return ["event", "notification", "log"].every((table) => (found.get(table) as Counts).inserted >= events) ? found : null;
  });
  const spent = (table: string): Counts => minus(after.get(table) as Counts, before.get(table) as Counts);
  const written = await writingStatements(client);
  await client.end();
  assert.equal(written.publishes, events / batch, "one statement per batch of publishes");
  assert.ok(written.flushes <= events / 8, `${written.flushes} flushes`);
  assert.deepEqual(written.others, []);
  // A minute may have ended meanwhile; an orderly stop writes the running one.
  assert.ok(written.statistics >= 1 && written.statistics <= 3, `${written.statistics} statements for statistics`);
  assert.deepEqual(spent("event"), { inserted: events, updated: 0, deleted: 0 });
  assert.deepEqual(spent("notification"), { inserted: events, updated: 0, deleted: 0 });
  assert.deepEqual(spent("log"), { inserted: events, updated: 0, deleted: 0 });
  assert.deepEqual(spent("idempotency"), { inserted: 0, updated: 0, deleted: 0 });
});

/** Sums over the partitions of each flow table. Statistics of other sessions arrive late: they are asked to be flushed. */
async function counts(client: pg.Client): Promise<Map<string, Counts>> {
  await client.query("select pg_stat_clear_snapshot()");
  const { rows } = await client.query<{ relname: string; n_tup_ins: string; n_tup_upd: string; n_tup_del: string }>(
    "select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables where relname ~ '^(event|notification|log|idempotency)_[0-9]{8}$'",
  );
  return new Map(flow.map((table) => [table, sum(rows.filter(({ relname }) => relname.startsWith(`${table}_`)))]));
}

function sum(rows: readonly { n_tup_ins: string; n_tup_upd: string; n_tup_del: string }[]): Counts {
  const total = { inserted: 0, updated: 0, deleted: 0 };
  for (const row of rows) {
    total.inserted += Number(row.n_tup_ins);
    total.updated += Number(row.n_tup_upd);
    total.deleted += Number(row.n_tup_del);
  }
  return total;
}

function minus(a: Counts, b: Counts): Counts {
  return { inserted: a.inserted - b.inserted, updated: a.updated - b.updated, deleted: a.deleted - b.deleted };
}

/** How often each statement that writes to a flow table ran in this database since the reset. */
async function writingStatements(client: pg.Client): Promise<{ publishes: number; flushes: number; statistics: number; others: string[] }> {
  const { rows } = await client.query<{ query: string; calls: string }>(
    `select query, calls from pg_stat_statements
     where dbid = (select oid from pg_database where datname = current_database()) and query ~ '(insert into|update|delete from) (event|notification|log|idempotency|subscription_minute|subscription_hour)\\y'`,
  );
  const calls = (pattern: RegExp): number =>
    rows.filter(({ query }) => pattern.test(query)).reduce((sum, row) => sum + Number(row.calls), 0);
  const known = /insert into (event|log|subscription_minute)\b/;
  return {
    publishes: calls(/insert into event\b/),
    flushes: calls(/insert into log\b/),
    statistics: calls(/insert into subscription_minute\b/),
    others: rows.map(({ query }) => query).filter((query) => !known.test(query)),
  };
}
