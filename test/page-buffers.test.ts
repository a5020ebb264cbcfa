// The promise of pages: whatever is asked, one page touches at most 500 buffers of PostgreSQL at 1,000,000 notifications. What
// counts is the sum over all statements of all its calls, as PostgreSQL counts them for running them; planning is left out, because
// statements are prepared and their plans kept.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import type { NotificationQuery } from "@bellhop/contract/notifications";
import { pageBuffersMax } from "../server/src/show/list-cost.ts";
import { listNotifications } from "../server/src/show/list.ts";
import { createNames } from "../server/src/show/names.ts";
import { countingBuffers } from "./asked-connection.ts";
import { pageCalls } from "./browser/page-calls.ts";
import { PageVisits } from "./browser/page-visits.ts";
import { adminKey, encryptionKey, startTestProgram } from "./in-process.ts";
import { dayMs, filled, fillLog, million, notificationsPerEvent } from "./filled-log.ts";

/** Pages that do not keep it yet, and what they touch at most; it may only become less. */
const exempt: Record<string, number> = {
  // 2,000 newest steps that were no success, and of each of their notifications whether it was delivered after all.
  "/apps/{app}/failures": 4_500,
  // Up to 10,000 notifications are counted one by one before somebody replays them.
  "/apps/{app}/replays?new=1": 50_000,
};

/** The last one was made two minutes ago. */
const fromMs = Date.now() - million.days * dayMs - 120_000;
const at = (day: number, hour: number): string => new Date(fromMs + day * dayMs + hour * 3_600_000).toISOString();

/** Search words become these fields, and an id is a stretch of one. */
const filters: { [Name in Exclude<keyof NotificationQuery, "q" | "id">]-?: readonly (NotificationQuery[Name] | undefined)[] } = {
  app: [undefined, filled.busy.app],
  subscription: [undefined, filled.busy.subscription, filled.failing.subscription],
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
const byReason: readonly NotificationQuery[] = [{}, { app: filled.busy.app }, { subscription: filled.failing.subscription }].map(
  (query) => ({ ...query, reason: "status", limit: 100 }),
);

type Count = { readonly buffers: number; readonly statements: string };

/** What all sessions of the program have run since the last time. */
async function counted(pool: pg.Pool): Promise<Count> {
  const own = "(select oid from pg_database where datname = current_database())";
  const { rows } = await pool.query<{ query: string; buffers: number; calls: number }>(
    `select query, (shared_blks_hit + shared_blks_read)::int4 as buffers, calls::int4 as calls from pg_stat_statements
     where dbid = ${own} and query !~ 'pg_stat_statements' order by 2 desc`,
  );
  await pool.query(`select pg_stat_statements_reset(0, ${own}, 0)`);
  const statements = rows.map(({ query, buffers, calls }) => `${buffers} in ${calls}: ${query.replaceAll(/\s+/g, " ").slice(0, 120)}`);
  return { buffers: rows.reduce((sum, { buffers }) => sum + buffers, 0), statements: statements.join("\n") };
}

/** Of a page of the hub, all its calls together. What runs in the background may fall in, so the smaller of two counts is the page's. */
async function countPage(pool: pg.Pool, open: () => Promise<unknown>): Promise<Count> {
  await counted(pool);
  await open();
  const once = await counted(pool);
  await open();
  const again = await counted(pool);
  return once.buffers < again.buffers ? once : again;
}

test("at a million notifications", async (t) => {
  const program = await startTestProgram(t);
  const pool = new pg.Pool({
    connectionString: program.databaseUrl,
    max: 1,
    options: "-c enable_bitmapscan=off -c enable_seqscan=off",
  });
  // A connection that is being closed may still hear that its database goes.
  pool.on("error", () => undefined);
  t.after(() => pool.end());
  await fillLog(program.databaseUrl, encryptionKey, { ...million, fromMs });
  await program.must("PUT", "/v1/workspaces/ext:last", { name: "Last", kind: "paid", region: "us" });

  await t.test("the log has a million", async () => {
    const { rows } = await pool.query("select count(*)::int4 as count from notification");
    assert.equal(rows[0].count, million.days * million.eventsPerDay * notificationsPerEvent);
  });

  await t.test("each page of the hub touches at most 500 buffers, of a busy app, a failing one and a quiet one", async (of) => {
    await pool.query("create extension pg_stat_statements");
    const visits = await PageVisits.signIn(program.url, adminKey);
    const over: string[] = [];
    for (const about of [filled.busy, filled.failing, filled.quiet]) {
      const values = await visits.valuesOf(about, Date.now());
      for (const page of pageCalls) {
        const { buffers, statements } = await countPage(pool, () => visits.open(page, values));
        assert.ok(buffers > 0, `${page.page} was not counted`);
        of.diagnostic(`${buffers} buffers: ${page.page} of ${about.app}`);
        if (buffers > (exempt[page.page] ?? pageBuffersMax)) over.push(`${buffers} buffers: ${page.page} of ${about.app}:\n${statements}`);
      }
    }
    assert.equal(over.join("\n\n"), "");
  });

  await t.test("a page of the list touches at most 500 buffers, by each combination of filters", async (of) => {
    const names = createNames();
    let [asked, most] = [0, 0];
    for (const query of [...combinations(), ...byReason]) {
      const counter = countingBuffers(pool);
      await listNotifications(counter.on, { names, whyMarked: async () => [], nowMs: Date.now }, query, { workspace: null });
      const { buffers, statements } = counter.read();
      assert.ok(buffers <= pageBuffersMax, `${JSON.stringify(query)} touched ${buffers} buffers:\n${statements.join("\n")}`);
      [asked, most] = [asked + 1, Math.max(most, buffers)];
    }
    of.diagnostic(`${asked} questions, at most ${most} buffers a page`);
  });
});
