// The statement that makes a publish durable: events, their notifications and their idempotency keys, in one commit.
import { byteas, int2s, int4s, texts, times, uuids } from "./binary.ts";
import { one, rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type EventRow = {
  id: string;
  workspace: number;
  topic: string;
  item: string;
  createdAtMs: number;
  objectId: string | null;
  orderingKey: string | null;
  traceparent: string | null;
  notified: number;
  skipped: string | null;
  /** The event that this one is a copy of, made by a replay with a new id. */
  replayOf: string | null;
  idempotency: { key: string; hash: Buffer } | null;
};

/** A notification as fan-out made it. */
export type NotificationRow = {
  id: string;
  event: string;
  subscription: number;
  app: number;
  workspace: number;
  shard: number;
  /** 0: within the workspace's quota, goes first. 1: the rest. */
  rank: 0 | 1;
  /** 0 to 255: one at a time, in the order of ids. Null: no order. */
  slot: number | null;
  topic: string;
  apiVersion: string;
};

/** `stale`: matched with older control data than there is, or with a clock that is off; nothing was written. `xid`: the transaction. */
export type Written = { stale: true; clockOff: boolean } | { stale: false; won: ReadonlySet<string>; xid: string };

/** Beyond this difference ids would fall into the wrong place of the log. */
const clockOffMaxMs = 30_000;

/**
 * Writes nothing when control data is newer than `version`. Of keyed events only those are written whose key was new;
 * `won` names them. Keys go in sorted, so that two batches with the same keys cannot wait for each other in a circle.
 */
export async function insertEvents(
  on: Connection,
  version: number,
  nowMs: number,
  events: readonly EventRow[],
  notifications: readonly NotificationRow[],
): Promise<Written> {
  const keyed = events.filter((event) => event.idempotency !== null);
  const row = await one<{ current: boolean; clock_ok: boolean; xid: string; won: string[] }>(
    on,
    sql`
    with current as materialized (
      select version <= ${version}::int8 as current, abs(extract(epoch from now()) * 1000 - ${nowMs}::float8) < ${clockOffMaxMs}::float8 as clock_ok
      from control_version),
    keyed as (
      insert into idempotency (workspace, key, day, event, hash, at)
      select k.workspace, k.key, (now() at time zone 'utc')::date, k.event, k.hash, now()
      from unnest(${int4s(keyed.map((event) => event.workspace))}::int4[], ${texts(keyed.map((event) => event.idempotency?.key ?? null))}::text[],
        ${uuids(keyed.map((event) => event.id))}::uuid[], ${byteas(keyed.map((event) => event.idempotency?.hash ?? null))}::bytea[]) as k (workspace, key, event, hash)
      where (select current and clock_ok from current) and not exists (
        select from idempotency earlier
        where earlier.workspace = k.workspace and earlier.key = k.key and earlier.day = (now() at time zone 'utc')::date - 1
          and earlier.at > now() - interval '24 hours')
      order by k.workspace, k.key
      on conflict do nothing
      returning event),
    events as (
      insert into event (id, workspace, topic, item, created_at, object_id, ordering_key, traceparent, notified, skipped, replay_of)
      select e.id, e.workspace, e.topic, e.item, e.created_at, e.object_id, e.ordering_key, e.traceparent, e.notified, e.skipped, e.replay_of
      from unnest(${uuids(events.map((event) => event.id))}::uuid[], ${int4s(events.map((event) => event.workspace))}::int4[],
        ${texts(events.map((event) => event.topic))}::text[], ${texts(events.map((event) => event.item))}::text[],
        ${times(events.map((event) => event.createdAtMs))}::timestamptz[], ${texts(events.map((event) => event.objectId))}::text[],
        ${texts(events.map((event) => event.orderingKey))}::text[], ${texts(events.map((event) => event.traceparent))}::text[],
        ${int4s(events.map((event) => event.notified))}::int4[], ${texts(events.map((event) => event.skipped))}::text[],
        ${uuids(events.map((event) => event.replayOf))}::uuid[], ${int2s(events.map((event) => (event.idempotency ? 1 : 0)))}::int2[])
        as e (id, workspace, topic, item, created_at, object_id, ordering_key, traceparent, notified, skipped, replay_of, keyed)
      where (select current and clock_ok from current) and (e.keyed = 0 or e.id in (select event from keyed))
      returning id),
    notifications as (
      insert into notification (id, event, subscription, app, workspace, shard, rank, slot, topic, api_version)
      select n.id, n.event, n.subscription, n.app, n.workspace, n.shard, n.rank, n.slot, n.topic, n.api_version
      from unnest(${uuids(notifications.map((each) => each.id))}::uuid[], ${uuids(notifications.map((each) => each.event))}::uuid[],
        ${int4s(notifications.map((each) => each.subscription))}::int4[], ${int4s(notifications.map((each) => each.app))}::int4[],
        ${int4s(notifications.map((each) => each.workspace))}::int4[], ${int2s(notifications.map((each) => each.shard))}::int2[],
        ${int2s(notifications.map((each) => each.rank))}::int2[], ${int2s(notifications.map((each) => each.slot))}::int2[],
        ${texts(notifications.map((each) => each.topic))}::text[], ${texts(notifications.map((each) => each.apiVersion))}::text[])
        as n (id, event, subscription, app, workspace, shard, rank, slot, topic, api_version)
      where n.event in (select id from events))
    select current, clock_ok, case when current and clock_ok then pg_current_xact_id()::text end as xid, array(select event::text from keyed) as won from current`,
  );
  if (!row?.current || !row.clock_ok) return { stale: true, clockOff: row?.clock_ok === false };
  return { stale: false, won: new Set(row.won), xid: row.xid };
}

export type Winner = { event: string; hash: Buffer; notified: number; skipped: string | null };

/** Who won a key in the last 24 hours: asked in a second statement, since the loser's own cannot see the winner. */
export async function findWinner(on: Connection, workspace: number, key: string): Promise<Winner | null> {
  const found = await rows<Winner>(
    on,
    sql`select i.event, i.hash, e.notified, e.skipped
        from idempotency i join event e on e.id = i.event
        where i.workspace = ${workspace} and i.key = ${key}
          and i.day in ((now() at time zone 'utc')::date, (now() at time zone 'utc')::date - 1) and i.at > now() - interval '24 hours'
        order by i.at desc limit 1`,
  );
  return found[0] ?? null;
}

/** The database's clock, in milliseconds since 1970. */
export async function databaseNowMs(on: Connection): Promise<number> {
  const row = await one<{ now: number }>(on, sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`);
  if (!row) throw new Error("A select without from gave no row.");
  return row.now;
}
