// Rows of replays: what was asked, how far it came. How a page moves one on is in replays-write.ts and replays-copy.ts.
import type { Include } from "../domain/replay.ts";
import type { Change } from "./change.ts";
import { one, rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type ReplayState = "running" | "done" | "canceled";

export type NewReplayRow = {
  id: string;
  subscription: number;
  sinceMs: number;
  untilMs: number;
  include: Include;
  topics: readonly string[] | null;
  newId: boolean;
  estimate: number;
  estimateExact: boolean;
  createdBy: string;
};

export type ReplayRecord = {
  id: string;
  subscription_id: string;
  since: Date;
  until: Date;
  include: Include;
  topics: string[] | null;
  new_id: boolean;
  state: ReplayState;
  estimate: number;
  estimate_exact: boolean;
  cursor: string | null;
  replayed: number;
  skipped: number;
  created_by: string;
  created_at: Date;
  created_us: number;
  started_at: Date | null;
  ended_at: Date | null;
  ended_reason: string | null;
};

export async function insertReplay({ on }: Change, r: NewReplayRow): Promise<void> {
  await run(
    on,
    sql`insert into replay (id, subscription, since, until, include, topics, new_id, estimate, estimate_exact, created_by)
        values (${r.id}, ${r.subscription}, to_timestamp(${r.sinceMs}::float8 / 1000), to_timestamp(${r.untilMs}::float8 / 1000), ${r.include},
          ${r.topics}, ${r.newId}, ${r.estimate}, ${r.estimateExact}, ${r.createdBy})`,
  );
}

/** With an `owner` only if the app of its subscription is that workspace's. */
export function findReplay(on: Connection, id: string, owner: number | null): Promise<ReplayRecord | undefined> {
  return one<ReplayRecord>(
    on,
    sql`select r.id, s.id as subscription_id, r.since, r.until, r.include, r.topics, r.new_id, r.state, r.estimate, r.estimate_exact,
          r.cursor, r.replayed, r.skipped, r.created_by, r.created_at, (extract(epoch from r.created_at) * 1000000)::int8 as created_us,
          r.started_at, r.ended_at, r.ended_reason
        from replay r join subscription s on s.ref = r.subscription join app a on a.ref = s.app
        where r.id = ${id} and (${owner}::int4 is null or a.owner = ${owner})`,
  );
}

export type ReplayPosition = { createdUs: number; id: string };
export type ReplayFilter = { owner: number | null; app: number | null; subscription: number | null };

/** Newest first, from behind `after`. */
export function listReplays(
  on: Connection,
  { owner, app, subscription }: ReplayFilter,
  after: ReplayPosition | null,
  limit: number,
): Promise<ReplayRecord[]> {
  const us = after?.createdUs ?? null;
  return rows<ReplayRecord>(
    on,
    sql`select r.id, s.id as subscription_id, r.since, r.until, r.include, r.topics, r.new_id, r.state, r.estimate, r.estimate_exact,
          r.cursor, r.replayed, r.skipped, r.created_by, r.created_at, (extract(epoch from r.created_at) * 1000000)::int8 as created_us,
          r.started_at, r.ended_at, r.ended_reason
        from replay r join subscription s on s.ref = r.subscription join app a on a.ref = s.app
        where (${owner}::int4 is null or a.owner = ${owner}) and (${app}::int4 is null or s.app = ${app})
          and (${subscription}::int4 is null or r.subscription = ${subscription})
          and (${us}::int8 is null or r.created_at <= to_timestamp(${us}::int8 / 1000000.0))
          and (${us}::int8 is null or ((extract(epoch from r.created_at) * 1000000)::int8, r.id) < (${us}, ${after?.id ?? null}::text))
        order by r.created_at desc, r.id desc limit ${limit}`,
  );
}

/** False when it is over already. Waits for a page that is being written. */
export async function cancelReplay({ on }: Change, id: string): Promise<boolean> {
  return (
    (await run(
      on,
      sql`update replay set state = 'canceled', ended_at = now(), ended_reason = 'canceled' where id = ${id} and state = 'running'`,
    )) === 1
  );
}

/** The runner's own end: its subscription gets nothing any more. */
export async function endReplay(on: Connection, id: string, reason: string): Promise<void> {
  await run(
    on,
    sql`update replay set state = 'canceled', ended_at = now(), ended_reason = ${reason} where id = ${id} and state = 'running'`,
  );
}

export async function countRunning(on: Connection, subscription: number): Promise<{ own: number; all: number }> {
  const row = await one<{ own: number; all: number }>(
    on,
    sql`select count(*) filter (where subscription = ${subscription}) as own, count(*) as all from replay where state = 'running'`,
  );
  return row ?? { own: 0, all: 0 };
}

/** A subscription by its public id, deleted ones too; with an `owner` only if its app is that workspace's. */
export function replaySubject(
  on: Connection,
  id: string,
  owner: number | null,
): Promise<{ ref: number; app: number; api_version: string } | undefined> {
  return one<{ ref: number; app: number; api_version: string }>(
    on,
    sql`select s.ref, s.app, a.api_version from subscription s join app a on a.ref = s.app
        where s.id = ${id} and (${owner}::int4 is null or a.owner = ${owner})`,
  );
}

/** What the runner works on. Times in milliseconds since 1970. */
export type RunningReplay = {
  id: string;
  subscription: number;
  app: number;
  since_ms: number;
  until_ms: number;
  include: Include;
  topics: string[] | null;
  new_id: boolean;
  cursor: string | null;
  cursor_workspace: number | null;
};

/** The oldest of each subscription, oldest first. */
export function runningReplays(on: Connection): Promise<RunningReplay[]> {
  return rows<RunningReplay>(
    on,
    sql`select o.id, o.subscription, s.app, extract(epoch from o.since)::float8 * 1000 as since_ms, extract(epoch from o.until)::float8 * 1000 as until_ms,
          o.include, o.topics, o.new_id, o.cursor, o.cursor_workspace
        from (
          select distinct on (subscription) id, subscription, since, until, include, topics, new_id, cursor, cursor_workspace, created_at
          from replay where state = 'running' order by subscription, created_at, id) o
        join subscription s on s.ref = o.subscription
        order by o.created_at, o.id`,
  );
}

/** Waits until nobody is writing to the replay any more: what became of a statement that was not answered. */
export async function awaitReplayWriter(on: Connection, id: string): Promise<void> {
  await run(on, sql`select from replay where id = ${id} for update`);
}
