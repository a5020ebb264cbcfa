// The bare store: the rows that a notification delivered at once leaves behind, with the program's own tables and indexes, in the best
// statements known: binary arrays, 128 notifications in each, every commit on disk before the next.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { eventId, notificationId } from "../../server/src/domain/id.ts";
import { startPrivatePostgres } from "../../server/src/embedded/postgres.ts";
import { byteas, chars, int2s, int4s, texts, times, uuids } from "../../server/src/store/binary.ts";
import { migrate } from "../../server/src/store/migrate.ts";
import { sql } from "../../server/src/store/sql.ts";
import type { Statement } from "../../server/src/store/sql.ts";
import { makeAgedDays } from "../bellhop.ts";
import { itemText } from "../item.ts";
import { answerQuestions } from "../worker.ts";

export type InsertLoad = { readonly fanOut: number; readonly itemBytes: number };

const notificationsInStatement = 128;
const writers = 2;
const subscriptions = 1_000;

/** As Bellhop has it: statements are planned once. */
const planned = "-c plan_cache_mode=force_generic_plan";
const dataDir = mkdtempSync(join(tmpdir(), "bellhop-floor-"));
const postgres = await startPrivatePostgres({ dataDir, log: () => undefined });
await migrate(postgres.url);
const pool = new pg.Pool({ connectionString: postgres.url, max: writers + 1, options: planned });
// At the end the server may say goodbye before it has read that we do.
pool.on("error", () => undefined);
await makeAgedDays(postgres.url);

let running: Promise<unknown> = Promise.resolve();
let goesOn = false;
let made = 0;
let done = 0;

function start(load: InsertLoad): void {
  goesOn = true;
  running = Promise.all(Array.from({ length: writers }, () => write(load)));
}

async function write({ fanOut, itemBytes }: InsertLoad): Promise<void> {
  while (goesOn) {
    const events = Array.from({ length: Math.ceil(notificationsInStatement / fanOut) }, () => {
      const number = made++;
      return { id: eventId(Date.now(), number & 0xfff, Buffer.from([7, 7, 7, number >> 16, number >> 8, number])), number };
    });
    const notifications = events.flatMap(({ id }) => Array.from({ length: fanOut }, (_, index) => notificationId(id, index + 1)));
    await pool.query(publishStatement(events, notifications, fanOut, itemBytes) as pg.QueryConfig);
    await pool.query(logStatement(notifications) as pg.QueryConfig);
    done += notifications.length;
  }
}

type Event = { readonly id: string; readonly number: number };

function publishStatement(events: readonly Event[], notifications: readonly string[], fanOut: number, itemBytes: number): Statement {
  const each = <T>(value: T): T[] => notifications.map(() => value);
  const items = events.map(({ number }) => itemText(number, 0, itemBytes));
  return sql`
    with events as (
      insert into event (id, workspace, topic, item, created_at, object_id, notified)
      select * from unnest(${uuids(events.map(({ id }) => id))}::uuid[], ${int4s(events.map(({ number }) => number % subscriptions))}::int4[],
        ${texts(events.map(() => "ticket.created"))}::text[], ${texts(items)}::text[], ${times(events.map(() => Date.now()))}::timestamptz[],
        ${texts(events.map(({ number }) => String(number)))}::text[], ${int4s(events.map(() => fanOut))}::int4[]))
    insert into notification (id, event, subscription, app, workspace, shard, rank, topic, api_version)
    select * from unnest(${uuids(notifications)}::uuid[], ${uuids(events.flatMap(({ id }) => Array.from({ length: fanOut }, () => id)))}::uuid[],
      ${int4s(notifications.map((_, index) => index % subscriptions))}::int4[],
      ${int4s(each(1))}::int4[], ${int4s(notifications.map((_, index) => index % subscriptions))}::int4[], ${int2s(each(1))}::int2[],
      ${int2s(each(0))}::int2[], ${texts(each("ticket.created"))}::text[], ${texts(each("2.14"))}::text[])`;
}

const signatures = Buffer.alloc(53, 1);
const bodySha256 = Buffer.alloc(32, 2);

function logStatement(notifications: readonly string[]): Statement {
  const each = <T>(value: T): T[] => notifications.map(() => value);
  const now = times(each(Date.now()));
  return sql`
    insert into log (notification, step, kind, subscription, shard, at, requests, policy_step, first_sent_at, status, first_byte_us, total_us,
      address, node, revision, signatures, body_sha256)
    select * from unnest(${uuids(notifications)}::uuid[], ${int4s(each(1))}::int4[], ${chars(each("a"))}::"char"[], ${int4s(each(1))}::int4[],
      ${int2s(each(1))}::int2[], ${now}::timestamptz[], ${int4s(each(1))}::int4[], ${int4s(each(0))}::int4[], ${now}::timestamptz[],
      ${int4s(each(200))}::int4[], ${int4s(each(900))}::int4[], ${int4s(each(1_000))}::int4[], ${texts(each("127.0.0.1"))}::text[],
      ${int4s(each(1))}::int4[], ${int4s(each(1))}::int4[], ${byteas(each(signatures))}::bytea[], ${byteas(each(bodySha256))}::bytea[])`;
}

async function stop(): Promise<void> {
  goesOn = false;
  await running;
}

async function end(): Promise<void> {
  await stop();
  await pool.end();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

answerQuestions({ start, stop, read: () => done }, end);
