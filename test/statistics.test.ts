// Statistics against the log: whatever was published, answered, held or ended, the counters say what the rows say, also over a
// restart and when minutes are summed into hours.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import type { AppsStatistics, Statistics, StatisticsTotals } from "@bellhop/contract/statistics";
import type { Flow } from "@bellhop/contract/flow";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram } from "./in-process.ts";

const topic = "ticket.created";
const minuteMs = 60_000;

async function publish(program: TestProgram, { workspace }: Installed, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, id) =>
    JSON.stringify({ workspace_id: workspace, topic, item: { type: "ticket", id: String(id) } }),
  );
  await program.publishLines(lines);
}

const read = (program: TestProgram, asked = ""): Promise<Statistics> => program.must("GET", `/v1/statistics${asked}`);

type Numbers = Pick<StatisticsTotals, "made" | "attempts" | "delivered" | "failed" | "ended">;
const numbersOf = ({ made, attempts, delivered, failed, ended }: Numbers): Numbers => ({ made, attempts, delivered, failed, ended });
const none: Numbers = { made: 0, attempts: 0, delivered: 0, failed: 0, ended: 0 };

function added(all: readonly Numbers[]): Numbers {
  const names = ["made", "attempts", "delivered", "failed", "ended"] as const;
  return all.reduce((sum, each) => Object.fromEntries(names.map((name) => [name, sum[name] + each[name]])) as Numbers, none);
}

/** The same from the log, row by row. */
async function inLog(program: TestProgram): Promise<Numbers> {
  const [row] = await query<Numbers>(
    program,
    `select count(distinct notification)::int4 as made, (count(*) filter (where kind = 'a'))::int4 as attempts,
       (count(distinct notification) filter (where kind = 'a' and reason is null))::int4 as delivered,
       (count(*) filter (where kind = 'a' and reason is not null))::int4 as failed,
       (count(*) filter (where kind = 'e'))::int4 as ended from log`,
  );
  return row as Numbers;
}

/** So many attempts are in the log. */
const attempted = (program: TestProgram, count: number): Promise<unknown> =>
  eventually(async () => ((await inLog(program)).attempts === count ? true : null));

async function query<Row>(program: TestProgram, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

test("a minute after it ended there is one row for each subscription in which something happened, and the log agrees", async (t) => {
  const program = await startTestProgram(t, { virtual: true });
  const good = await program.makeInstalled({ topics: [topic] });
  const bad = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [3_600], pause: "hold" } } });
  await program.makeInstalled({ topics: [topic] });
  bad.inbox.behave(null, 503);
  await publish(program, good, 5);
  await publish(program, bad, 3);
  await attempted(program, 8);
  await program.advance(minuteMs + 5_000);
  const rows = await eventually(async () => {
    const found = await query(
      program,
      `select s.id, made, attempts, delivered, failed, ended, held from subscription_minute m join subscription s on s.ref = m.subscription order by s.ref`,
    );
    return found.length >= 2 ? found : null;
  });
  assert.deepEqual(rows, [
    { id: good.subscription, made: 5, attempts: 5, delivered: 5, failed: 0, ended: 0, held: 0 },
    { id: bad.subscription, made: 3, attempts: 3, delivered: 0, failed: 3, ended: 0, held: 0 },
  ]);
});

