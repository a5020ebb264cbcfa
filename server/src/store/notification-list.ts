// The list of notifications, newest first, a stretch of ids at a time: `from` (included) to `below` (excluded), both in
// one day, so that each statement opens one partition. Each has a cost that is known before it runs (show/page-drive.ts).
//
// Comparing rows instead of `subscription = x and id < y` is deliberate: with an equality the planner may walk the
// primary key and filter, which for a quiet subscription reads a whole day. The plain bounds beside it only choose the
// partition.
import { firstIdAt, madeAtMs } from "../domain/id.ts";
import { uuids } from "./binary.ts";
import { one, rows, sql, sqlWhere } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type NotificationRow = {
  id: string;
  event: string;
  subscription: number;
  app: number;
  workspace: number;
  topic: string;
};

/** Ids, `from` included, `below` excluded. */
export type Stretch = { readonly from: string; readonly below: string };

export function newestNotifications(on: Connection, { from, below }: Stretch, count: number): Promise<NotificationRow[]> {
  return rows<NotificationRow>(
    on,
    sql`select id, event, subscription, app, workspace, topic from notification
        where id >= ${from}::uuid and id < ${below}::uuid
        order by id desc limit ${count}`,
  );
}

export function newestOfWorkspace(on: Connection, workspace: number, { from, below }: Stretch, count: number): Promise<NotificationRow[]> {
  return rows<NotificationRow>(
    on,
    sql`select id, event, subscription, app, workspace, topic from notification
        where (workspace, id) >= (${workspace}::int4, ${from}::uuid) and (workspace, id) < (${workspace}::int4, ${below}::uuid)
          and id >= ${from}::uuid and id < ${below}::uuid
        order by workspace desc, id desc limit ${count}`,
  );
}

export function newestOfSubscription(
  on: Connection,
  subscription: number,
  { from, below }: Stretch,
  count: number,
): Promise<NotificationRow[]> {
  return rows<NotificationRow>(
    on,
    sql`select id, event, subscription, app, workspace, topic from notification
        where (subscription, id) >= (${subscription}::int4, ${from}::uuid)
          and (subscription, id) < (${subscription}::int4, ${below}::uuid)
          and id >= ${from}::uuid and id < ${below}::uuid
        order by subscription desc, id desc limit ${count}`,
  );
}

/**
 * A merge: the head of each subscription, then one row more for each row given. Reading the newest `count` of every
 * subscription and sorting would cost their product.
 */
export function newestOfSubscriptions(
  on: Connection,
  subscriptions: readonly number[],
  { from, below }: Stretch,
  count: number,
): Promise<NotificationRow[]> {
  return rows<NotificationRow>(
    on,
    sql`with recursive merged (given, head, heads) as (
          select 0, null::notification, array(
            select (select n from notification n
              where (n.subscription, n.id) >= (s.ref, ${from}::uuid) and (n.subscription, n.id) < (s.ref, ${below}::uuid)
                and n.id >= ${from}::uuid and n.id < ${below}::uuid
              order by n.subscription desc, n.id desc limit 1)
            from unnest(${subscriptions}::int4[]) with ordinality as s (ref, at) order by s.at)
          union all
          select m.given + 1, m.heads[top.at], array(
            select case when each.at <> top.at then m.heads[each.at] else (
              select n from notification n
              where (n.subscription, n.id) >= (top.subscription, ${from}::uuid) and (n.subscription, n.id) < (top.subscription, top.id)
                and n.id >= ${from}::uuid and n.id < ${below}::uuid
              order by n.subscription desc, n.id desc limit 1) end
            from generate_subscripts(m.heads, 1) as each (at) order by each.at)
          from merged m cross join lateral (
            select i as at, (m.heads[i]).id, (m.heads[i]).subscription from generate_subscripts(m.heads, 1) i
            where (m.heads[i]).id is not null order by 2 desc limit 1) top
          where m.given < ${count}::int4)
        select (head).id, (head).event, (head).subscription, (head).app, (head).workspace, (head).topic
        from merged where given > 0 order by given`,
  );
}

/** What was not a success: an attempt that failed or an end; holds as well, where they are looked for. Each kind has an index of its own. */
const failures = {
  failed: sqlWhere("{failure}", "l.reason is not null and l.kind <> 'h'"),
  failedOrHeld: sqlWhere("{failure}", "l.reason is not null"),
};
export type FailureKind = keyof typeof failures;

