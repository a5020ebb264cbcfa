// Reading what is to be sent. Fresh work is found by the difference between two snapshots, every row exactly once
// however late it commits. Retries are read ahead by `next_at`, holds by their place in the queue.
//
// But for fresh work none of these has a bound on the primary key, though that would prune days: a statement that was planned
// while a day was empty would keep that day's primary key for its index, and read the whole day each time it is full.
import { int4s, uuids } from "./binary.ts";
import { rows, sql } from "./sql.ts";
import type { NotificationRow } from "./publish.ts";
import type { Connection } from "./sql.ts";

/** And with what its newest step says. */
export type ResumedRow = NotificationRow & {
  step: number;
  kind: string;
  reason: string | null;
  requests: number;
  policy_step: number;
  first_sent_ms: number | null;
  throttled_since_ms: number | null;
  next_ms: number | null;
  retry_reason: string | null;
  queue: number | null;
  position: number | null;
  delivered: boolean;
};

/**
 * Rows visible in `to` and not in `from`, by page; `to` is null on the first page and comes back in the answer. `fromId`: no id
 * that is not visible in `from` is smaller, so that days before it need not be opened.
 */
export type Window = {
  readonly from: string;
  readonly fromId: string;
  readonly to: string | null;
  readonly afterXid: string;
  readonly afterId: string;
};

/** `xid`: the transaction that wrote it. */
export type FreshRow = NotificationRow & { readonly xid: string };
export type Page = { to: string; version: number; rows: FreshRow[]; complete: boolean };

/** The transaction was over when the snapshot was taken: a scan up to it finds what that wrote. */
export function isVisible(xid: string, snapshot: string): boolean {
  return isBefore(xid, snapshotMax(snapshot)) && !snapshotOpen(snapshot).includes(xid);
}

const snapshotMax = (snapshot: string): string => snapshot.split(":")[1] as string;
const snapshotOpen = (snapshot: string): string[] => (snapshot.split(":")[2] ?? "").split(",").filter((xid) => xid !== "");

/** A later page of a window starts where the one before it ended. */
function startOf(window: Window): string {
  const max = snapshotMax(window.from);
  return isBefore(max, window.afterXid) ? window.afterXid : max;
}

const isBefore = (xid: string, other: string): boolean => BigInt(xid) < BigInt(other);

/**
 * One page of a window. Where a page starts is one bound on the index, and what is left of that transaction a filter: of two
 * lower bounds, one on both columns, PostgreSQL would begin at the other, and read the whole day each time. Each half is
 * ordered and limited by itself: to sort them together it would rather read the day by its primary key. `without`: transactions
 * whose rows are known.
 */
export async function scanFresh(on: Connection, window: Window, limit: number, without: readonly string[] = []): Promise<Page> {
  const { to, fromId, afterXid, afterId } = window;
  const openXids = snapshotOpen(window.from).filter((xid) => !isBefore(xid, afterXid));
  const found = await rows<FreshRow & { snapshot: string; version: number }>(
    on,
    sql`
    with now as materialized (select coalesce(${to}::pg_snapshot, pg_current_snapshot()) as snapshot, version from control_version)
    select now.snapshot::text as snapshot, now.version, n.id, n.event, n.subscription, n.app, n.workspace, n.shard, n.rank, n.slot, n.topic, n.api_version as "apiVersion", n.xid::text as xid
    from now left join lateral (
      select n.* from (
        (select * from notification
         where xid >= ${startOf(window)}::text::xid8 and id >= ${fromId}::uuid
           and (xid > ${afterXid}::text::xid8 or id > ${afterId}::uuid) and pg_visible_in_snapshot(xid, now.snapshot)
           and xid <> all(${without}::text[]::xid8[])
         order by xid, id limit ${limit})
        union all
        (select * from notification
         where xid = any(${openXids}::text[]::xid8[]) and id >= ${fromId}::uuid
           and (xid > ${afterXid}::text::xid8 or id > ${afterId}::uuid) and pg_visible_in_snapshot(xid, now.snapshot)
           and xid <> all(${without}::text[]::xid8[])
         order by xid, id limit ${limit})) n
      order by n.xid, n.id limit ${limit}) n on true`,
  );
  const first = found[0] as { snapshot: string; version: number };
  const fresh = found.filter((row) => row.id !== null);
  return { to: first.snapshot, version: first.version, rows: fresh, complete: fresh.length < limit };
}

/** Those of which something is on the log. */
export async function withSteps(on: Connection, notifications: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await rows<{ id: string }>(
    on,
    sql`select distinct notification as id from log where notification = any(${uuids(notifications)}::uuid[])`,
  );
  return new Set(found.map(({ id }) => id));
}