test("the numbers of a page are those of the log, now, minutes and hours later, and over a restart", async (t) => {
  const program = await startTestProgram(t, { virtual: true });
  const good = await program.makeInstalled({ topics: [topic] });
  const bad = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [30], pause: "hold" } } });
  bad.inbox.behave(null, 503);
  const agree = (): Promise<Statistics> =>
    eventually(async () => {
      const page = await read(program);
      assert.deepEqual(numbersOf(page.totals), await inLog(program));
      assert.deepEqual(added(page.series), numbersOf(page.totals));
      assert.deepEqual(added(page.by_subscription), numbersOf(page.totals));
      assert.deepEqual(added(page.by_workspace), numbersOf(page.totals));
      return page;
    });
  await publish(program, good, 7);
  await publish(program, bad, 2);
  const running = await eventually(async () => ((await inLog(program)).attempts === 9 ? agree() : null));
  assert.deepEqual(numbersOf(running.totals), { made: 9, attempts: 9, delivered: 7, failed: 2, ended: 0 });
  assert.equal(running.backlog.retrying, 2);
  await program.advance(2 * minuteMs);
  const later = await eventually(async () => ((await inLog(program)).ended === 2 ? agree() : null));
  assert.deepEqual(numbersOf(later.totals), { made: 9, attempts: 11, delivered: 7, failed: 4, ended: 2 });
  assert.deepEqual(later.backlog, { waiting: 0, retrying: 0, held: 0, exact: true, oldest_undelivered_at: null });
  await program.stop();
  await program.start();
  await publish(program, good, 3);
  await attempted(program, 14);
  await agree();
  await program.advance(61 * minuteMs);
  await eventually(async () => ((await query(program, "select 1 from subscription_hour")).length === 2 ? true : null));
  await publish(program, good, 1);
  await attempted(program, 15);
  const end = await agree();
  const minutes = await read(program, `?since=${encodeURIComponent(new Date(program.nowMs - 3 * 3_600_000).toISOString())}`);
  assert.equal(minutes.step_s, 60);
  assert.deepEqual(numbersOf(minutes.totals), numbersOf(end.totals));
  assert.deepEqual(added(minutes.series), numbersOf(end.totals));
  const { data } = await program.must<AppsStatistics>("GET", "/v1/statistics/apps");
  assert.deepEqual(
    data.map(({ app, delivered, failed, ended }) => ({ app, delivered, failed, ended })),
    [
      { app: good.app, delivered: 11, failed: 0, ended: 0 },
      { app: bad.app, delivered: 0, failed: 4, ended: 2 },
    ],
  );
  assert.deepEqual(
    data.map(({ series }) => [series.length, series.reduce((sum, each) => sum + each.delivered - each.failed, 0)]),
    [
      [24, 11],
      [24, -4],
    ],
  );
});

test("a question about one app, subscription or workspace is answered with its numbers alone", async (t) => {
  const program = await startTestProgram(t);
  const [one, other] = [await program.makeInstalled({ topics: [topic] }), await program.makeInstalled({ topics: [topic] })];
  await publish(program, one, 4);
  await publish(program, other, 2);
  await attempted(program, 6);
  for (const [asked, count, sampled] of [
    [`?app=${one.app}`, 4, false],
    [`?subscription=${other.subscription}`, 2, false],
    [`?subscription=${other.subscription}&app=${one.app}`, 0, false],
    [`?workspace_id=${one.workspace}`, 4, true],
    [`?workspace_id=${one.workspace}&app=${other.app}`, 0, true],
  ] as const) {
    const page = await read(program, asked);
    assert.deepEqual(
      [page.totals.delivered, added(page.series).made, page.sampled, page.sample.complete],
      [count, count, sampled, true],
      asked,
    );
  }
  const workspaces = (await read(program)).by_workspace;
  assert.deepEqual(
    workspaces.map(({ workspace_id, delivered }) => [workspace_id, delivered]),
    [
      [one.workspace, 4],
      [other.workspace, 2],
    ],
  );
});

