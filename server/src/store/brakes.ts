// Rows of brakes. None is ever taken away: what was held, why, and by whom stays to be read.
import type { Change } from "./change.ts";
import { one, rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type Brake = {
  id: string;
  workspace: number | null;
  app: number | null;
  subscription: number | null;
  host: string | null;
  until_ms: number;
  reason: string;
};

/** Those that hold now, for whoever sends. Each ends at its `until_ms`, whether or not anybody looks again. */
export function activeBrakes(on: Connection): Promise<Brake[]> {
  return rows<Brake>(
    on,
    sql`select id, workspace, app, subscription, host, extract(epoch from until)::float8 * 1000 as until_ms, reason from brake
        where deleted_at is null and until > now() order by id`,
  );
}

/** Those that hold now for an app, one of its subscriptions, or one of these hosts; newest first. */
export function brakesOnApp(on: Connection, app: number, subscriptions: readonly number[], hosts: readonly string[]): Promise<Brake[]> {
  return rows<Brake>(
    on,
    sql`select id, workspace, app, subscription, host, extract(epoch from until)::float8 * 1000 as until_ms, reason from brake
        where deleted_at is null and until > now()
          and (app = ${app} or subscription = any(${subscriptions}) or host = any(${hosts})
            or workspace in (select i.workspace from installation i where i.app = ${app} and i.deleted_at is null))
        order by created_at desc, id desc`,
  );
}

export type BrakeRecord = {
  id: string;
  workspace_id: string | null;
  app: string | null;
  subscription: string | null;
  host: string | null;
  until: Date;
  reason: string;
  created_by: string;
  created_at: Date;
  lifted_at: Date | null;
  active: boolean;
};

/** Newest first, from behind the brake `after`; with an `active` only those that hold now, or only those that are over. */
export function listBrakes(on: Connection, after: string | null, active: boolean | null, limit: number): Promise<BrakeRecord[]> {
  return rows<BrakeRecord>(
    on,
    sql`select b.id, w.id as workspace_id, a.id as app, s.id as subscription, b.host, b.until, b.reason, b.created_by, b.created_at,
          b.deleted_at as lifted_at, b.deleted_at is null and b.until > now() as active
        from brake b left join workspace w on w.ref = b.workspace left join app a on a.ref = b.app
          left join subscription s on s.ref = b.subscription
        where (${active}::boolean is null or (b.deleted_at is null and b.until > now()) = ${active})
          and (${after}::text is null or (b.created_at, b.id) < (select created_at, id from brake where id = ${after}))
        order by b.created_at desc, b.id desc limit ${limit}`,
  );
}

export function brakeById(on: Connection, id: string): Promise<BrakeRecord | undefined> {
  return one<BrakeRecord>(
    on,
    sql`select b.id, w.id as workspace_id, a.id as app, s.id as subscription, b.host, b.until, b.reason, b.created_by, b.created_at,
          b.deleted_at as lifted_at, b.deleted_at is null and b.until > now() as active
        from brake b left join workspace w on w.ref = b.workspace left join app a on a.ref = b.app
          left join subscription s on s.ref = b.subscription
        where b.id = ${id}`,
  );
}

/** The subscription of whatever app by its id, as long as it is there. */
export function subscriptionRef(on: Connection, id: string): Promise<{ ref: number } | undefined> {
  return one<{ ref: number }>(on, sql`select ref from subscription where id = ${id} and deleted_at is null`);
}

export type NewBrakeRow = {
  id: string;
  workspace: number | null;
  app: number | null;
  subscription: number | null;
  host: string | null;
  untilMs: number;
  reason: string;
  createdBy: string;
};

export async function insertBrake({ on }: Change, b: NewBrakeRow): Promise<void> {
  await run(
    on,
    sql`insert into brake (id, workspace, app, subscription, host, until, reason, created_by)
        values (${b.id}, ${b.workspace}, ${b.app}, ${b.subscription}, ${b.host}, to_timestamp(${b.untilMs}::float8 / 1000), ${b.reason},
          ${b.createdBy})`,
  );
}

export async function liftBrake({ on }: Change, id: string): Promise<void> {
  await run(on, sql`update brake set deleted_at = now() where id = ${id}`);
}
