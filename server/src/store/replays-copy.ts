// A page of a replay with new ids: copies of events and one notification of each, in the statement that moves the replay
// on. The items are copied inside the database and do not travel.
import { texts, uuids } from "./binary.ts";
import type { Move, Moved } from "./replays-write.ts";
import { one, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type Copy = {
  readonly original: string;
  /** Ids of the copied event and of its notification. */
  readonly event: string;
  readonly notification: string;
  readonly topic: string;
  readonly apiVersion: string;
};

/** Whom the copies are for. */
export type CopyTarget = { readonly subscription: number; readonly app: number; readonly shard: number };

/** A copy of a copy names the first event. An event that is no longer kept is not copied. */
export async function writeCopies(
  on: Connection,
  epoch: number,
  move: Move,
  { subscription, app, shard }: CopyTarget,
  copies: readonly Copy[],
): Promise<Moved> {
  const row = await one<Moved>(
    on,
    sql`
    with fence as materialized (select 1 from node where epoch = ${epoch}::int4 and not dead for key share),
    running as materialized (
      select id from replay
      where id = ${move.replay} and state = 'running' and cursor is not distinct from ${move.from}::uuid and exists (select from fence)
      for update),
    planned as materialized (
      select c.original, c.event, c.notification, c.topic, c.api_version
      from unnest(${uuids(copies.map((copy) => copy.original))}::uuid[], ${uuids(copies.map((copy) => copy.event))}::uuid[],
        ${uuids(copies.map((copy) => copy.notification))}::uuid[], ${texts(copies.map((copy) => copy.topic))}::text[],
        ${texts(copies.map((copy) => copy.apiVersion))}::text[]) as c (original, event, notification, topic, api_version)
      where exists (select from running)),
    events as (
      insert into event (id, workspace, topic, item, created_at, object_id, ordering_key, traceparent, notified, skipped, replay_of)
      select p.event, e.workspace, e.topic, e.item, e.created_at, e.object_id, e.ordering_key, e.traceparent, 1, null, coalesce(e.replay_of, e.id)
      from planned p cross join lateral (select * from event where event.id = p.original limit 1) e
      returning id, workspace),
    notifications as (
      insert into notification (id, event, subscription, app, workspace, shard, rank, slot, topic, api_version)
      select p.notification, p.event, ${subscription}::int4, ${app}::int4, events.workspace, ${shard}::int2, 1, null, p.topic, p.api_version
      from planned p join events on events.id = p.event
      returning 1),
    moved as (
      update replay set cursor = ${move.to}::uuid, cursor_workspace = ${move.toWorkspace}::int4, started_at = coalesce(started_at, now()),
        replayed = replayed + (select count(*) from notifications),
        skipped = skipped + ${move.looked}::int8 - (select count(*) from notifications),
        state = case when ${move.complete}::boolean then 'done' else state end, ended_at = case when ${move.complete}::boolean then now() end
      where id in (select id from running))
    select exists (select from running) as moved, (select count(*) from notifications) as written`,
  );
  return row ?? { moved: false, written: 0 };
}
