// What this process accepts is taken in at its commit, and what it does not know of by a scan. Answers of commits and of scans come in any
// order, some commits never answer: each notification is taken in exactly once, and the checkpoint waits for each.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import { seededChance } from "../../../test/faults/chance.ts";
import { eventId, notificationId } from "../domain/id.ts";
import { makePartitions } from "../store/partitions.ts";
import { insertEvents } from "../store/publish.ts";
import type { EventRow, NotificationRow } from "../store/publish.ts";
import { isVisible } from "../store/scan.ts";
import type { Queue } from "./queue.ts";
import { Reader } from "./reader.ts";
import type { Work } from "./work.ts";

const stories = 12;
const steps = 250;
const nowMs = Date.now();

let database: TestDatabase;
let pool: pg.Pool;
let made = 0;

before(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4, options: "-c enable_bitmapscan=off -c enable_seqscan=off" });
  pool.on("error", () => undefined);
  await makePartitions(pool, nowMs, nowMs);
});

after(async () => {
  await pool?.end();
  await database?.drop();
});

type Committed = { readonly notifications: readonly NotificationRow[]; readonly xid: string };

async function commit(count: number): Promise<Committed> {
  const id = eventId(nowMs, made++ & 0xfff, Buffer.from([made & 255, (made >> 8) & 255, 1, 1, 1, 1]));
  const event: EventRow = {
    id,
    workspace: 1,
    topic: "ticket.created",
    item: "{}",
    createdAtMs: nowMs,
    objectId: null,
    orderingKey: null,
    traceparent: null,
    notified: count,
    skipped: null,
    replayOf: null,
    idempotency: null,
  };
  const notifications = Array.from({ length: count }, (_, index): NotificationRow => ({
    id: notificationId(id, index + 1),
    event: id,
    subscription: 1,
    app: 1,
    workspace: 1,
    shard: 1,
    rank: 0,
    slot: null,
    topic: "ticket.created",
    apiVersion: "2.14",
  }));
  const written = await insertEvents(pool, 1_000_000, Date.now(), [event], notifications);
  assert.ok(!written.stale);
  return { notifications, xid: written.xid };
}

/** Hands on what is asked of the database at once, but its answers only when they are let through. */
class SlowPool {
  #waiting: (() => void)[] = [];
  #came: (() => void)[] = [];

  query(statement: pg.QueryConfig, told: (error: Error, result: pg.QueryResult) => void): void {
    pool.query(statement, (error: Error, result: pg.QueryResult) => {
      this.#waiting.push(() => told(error, result));
      this.#came.shift()?.();
    });
  }

  /** The database has answered. */
  async answered(): Promise<void> {
    if (this.#waiting.length === 0) await new Promise<void>((resolve) => this.#came.push(resolve));
  }

  async letThrough(): Promise<void> {
    this.#waiting.shift()?.();
    await new Promise(setImmediate);
  }

  get waits(): boolean {
    return this.#waiting.length > 0;
  }
}

/** Counts what is taken in. What is over is forgotten. */
class Book {
  readonly inMemory = new Map<string, Work>();
  readonly admitted = new Map<string, number>();

  get size(): number {
    return this.inMemory.size;
  }

  get(id: string): Work | undefined {
    return this.inMemory.get(id);
  }

  all(): IterableIterator<Work> {
    return this.inMemory.values();
  }

  admit(work: Work): boolean {
    if (this.inMemory.has(work.id)) return false;
    this.inMemory.set(work.id, work);
    this.admitted.set(work.id, (this.admitted.get(work.id) ?? 0) + 1);
    return true;
  }
}

async function story({ seed, chance }: ReturnType<typeof seededChance>): Promise<void> {
  const [slow, book] = [new SlowPool(), new Book()];
  const { rows } = await pool.query<{ snapshot: string }>("select pg_current_snapshot()::text as snapshot");
  const reader: Reader = new Reader(
    {
      pool: slow as unknown as pg.Pool,
      queue: book as unknown as Queue,
      holds: { all: () => [] } as never,
      nowMs: Date.now,
      versionSeen: () => undefined,
      admitted: () => undefined,
      isOpen: () => true,
      blocked: () => new Set(),
      heldRead: () => undefined,
      emptied: () => undefined,
      trouble: (message, error) => assert.fail(`${message}: ${String(error)}`),
    },
    { checkpoint: rows[0]?.snapshot as string, checkpointAtMs: nowMs, followedUntilMs: nowMs },
  );
  const all = new Map<string, string>();
  const untold: Committed[] = [];
  const stepped = new Set<string>();

  const settle = (work: Work): void => {
    if (work.scan !== null) reader.checkpoint.settle(work.scan);
    work.scan = null;
    book.inMemory.delete(work.id);
    stepped.add(work.id);
  };
  const doing: (() => Promise<void> | void)[] = [
    async () => {
      const committed = await commit(1 + Math.floor(chance() * 3));
      for (const { id } of committed.notifications) all.set(id, committed.xid);
      untold.push(committed);
    },
    () => {
      const [told] = untold.splice(Math.floor(chance() * untold.length), 1);
      if (told && chance() < 0.9 && !reader.take(told.notifications, told.xid)) reader.kick();
    },
    async () => {
      reader.kick();
      await slow.answered();
    },
    () => (slow.waits ? slow.letThrough() : undefined),
    () => {
      for (const work of book.all()) if (chance() < 0.3) settle(work);
    },
  ];
  const check = (): void => {
    for (const [id, count] of book.admitted) assert.equal(count, 1, `seed ${seed}: ${id} was taken in ${count} times`);
    for (const [id, xid] of all)
      assert.ok(stepped.has(id) || !isVisible(xid, reader.checkpoint.snapshot), `seed ${seed}: the checkpoint passed ${id}`);
  };
  for (let step = 0; step < steps; step++) {
    await doing[Math.floor(chance() * doing.length)]?.();
    check();
  }
  const last = { over: false };
  void reader.scanned().then(() => (last.over = true));
  while (!last.over) {
    await slow.answered();
    await slow.letThrough();
  }
  for (const work of book.all()) settle(work);
  check();
  assert.equal(book.admitted.size, all.size);
  assert.ok(
    [...all.values()].every((xid) => isVisible(xid, reader.checkpoint.snapshot)),
    "at rest the checkpoint is behind all of it",
  );
}

test("a notification is taken in once, by its commit or by a scan, and the checkpoint waits for it", async () => {
  const seeded = seededChance();
  for (let told = 0; told < stories; told++) await story(seeded);
});
