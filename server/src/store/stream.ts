// What a stream needs that no list has: notifications by their ids, whose a subscription is, and replays under way.
import { uuids } from "./binary.ts";
import type { NotificationRow, Stretch } from "./notification-list.ts";
import type { ReplayRecord } from "./replays.ts";
import { rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** Those that are there, in no order. */
export function notificationsByIds(on: Connection, ids: readonly string[], { from, below }: Stretch): Promise<NotificationRow[]> {
  return rows<NotificationRow>(
    on,
    sql`select n.id, n.event, n.subscription, n.app, n.workspace, n.topic
        from unnest(${uuids(ids)}::uuid[]) as i (id)
        cross join lateral (
          select id, event, subscription, app, workspace, topic from notification
          where id = i.id and id >= ${from}::uuid and id < ${below}::uuid limit 1) n`,
  );
}

/** What events are about. */
export function objectsOfEvents(on: Connection, events: readonly string[]): Promise<{ id: string; object_id: string | null }[]> {
  return rows<{ id: string; object_id: string | null }>(
    on,
    sql`select e.id, e.object_id from unnest(${uuids(events)}::uuid[]) as i (id)
        cross join lateral (select id, object_id from event where id = i.id limit 1) e`,
  );
}

export type SubscriptionOwner = { ref: number; id: string; app: number; app_id: string; owner: number };

export function subscriptionOwners(on: Connection, refs: readonly number[]): Promise<SubscriptionOwner[]> {
  return rows<SubscriptionOwner>(
    on,
    sql`select s.ref, s.id, s.app, a.id as app_id, a.owner from subscription s join app a on a.ref = s.app where s.ref = any(${refs}::int4[])`,
  );
}

export type ReplayUnderWay = ReplayRecord & { subscription: number; app: number; owner: number };

/** Those that run, and these others. */
export function replaysUnderWay(on: Connection, others: readonly string[], limit: number): Promise<ReplayUnderWay[]> {
  return rows<ReplayUnderWay>(
    on,
    sql`select r.id, s.id as subscription_id, r.since, r.until, r.include, r.topics, r.new_id, r.state, r.estimate, r.estimate_exact,
          r.cursor, r.replayed, r.skipped, r.created_by, r.created_at, (extract(epoch from r.created_at) * 1000000)::int8 as created_us,
          r.started_at, r.ended_at, r.ended_reason, r.subscription, s.app, a.owner
        from replay r join subscription s on s.ref = r.subscription join app a on a.ref = s.app
        where r.state = 'running' or r.id = any(${others}::text[])
        order by r.created_at, r.id limit ${limit}`,
  );
}