test("a key of one workspace sees the numbers of its own apps, and of others' only its part of the log", async (t) => {
  const program = await startTestProgram(t);
  const publicApp = await program.makeInstalled({ topics: [topic], app: { visibility: "public" } });
  const guest = await program.makeInstalled({ topics: [topic] });
  await program.must("POST", `/v1/apps/${publicApp.app}/installations`, { workspace_id: guest.workspace });
  await publish(program, publicApp, 3);
  await publish(program, guest, 2);
  await attempted(program, 7);
  const { token } = await program.must<{ token: string }>("POST", "/v1/keys", {
    name: "Guest",
    scopes: ["read"],
    workspace_id: guest.workspace,
  });
  const asGuest = { authorization: `Bearer ${token}` };
  const see = (path: string) => program.call<Statistics>("GET", path, undefined, asGuest);
  const own = await see("/v1/statistics");
  assert.deepEqual([own.body.sampled, own.body.totals.made], [false, 2]);
  const others = await see(`/v1/statistics?app=${publicApp.app}`);
  assert.deepEqual([others.body.sampled, others.body.totals.made], [true, 2]);
  assert.deepEqual(
    others.body.by_workspace.map(({ workspace_id }) => workspace_id),
    [guest.workspace],
  );
  assert.equal((await see(`/v1/statistics?workspace_id=${publicApp.workspace}`)).status, 404);
  const apps = await program.call<AppsStatistics>("GET", "/v1/statistics/apps", undefined, asGuest);
  assert.deepEqual(
    apps.body.data.map(({ app }) => app),
    [guest.app],
  );
  assert.equal((await see("/v1/flow")).status, 403);
  const mine = await read(program, `?app=${publicApp.app}`);
  assert.equal(mine.totals.made, 5);
});

test("a range that makes no sense is told what is wrong with it", async (t) => {
  const program = await startTestProgram(t);
  for (const asked of ["?since=yesterday", "?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "?buckets=1", "?buckets=241"]) {
    const { status, body } = await program.call("GET", `/v1/statistics${asked}`);
    assert.deepEqual([status, body["code"]], [400, "invalid_query"], asked);
  }
  assert.equal((await program.call("GET", "/v1/statistics?app=app_0000000000000000")).status, 404);
  assert.equal((await program.call("GET", "/v1/statistics?subscription=sub_0000000000000000")).status, 404);
  assert.equal((await program.call("GET", "/v1/statistics/apps?since=2020-01-01T00:00:00Z")).status, 400);
  const few = await read(program, "?buckets=2");
  assert.ok(few.series.length <= 2);
});

test("the flow shows what goes through, and names the subscription that takes the places", async (t) => {
  const program = await startTestProgram(t);
  const good = await program.makeInstalled({ topics: [topic] });
  const hanging = await program.makeInstalled({ topics: [topic], settings: { timeout_ms: 8_000 } });
  hanging.inbox.behave(null, "never");
  await publish(program, good, 5);
  await publish(program, hanging, 30);
  const flow = await eventually(async () => {
    const found = await program.must<Flow>("GET", "/v1/flow");
    return found.lanes.slow.used > 0 && found.per_second.over_60_s.delivered > 0 ? found : null;
  });
  const [first] = flow.busiest;
  assert.deepEqual([first?.subscription, first?.app, first?.slow, first?.share_of_slots], [hanging.subscription, hanging.app, true, 1]);
  assert.equal((first?.in_flight ?? 0) + (first?.queued ?? 0), 30);
  assert.equal(flow.busiest.find(({ subscription }) => subscription === good.subscription)?.attempts_last_minute, 5);
  assert.equal(flow.per_second.over_60_s.delivered, 5 / 60);
  assert.deepEqual([flow.lanes.fast.of, flow.lanes.slow.of], [1_433, 615]);
  assert.deepEqual(flow.regions, [{ region: "us", queued: first?.queued, in_flight: first?.in_flight }]);
  assert.equal(flow.processes.length, 1);
  assert.deepEqual([flow.processes[0]?.in_flight, flow.database.reachable, flow.disk], [first?.in_flight, true, null]);
  assert.ok(flow.backlog.oldest_undelivered_at !== null && flow.backlog.queued === first?.queued);
  assert.deepEqual([flow.backlog.behind_endpoint, flow.backlog.oldest_ready_at], [first.queued, null]);
});

test("what a pause holds is in the backlog", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic] });
  await program.must("POST", `/v1/apps/${installed.app}/subscriptions/${installed.subscription}/pause`, {});
  await publish(program, installed, 3);
  const { backlog } = await eventually(async () => {
    const page = await read(program);
    return page.backlog.held === 3 ? page : null;
  });
  assert.deepEqual([backlog.waiting, backlog.retrying, backlog.exact], [0, 0, true]);
  assert.ok(backlog.oldest_undelivered_at !== null);
});