/** The same merge over notifications of which at least one step was such a failure; each is given once. */
export function newestFailures(
  on: Connection,
  kind: FailureKind,
  subscriptions: readonly number[],
  { from, below }: Stretch,
  count: number,
): Promise<NotificationRow[]> {
  return rows<NotificationRow>(
    on,
    failures[kind]`with recursive merged (given, head, heads) as (
          select 0, null::uuid, array(
            select (select l.notification from log l
              where (l.subscription, l.notification) >= (s.ref, ${from}::uuid)
                and (l.subscription, l.notification) < (s.ref, ${below}::uuid)
                and l.notification >= ${from}::uuid and l.notification < ${below}::uuid and {failure}
              order by l.subscription desc, l.notification desc limit 1)
            from unnest(${subscriptions}::int4[]) with ordinality as s (ref, at) order by s.at)
          union all
          select m.given + 1, top.id, array(
            select case when each.at <> top.at then m.heads[each.at] else (
              select l.notification from log l
              where (l.subscription, l.notification) >= ((${subscriptions}::int4[])[top.at], ${from}::uuid)
                and (l.subscription, l.notification) < ((${subscriptions}::int4[])[top.at], top.id)
                and l.notification >= ${from}::uuid and l.notification < ${below}::uuid and {failure}
              order by l.subscription desc, l.notification desc limit 1) end
            from generate_subscripts(m.heads, 1) as each (at) order by each.at)
          from merged m cross join lateral (
            select i as at, m.heads[i] as id from generate_subscripts(m.heads, 1) i
            where m.heads[i] is not null order by 2 desc limit 1) top
          where m.given < ${count}::int4)
        select n.id, n.event, n.subscription, n.app, n.workspace, n.topic
        from merged m cross join lateral (
          select id, event, subscription, app, workspace, topic from notification
          where id = m.head and id >= ${from}::uuid and id < ${below}::uuid limit 1) n
        where m.given > 0 order by m.given`,
  );
}

/** What a look at a stretch of events found: `scanned` of them, down to `last`; `matches` are the first that are about the object. */
export type ObjectScan = { scanned: number; last: string | null; matches: string[] };

export async function eventsAbout(
  on: Connection,
  objectId: string,
  { from, below }: Stretch,
  scan: number,
  matches: number,
): Promise<ObjectScan> {
  const row = await one<ObjectScan>(
    on,
    sql`with scanned as materialized (
          select id, object_id from event where id >= ${from}::uuid and id < ${below}::uuid order by id desc limit ${scan})
        select (select count(*) from scanned)::int4 as scanned, (select id from scanned order by id limit 1) as last,
          array(select id from scanned where object_id = ${objectId} order by id desc limit ${matches})::text[] as matches`,
  );
  return row as ObjectScan;
}

export async function workspaceEventsAbout(
  on: Connection,
  workspace: number,
  objectId: string,
  { from, below }: Stretch,
  scan: number,
  matches: number,
): Promise<ObjectScan> {
  const row = await one<ObjectScan>(
    on,
    sql`with scanned as materialized (
          select id, object_id from event
          where workspace = ${workspace}::int4 and id >= ${from}::uuid and id < ${below}::uuid
          order by workspace desc, id desc limit ${scan})
        select (select count(*) from scanned)::int4 as scanned, (select id from scanned order by id limit 1) as last,
          array(select id from scanned where object_id = ${objectId} order by id desc limit ${matches})::text[] as matches`,
  );
  return row as ObjectScan;
}

/** At most `count` notifications of each event, newest first; an event's are the ids that follow its own. */
export function notificationsOfEvents(
  on: Connection,
  ranges: readonly Stretch[],
  { from, below }: Stretch,
  count: number,
): Promise<NotificationRow[]> {
  return rows<NotificationRow>(
    on,
    sql`select n.id, n.event, n.subscription, n.app, n.workspace, n.topic
        from unnest(${uuids(ranges.map((range) => range.from))}::uuid[], ${uuids(ranges.map((range) => range.below))}::uuid[]) as e (first, below)
        cross join lateral (
          select id, event, subscription, app, workspace, topic from notification
          where id >= e.first and id < e.below and id >= ${from}::uuid and id < ${below}::uuid
          order by id desc limit ${count}) n
        order by n.id desc`,
  );
}

/** From the oldest notification to above the newest; null while there is none. */
export async function logSpan(on: Connection): Promise<Stretch | null> {
  const row = await one<{ from: string; newest: string }>(
    on,
    sql`select oldest.id as from, newest.id as newest
        from (select id from notification where id >= ${firstOfAll}::uuid and id <= ${lastOfAll}::uuid order by id limit 1) oldest,
          (select id from notification where id >= ${firstOfAll}::uuid and id <= ${lastOfAll}::uuid order by id desc limit 1) newest`,
  );
  return row ? { from: row.from, below: firstIdAt(madeAtMs(row.newest) + 1) } : null;
}

const firstOfAll = "00000000-0000-0000-0000-000000000000";
const lastOfAll = "ffffffff-ffff-ffff-ffff-ffffffffffff";
