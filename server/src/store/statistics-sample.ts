// What became of notifications, each in one row: for the numbers that no counter has.
import { uuids } from "./binary.ts";
import type { Stretch } from "./notification-list.ts";
import { rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type FateRow = {
  notification: string;
  attempts: number;
  failed: number;
  delivered: boolean;
  ended: boolean;
  durations_us: number[] | null;
};

/** Of all notifications there: their steps lie side by side. */
export function fatesWithin(on: Connection, { from, below }: Stretch): Promise<FateRow[]> {
  return rows<FateRow>(
    on,
    sql`
    select notification, (count(*) filter (where kind = 'a'))::int4 as attempts, (count(*) filter (where kind = 'a' and reason is not null))::int4 as failed,
      coalesce(bool_or(kind = 'a' and reason is null), false) as delivered, bool_or(kind = 'e') as ended,
      array_agg(total_us) filter (where kind = 'a' and total_us is not null) as durations_us
    from log where notification >= ${from}::uuid and notification < ${below}::uuid
    group by notification`,
  );
}

/** Of these, by the newest `steps` steps of each. */
export function fatesOf(on: Connection, notifications: readonly string[], { from, below }: Stretch, steps: number): Promise<FateRow[]> {
  return rows<FateRow>(
    on,
    sql`
    select n.id as notification, max(requests) as attempts, max(requests) - (count(*) filter (where kind = 'a' and reason is null))::int4 as failed,
      coalesce(bool_or(kind = 'a' and reason is null), false) as delivered, bool_or(kind = 'e') as ended,
      array_agg(total_us) filter (where kind = 'a' and total_us is not null) as durations_us
    from unnest(${uuids(notifications)}::uuid[]) as n (id)
    cross join lateral (
      select kind, reason, requests, total_us from log
      where notification = n.id and notification >= ${from}::uuid and notification < ${below}::uuid
      order by step desc limit ${steps}::int4) l
    group by n.id`,
  );
}

export type PlannedRow = { notification: string; subscription: number };

/** Retries planned for after this moment, the next ones first. A plan that a later step overtook does not count, nor when a hold ends. */
export function plannedAfter(on: Connection, afterMs: number, limit: number): Promise<PlannedRow[]> {
  return rows<PlannedRow>(
    on,
    sql`
    select planned.notification, planned.subscription from (
      select notification, subscription, step, kind from log
      where next_at > to_timestamp(${afterMs / 1000}::float8)
      order by next_at limit ${limit}::int4) planned
    where planned.kind = 'a' and not exists (select from log later where later.notification = planned.notification and later.step > planned.step)`,
  );
}