/** Newest steps whose time lies in (from, to]; `after` continues a page of equal times. */
export function scanDue(on: Connection, fromMs: number, afterId: string, toMs: number, limit: number): Promise<ResumedRow[]> {
  return rows<ResumedRow>(
    on,
    sql`
    select n.id, n.event, n.subscription, n.app, n.workspace, n.shard, n.rank, n.slot, n.topic, n.api_version as "apiVersion", l.step, l.kind::text as kind, l.reason, l.requests,
      l.policy_step, extract(epoch from l.first_sent_at)::float8 * 1000 as first_sent_ms,
      extract(epoch from l.throttled_since)::float8 * 1000 as throttled_since_ms, extract(epoch from l.next_at)::float8 * 1000 as next_ms, l.retry_reason, l.queue, l.position,
      exists (select from log d where d.notification = l.notification and d.kind = 'a' and d.reason is null) as delivered
    from (
      select * from log
      where log.next_at is not null
        and (log.next_at, log.notification) > (to_timestamp(${fromMs}::float8 / 1000), ${afterId}::uuid) and log.next_at <= to_timestamp(${toMs}::float8 / 1000)
        and not exists (select from log later where later.notification = log.notification and later.step > log.step)
      order by log.next_at, log.notification limit ${limit}) l
    join notification n on n.id = l.notification
    order by l.next_at, l.notification`,
  );
}

/**
 * What is held for a subscription in a queue behind a position, oldest first; only what is still held. `without`:
 * workspaces to leave out.
 */
export function scanHeld(
  on: Connection,
  subscription: number,
  queue: number,
  afterPosition: number,
  limit: number,
  without: readonly number[] = [],
): Promise<ResumedRow[]> {
  return rows<ResumedRow>(
    on,
    sql`
    select n.id, n.event, n.subscription, n.app, n.workspace, n.shard, n.rank, n.slot, n.topic, n.api_version as "apiVersion", l.step, l.kind::text as kind, l.reason, l.requests,
      l.policy_step, extract(epoch from l.first_sent_at)::float8 * 1000 as first_sent_ms,
      extract(epoch from l.throttled_since)::float8 * 1000 as throttled_since_ms, null::float8 as next_ms, l.retry_reason, l.queue, l.position,
      (l.reason = 'replay' or l.retry_reason = 'replay')
        and exists (select from log d where d.notification = l.notification and d.kind = 'a' and d.reason is null) as delivered
    from (
      select * from log
      where log.subscription = ${subscription}::int4 and log.queue = ${queue}::int2 and log.position > ${afterPosition}::int8 and log.kind = 'h' and log.position is not null
        and not exists (select from log later where later.notification = log.notification and later.step > log.step)
        and (${without.length === 0}::boolean or not exists (
          select from notification braked where braked.id = log.notification and braked.workspace = any(${int4s(without)}::int4[])))
      order by log.queue, log.position limit ${limit}) l
    join notification n on n.id = l.notification
    order by l.position`,
  );
}

/** Of each of these queues of holds, the notification that was held first of those behind the cursor. */
export function firstHeld(
  on: Connection,
  queues: readonly { subscription: number; queue: number; after: number }[],
): Promise<{ subscription: number; queue: number; id: string }[]> {
  return rows(
    on,
    sql`
    select w.subscription, w.queue, l.notification as id
    from unnest(${queues.map(({ subscription }) => subscription)}::int4[], ${queues.map(({ queue }) => queue)}::int2[],
      ${queues.map(({ after }) => after)}::int8[]) w (subscription, queue, after)
    cross join lateral (
      select log.notification from log
      where log.subscription = w.subscription and log.queue = w.queue and log.position > w.after and log.kind = 'h' and log.position is not null
        and not exists (select from log later where later.notification = log.notification and later.step > log.step)
      order by log.queue, log.position limit 1) l`,
  );
}

export type HeldQueue = { subscription: number; queue: number; cursor: number; last_position: number };

/** Queues with holds, how far each was drained, and the last place that was given: found by skipping through the index, once at a takeover. */
export function heldQueues(on: Connection): Promise<HeldQueue[]> {
  return rows<HeldQueue>(
    on,
    sql`
    with recursive held as (
      (select subscription, queue from log where kind = 'h' and position is not null order by subscription, queue limit 1)
      union all
      select next.subscription, next.queue from held cross join lateral (
        select log.subscription, log.queue from log
        where kind = 'h' and position is not null and (log.subscription, log.queue) > (held.subscription, held.queue)
        order by log.subscription, log.queue limit 1) next)
    select held.subscription, held.queue, coalesce((s.hold_cursors ->> held.queue::text)::int8, 0) as cursor,
      (select log.position from log where kind = 'h' and position is not null and log.subscription = held.subscription and log.queue = held.queue
        order by log.queue desc, log.position desc limit 1) as last_position
    from held left join subscription_state s on s.subscription = held.subscription`,
  );
}

