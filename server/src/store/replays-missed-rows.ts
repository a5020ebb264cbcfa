// What is asked of the database to find events that made no notification for a subscription.
import { int4s, uuids } from "./binary.ts";
import { one, rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type InstalledRow = { workspace: number; permissions: string[]; created_ms: number };

/** Where an app is installed, by workspace, from `workspace` on. */
export function installationsFrom(on: Connection, app: number, workspace: number, limit: number): Promise<InstalledRow[]> {
  return rows<InstalledRow>(
    on,
    sql`select i.workspace, i.permissions, extract(epoch from i.created_at)::float8 * 1000 as created_ms
        from installation i join workspace w on w.ref = i.workspace
        where i.app = ${app} and i.workspace >= ${workspace} and i.deleted_at is null and w.deleted_at is null
        order by i.workspace limit ${limit}`,
  );
}

export type EventHead = { id: string; topic: string; is_copy: boolean };

/** Events of a workspace between two ids, both excluded, in the order of ids. */
export function eventHeads(on: Connection, workspace: number, after: string, below: string, limit: number): Promise<EventHead[]> {
  return rows<EventHead>(
    on,
    sql`select id, topic, replay_of is not null as is_copy from event
        where (workspace, id) > (${workspace}::int4, ${after}::uuid) and (workspace, id) < (${workspace}::int4, ${below}::uuid)
        order by workspace, id limit ${limit}::int4`,
  );
}

/**
 * Those of the events that notified the subscription, themselves or by a copy that an earlier replay made. The
 * notifications of an event have the ids that follow its own, so the subscription's next one tells.
 */
export async function alreadyNotified(on: Connection, subscription: number, events: readonly string[]): Promise<Set<string>> {
  const found = await rows<{ id: string }>(
    on,
    sql`with asked as materialized (select id from unnest(${uuids(events)}::uuid[]) as e (id)),
        made as (
          select id, id as original from asked
          union all
          select c.id, c.replay_of from asked cross join lateral (select id, replay_of from event where event.replay_of = asked.id) c)
        select made.original as id from made cross join lateral (
          select event from notification where (subscription, id) > (${subscription}::int4, made.id)
          order by subscription, id limit 1) n
        where n.event = made.id`,
  );
  return new Set(found.map(({ id }) => id));
}

/** How long a time of events there is to look at, over all workspaces: what an estimate is extrapolated to. */
export async function installedMs(on: Connection, app: number, sinceMs: number, untilMs: number): Promise<number> {
  const row = await one<{ ms: number }>(
    on,
    sql`select coalesce(sum(greatest(0, ${untilMs}::float8 - greatest(${sinceMs}::float8, extract(epoch from i.created_at)::float8 * 1000))), 0)::float8 as ms
        from installation i join workspace w on w.ref = i.workspace
        where i.app = ${app} and i.deleted_at is null and w.deleted_at is null`,
  );
  return row?.ms ?? 0;
}

/** Those of the workspaces in which the app is installed now. */
export async function stillInstalled(
  on: Connection,
  app: number,
  workspaces: readonly number[],
): Promise<{ workspace: number; permissions: string[] }[]> {
  return rows(
    on,
    sql`select workspace, permissions from installation
        where app = ${app} and workspace = any(${int4s(workspaces)}::int4[]) and deleted_at is null`,
  );
}
