// What happened to the notifications of a page: the newest step of each, and for the few where that does not tell, the
// attempts before it. `limit` inside keeps each look-up a walk down the primary key, whatever the planner believes.
import { uuids } from "./binary.ts";
import type { Stretch } from "./notification-list.ts";
import { rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type StepRow = {
  notification: string;
  step: number;
  /** a attempt, h held, e ended. */
  kind: "a" | "h" | "e";
  reason: string | null;
  requests: number;
  at: Date;
  next_at: Date | null;
  status: number | null;
  total_us: number | null;
  retry_reason: string | null;
  /** Its place among the held. */
  position: number | null;
};

/** A policy has at most 21; a throttle and replays add to them. */
export const attemptsReadMax = 64;

export function newestSteps(on: Connection, notifications: readonly string[], { from, below }: Stretch): Promise<StepRow[]> {
  return rows<StepRow>(
    on,
    sql`select l.notification, l.step, l.kind, l.reason, l.requests, l.at, l.next_at, l.status, l.total_us,
          l.retry_reason, l.position
        from unnest(${uuids(notifications)}::uuid[]) as n (id)
        cross join lateral (
          select notification, step, kind, reason, requests, at, next_at, status, total_us, retry_reason, position from log
          where notification = n.id and notification >= ${from}::uuid and notification < ${below}::uuid
          order by step desc limit 1) l`,
  );
}

/** The newest attempts of each, the newest first. */
export function attemptSteps(
  on: Connection,
  notifications: readonly string[],
  { from, below }: Stretch,
  count: number,
): Promise<StepRow[]> {
  return rows<StepRow>(
    on,
    sql`select l.notification, l.step, l.kind, l.reason, l.requests, l.at, l.next_at, l.status, l.total_us,
          l.retry_reason, l.position
        from unnest(${uuids(notifications)}::uuid[]) as n (id)
        cross join lateral (
          select notification, step, kind, reason, requests, at, next_at, status, total_us, retry_reason, position from log
          where notification = n.id and notification >= ${from}::uuid and notification < ${below}::uuid and kind = 'a'
          order by step desc limit ${count}) l
        order by l.notification desc, l.step desc`,
  );
}