/** Queue 259 has what was held at the head of its slot. Of subscriptions that are or were ordered: what was begun and waits for its next attempt, so that it holds its order slot. */
export function slotHeads(on: Connection): Promise<ResumedRow[]> {
  return rows<ResumedRow>(
    on,
    sql`
    select n.id, n.event, n.subscription, n.app, n.workspace, n.shard, n.rank, n.slot, n.topic, n.api_version as "apiVersion", l.step, l.kind::text as kind, l.reason, l.requests,
      l.policy_step, extract(epoch from l.first_sent_at)::float8 * 1000 as first_sent_ms,
      extract(epoch from l.throttled_since)::float8 * 1000 as throttled_since_ms, extract(epoch from l.next_at)::float8 * 1000 as next_ms,
      l.retry_reason, l.queue, l.position, false as delivered
    from subscription s cross join lateral (
      select * from log
      where log.subscription = s.ref and log.reason is not null and log.next_at is not null and (log.position is null or log.queue = 259)
        and log.reason <> 'replay' and log.retry_reason is distinct from 'replay'
        and not exists (select from log later where later.notification = log.notification and later.step > log.step)) l
    join notification n on n.id = l.notification
    where s.ordered_once and s.deleted_at is null and n.slot is not null`,
  );
}

/** The newest step of one notification, for commands; step 0 when there is none. */
export async function findNewest(on: Connection, notification: string): Promise<ResumedRow | null> {
  const found = await rows<ResumedRow>(
    on,
    sql`
    select n.id, n.event, n.subscription, n.app, n.workspace, n.shard, n.rank, n.slot, n.topic, n.api_version as "apiVersion", coalesce(l.step, 0) as step, l.kind::text as kind, l.reason,
      coalesce(l.requests, 0) as requests, coalesce(l.policy_step, 0) as policy_step, extract(epoch from l.first_sent_at)::float8 * 1000 as first_sent_ms,
      extract(epoch from l.throttled_since)::float8 * 1000 as throttled_since_ms, extract(epoch from l.next_at)::float8 * 1000 as next_ms, l.retry_reason, l.queue, l.position,
      exists (select from log d where d.notification = n.id and d.kind = 'a' and d.reason is null) as delivered
    from notification n left join lateral (select * from log where log.notification = n.id order by log.step desc limit 1) l on true
    where n.id = ${notification}::uuid`,
  );
  return found[0] ?? null;
}

/** Retries that wait for a subscription, by id, from behind `after`: wherever they are in time. */
export function waitingRetries(on: Connection, subscription: number, after: string, limit: number): Promise<ResumedRow[]> {
  return rows<ResumedRow>(
    on,
    sql`
    select n.id, n.event, n.subscription, n.app, n.workspace, n.shard, n.rank, n.slot, n.topic, n.api_version as "apiVersion", l.step, l.kind::text as kind, l.reason, l.requests,
      l.policy_step, extract(epoch from l.first_sent_at)::float8 * 1000 as first_sent_ms,
      extract(epoch from l.throttled_since)::float8 * 1000 as throttled_since_ms, extract(epoch from l.next_at)::float8 * 1000 as next_ms, l.retry_reason, l.queue, l.position, false as delivered
    from (
      select * from log
      where log.subscription = ${subscription}::int4 and log.reason is not null and log.notification > ${after}::uuid and log.next_at is not null
        and not exists (select from log later where later.notification = log.notification and later.step > log.step)
      order by log.notification limit ${limit}) l
    join notification n on n.id = l.notification
    order by l.notification`,
  );
}

/** Every subscription of these apps, deleted ones too. */
export async function subscriptionsOf(on: Connection, apps: readonly number[]): Promise<number[]> {
  const found = await rows<{ ref: number }>(on, sql`select ref from subscription where app = any(${apps}) order by ref`);
  return found.map(({ ref }) => ref);
}

/** Of these, the ones of which something may have ended while nobody was there to write it. */
export async function subscriptionsWithEnds(on: Connection, subscriptions: readonly number[]): Promise<number[]> {
  const found = await rows<{ ref: number }>(
    on,
    sql`select s.ref from subscription s
        where s.ref = any(${int4s(subscriptions)}::int4[])
          and (s.deleted_at is not null or s.topics <@ s.topics_off
            or exists (select from installation i where i.app = s.app and (i.deleted_at is not null or i.created_at > s.created_at)))`,
  );
  return found.map(({ ref }) => ref);
}

/** Why everything of a subscription ends: it was deleted, or makes no notifications in its state. */
export async function endedWhole(
  on: Connection,
  subscription: number,
): Promise<"subscription_deleted" | "subscription_disabled" | "subscription_off" | null> {
  const found = await rows<{ deleted: boolean; disabled: boolean; off: boolean }>(
    on,
    sql`select s.deleted_at is not null as deleted, coalesce(st.state, 'live') = 'disabled' as disabled, s.topics <@ s.topics_off as off
        from subscription s left join subscription_state st on st.subscription = s.ref where s.ref = ${subscription}`,
  );
  const row = found[0];
  if (!row) return null;
  if (row.deleted) return "subscription_deleted";
  if (row.disabled) return "subscription_disabled";
  return row.off ? "subscription_off" : null;
}

export type ItemRow = { id: string; item: string; topic: string; created_ms: number; traceparent: string | null };

export function itemRows(on: Connection, events: readonly string[]): Promise<ItemRow[]> {
  return rows<ItemRow>(
    on,
    sql`select id, item, topic, extract(epoch from created_at)::float8 * 1000 as created_ms, traceparent from event where id = any(${events}::uuid[])`,
  );
}
