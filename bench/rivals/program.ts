// One rival as a program: the door, the queue, the sender and the log, with a private PostgreSQL made as Bellhop makes its own.
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startPrivatePostgres } from "../../server/src/embedded/postgres.ts";
import { destinationUrl } from "../destination.ts";
import { itemText } from "../item.ts";
import type { Written } from "../system.ts";
import { answerQuestions } from "../worker.ts";
import { AttemptLog } from "./attempt-log.ts";
import { coalesced } from "./coalesced.ts";
import { createDoor } from "./door.ts";
import type { JobQueue, StartQueue } from "./queue.ts";
import type { RivalName } from "./rivals.ts";
import { createDeliver } from "./sender.ts";
import type { Subscription } from "./sender.ts";

export type Workspaces = { readonly names: readonly string[]; readonly fanOut: number; readonly receiverPort: number };
export type Later = { readonly count: number; readonly seconds: number; readonly itemBytes: number };

const logConnections = 2;
const laterInCall = 1_000;

/** Only the library that is asked for is loaded. */
const queues: Readonly<Record<RivalName, () => Promise<StartQueue>>> = {
  "graphile-worker": async () => (await import("./graphile-worker.ts")).startGraphileWorker,
  "pg-boss": async () => (await import("./pg-boss.ts")).startPgBoss,
  BullMQ: async () => (await import("./bullmq.ts")).startBullMq,
};

const dataDir = mkdtempSync(join(tmpdir(), "bellhop-rival-"));
const postgres = await startPrivatePostgres({ dataDir, log: () => undefined });
const pool = new pg.Pool({ connectionString: postgres.url, max: logConnections });
const log = new AttemptLog(pool);
const subscriptions: Subscription[] = [];
const subscriptionsOf = new Map<string, number[]>();
const door = createDoor(
  ({ workspace_id: workspace }) => subscriptionsOf.get(workspace) ?? [],
  coalesced((jobs) => (queue as JobQueue).add(jobs)),
);
let queue: JobQueue | null = null;

/** The port of the door. */
async function start(name: RivalName): Promise<number> {
  await log.create();
  const startQueue = await queues[name]();
  queue = await startQueue(postgres.url, dataDir, createDeliver(subscriptions, log));
  await door.listen({ port: 0, host: "127.0.0.1" });
  return (door.server.address() as AddressInfo).port;
}

function makeWorkspaces({ names, fanOut, receiverPort }: Workspaces): void {
  for (const [at, name] of names.entries()) {
    const urls = Array.from({ length: fanOut }, (_, number) => new URL(destinationUrl(receiverPort, at * fanOut + number)));
    const numbers = urls.map(({ origin, pathname }) => subscriptions.push({ origin, path: pathname }) - 1);
    subscriptionsOf.set(`ext:${name}`, numbers);
  }
}

/** Each of the subscriptions waits for its share of them. */
async function addForLater({ count, seconds, itemBytes }: Later): Promise<void> {
  const at = new Date(Date.now() + seconds * 1_000);
  const job = (number: number) => ({
    id: crypto.randomUUID(),
    subscription: number % subscriptions.length,
    workspace: "ext:later",
    topic: "ticket.created",
    item: JSON.parse(itemText(number, 0, itemBytes)) as object,
    createdAt: Math.floor(Date.now() / 1_000),
  });
  for (let first = 0; first < count; first += laterInCall) {
    const jobs = Array.from({ length: Math.min(laterInCall, count - first) }, (_, index) => job(first + index));
    await queue?.addForLater(jobs, at);
  }
}

async function written(): Promise<Written> {
  const { rows } = await pool.query<Written>(`
    select (pg_current_wal_insert_lsn() - '0/0')::float8 as "walBytes",
      (select coalesce(sum(fsyncs), 0)::float8 from pg_stat_io where object = 'wal') as "fsyncs",
      pg_database_size(current_database())::float8 as "diskBytes"`);
  return rows[0] as Written;
}

/** Each step whether or not the one before it went well: nothing may be left behind. */
async function end(): Promise<void> {
  // Pools say that they have ended before their connections are closed; those are cut then, which the libraries do not expect.
  process.on("uncaughtException", () => undefined);
  for (const step of [() => door.close(), () => queue?.stop(), () => log.stop(), () => pool.end(), () => postgres.stop()]) {
    await Promise.resolve(step()).catch((error: unknown) => process.stderr.write(`rival, while it ended: ${String(error)}\n`));
  }
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

answerQuestions({ start, makeWorkspaces, addForLater, written, logged: () => log.count() }, end);
