// A notification costs the same after much as after little: every statement on its way touches as many pages of the
// database, and in an hour of load neither memory nor bytes on disk for each grow. Pages are counted by PostgreSQL; nothing
// is timed. One attempt in twenty fails. `SOAK_LOAD_MINUTES` keeps the load up for so long.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import type { TestContext } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import pg from "pg";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";

const minutes = Number(process.env["SOAK_LOAD_MINUTES"] ?? 0);
const batchEvents = 100;
const batchesAtOnce = 4;
/** Without `SOAK_LOAD_MINUTES`: so many before the first look, and until the last. */
const [littleEvents, muchEvents] = [2_000, 16_000];
/** Published one by one, each alone, when pages are counted. */
const alone = 6;
/** An index grows by a level, a page is half full: a few pages are no trend. */
const pagesMore = 12;
const heapGrowthBytesMax = 32_000_000;
const diskGrowthMax = 1.25;
const otherGrowthBytesMax = 1_000_000;
const megabyte = 1_000_000;
/** Attempts that fail, and are retried. */
const failsOneIn = 20;
const policy = { waits_s: [1, 1, 1, 1] };

/** Where everything is delivered, most of it at once: it counts what it accepts and keeps nothing. */
async function startCounter(t: TestContext): Promise<{ url: string; count: () => number }> {
  let [requests, count] = [0, 0];
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      if (++requests % failsOneIn === 0) response.statusCode = 500;
      else count++;
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, count: () => count };
}

type Look = {
  readonly pages: ReadonlyMap<string, number>;
  readonly heapBytes: number;
  readonly diskBytes: number;
  readonly otherBytes: number;
};

class Steady {
  readonly #program: TestProgram;
  readonly #client: pg.Client;
  readonly #workspace: string;
  readonly #count: () => number;
  published = 0;

  constructor(program: TestProgram, client: pg.Client, workspace: string, count: () => number) {
    this.#program = program;
    this.#client = client;
    this.#workspace = workspace;
    this.#count = count;
  }

  async publish(events: number): Promise<void> {
    let left = events;
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left -= batchEvents;
        await this.#program.publishLines(Array.from({ length: batchEvents }, () => this.#line()));
      }
    };
    await Promise.all(Array.from({ length: batchesAtOnce }, lane));
    await this.delivered();
  }

  async delivered(): Promise<void> {
    await eventually(() => (this.#count() >= this.published ? true : null), 120_000);
    await this.#program.quiet();
  }

  /** What one notification costs by itself, and what is held. */
  async look(): Promise<Look> {
    await this.#client.query("select pg_stat_statements_reset()");
    for (let number = 0; number < alone; number++) {
      await this.#program.must("POST", "/v1/events", this.#line());
      await this.delivered();
    }
    return { pages: await this.#pages(), heapBytes: collected(), ...(await this.#bytes()) };
  }

  #line(): string {
    const item = { type: "ticket", id: String(this.published++), text: "lorem ipsum ".repeat(60) };
    return JSON.stringify({ workspace_id: this.#workspace, topic: "ticket.created", item });
  }

  /** Statement -> pages that one run of it touched. */
  async #pages(): Promise<Map<string, number>> {
    const { rows } = await this.#client.query<{ query: string; pages: number }>(
      `select regexp_replace(query, '\\s+', ' ', 'g') as query, ((shared_blks_hit + shared_blks_read) / calls)::float8 as pages
       from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database()) and query ~ '\\y(notification|log|event|shard)\\y'`,
    );
    return new Map(rows.map(({ query, pages }) => [query, pages]));
  }

  /** Of the flow's tables, and of all others but the statistics, which have rows for each minute. */
  async #bytes(): Promise<{ diskBytes: number; otherBytes: number }> {
    const { rows } = await this.#client.query<{ diskBytes: number; otherBytes: number }>(
      `select coalesce(sum(bytes) filter (where relispartition), 0)::float8 as "diskBytes",
         coalesce(sum(bytes) filter (where not relispartition and relname !~ '_(minute|hour)$'), 0)::float8 as "otherBytes"
       from (select *, pg_total_relation_size(oid) as bytes from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace) tables`,
    );
    return rows[0] as { diskBytes: number; otherBytes: number };
  }
}

function collected(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

function assertNoMorePages(early: Look, late: Look): void {
  for (const [query, pages] of late.pages) {
    const before = early.pages.get(query);
    if (before === undefined) continue;
    assert.ok(pages <= before * 1.5 + pagesMore, `${pages} pages instead of ${before}: ${query.slice(0, 300)}`);
  }
}

test("a notification touches as many pages, and memory holds as much, after many as after few", async (t) => {
  const program = await startTestProgram(t);
  const counter = await startCounter(t);
  const { workspace } = await program.makeInstalled({
    topics: ["ticket.created"],
    url: counter.url,
    settings: { max_in_flight: 32, policy },
  });
  const client = new pg.Client({ connectionString: program.databaseUrl });
  // A connection that is being closed may still hear that its database goes.
  client.on("error", () => undefined);
  await client.connect();
  await client.query("create extension pg_stat_statements");
  const steady = new Steady(program, client, workspace, counter.count);
  const { count } = counter;

  await steady.publish(littleEvents);
  const early = await steady.look();
  assert.ok(early.pages.size >= 3, "publish, scan and record were seen");
  const [publishedBefore, untilMs] = [steady.published, performance.now() + minutes * 60_000];
  if (minutes === 0) await steady.publish(muchEvents);
  while (performance.now() < untilMs) await steady.publish(muchEvents);
  const late = await steady.look();
  await client.end();

  assertNoMorePages(early, late);
  assert.equal(count(), steady.published, "each was delivered once");
  const grownBytes = late.heapBytes - early.heapBytes;
  assert.ok(grownBytes < heapGrowthBytesMax, `the heap grew by ${(grownBytes / megabyte).toFixed(1)} MB`);
  const eachBytes = early.diskBytes / publishedBefore;
  const laterEachBytes = (late.diskBytes - early.diskBytes) / (steady.published - publishedBefore);
  assert.ok(laterEachBytes < eachBytes * diskGrowthMax, `${laterEachBytes} bytes on disk for each instead of ${eachBytes}`);
  const otherBytes = late.otherBytes - early.otherBytes;
  assert.ok(otherBytes < otherGrowthBytesMax, `tables that hold what is, not what was, grew by ${(otherBytes / megabyte).toFixed(1)} MB`);
  t.diagnostic(
    `${count()} delivered, ${laterEachBytes.toFixed(0)} bytes on disk for each, heap ${(grownBytes / megabyte).toFixed(1)} MB larger`,
  );
});
