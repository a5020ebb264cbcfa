// Steps that were no success, by their own index: the newest of each subscription. Comparing rows instead of `subscription =
// x and notification < y` is deliberate, see notification-list.ts.
import { uuids } from "./binary.ts";
import type { Stretch } from "./notification-list.ts";
import { rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type FailedStep = {
  subscription: number;
  notification: string;
  step: number;
  kind: "a" | "h" | "e";
  reason: string;
  status: number | null;
  detail: string | null;
  at: Date;
  planned: boolean;
};

/** Newest notifications first, of each subscription at most `count` steps. */
export function failedSteps(
  on: Connection,
  subscriptions: readonly number[],
  { from, below }: Stretch,
  count: number,
): Promise<FailedStep[]> {
  return rows<FailedStep>(
    on,
    sql`select l.subscription, l.notification, l.step, l.kind, l.reason, l.status, l.detail, l.at, l.next_at is not null as planned
        from unnest(${subscriptions}::int4[]) as s (ref)
        cross join lateral (
          select subscription, notification, step, kind, reason, status, detail, at, next_at from log
          where (subscription, notification) >= (s.ref, ${from}::uuid) and (subscription, notification) < (s.ref, ${below}::uuid)
            and notification >= ${from}::uuid and notification < ${below}::uuid and reason is not null and kind <> 'h'
          order by subscription desc, notification desc limit ${count}) l
        order by l.subscription, l.notification desc, l.step desc`,
  );
}

/** Subscriptions that have such steps, each found by a jump in the index. */
export async function failingSubscriptions(on: Connection, { from, below }: Stretch, limit: number): Promise<number[]> {
  const found = await rows<{ subscription: number }>(
    on,
    sql`with recursive failing (subscription) as (
          (select subscription from log
            where notification >= ${from}::uuid and notification < ${below}::uuid and reason is not null and kind <> 'h'
            order by subscription limit 1)
          union all
          select (select l.subscription from log l
            where l.subscription > f.subscription and l.notification >= ${from}::uuid and l.notification < ${below}::uuid
              and l.reason is not null and l.kind <> 'h'
            order by l.subscription limit 1)
          from failing f where f.subscription is not null)
        select subscription from failing where subscription is not null limit ${limit}`,
  );
  return found.map(({ subscription }) => subscription);
}

/** Those of them that a 2xx was answered to. Asked for together, so that steps of neighbours are read side by side. */
export async function deliveredOf(on: Connection, notifications: readonly string[], { from, below }: Stretch): Promise<Set<string>> {
  const found = await rows<{ notification: string }>(
    on,
    sql`select distinct notification from log
        where notification = any(${uuids(notifications)}::uuid[]) and notification >= ${from}::uuid and notification < ${below}::uuid
          and kind = 'a' and reason is null`,
  );
  return new Set(found.map(({ notification }) => notification));
}

export type FailingSubscription = { ref: number; id: string; app_id: string; url: string };

export function subscriptionsNamed(on: Connection, refs: readonly number[]): Promise<FailingSubscription[]> {
  return rows<FailingSubscription>(
    on,
    sql`select s.ref, s.id, a.id as app_id, s.url from subscription s join app a on a.ref = s.app where s.ref = any(${refs}::int4[])`,
  );
}
