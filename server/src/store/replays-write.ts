// A page of a replay with the same ids: one statement that writes the holds and moves the replay on, both or neither. It is
// fenced by the epoch, and by the cursor from which the page was read, so that no page is written twice.
import { int2s, int4s, int8s, times, uuids } from "./binary.ts";
import { one, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** From where to where a page moves a replay. `looked`: how many were to be replayed or skipped. */
export type Move = {
  readonly replay: string;
  readonly from: string | null;
  readonly to: string;
  readonly toWorkspace: number | null;
  readonly looked: number;
  readonly complete: boolean;
};

/** A notification put into its subscription's queue once more; times in milliseconds since 1970. */
export type ReplayHold = {
  readonly notification: string;
  readonly step: number;
  readonly shard: number;
  readonly requests: number;
  readonly policyStep: number;
  readonly firstSentAtMs: number | null;
  readonly throttledSinceMs: number | null;
  readonly position: number;
};

/** `moved` false: the replay was canceled, somebody else moved it, or this process is not the owner; nothing was written. */
export type Moved = { moved: boolean; written: number };

export async function writeHolds(
  on: Connection,
  epoch: number,
  move: Move,
  { subscription, queue, atMs }: { subscription: number; queue: number; atMs: number },
  holds: readonly ReplayHold[],
): Promise<Moved> {
  const row = await one<Moved>(
    on,
    sql`
    with fence as materialized (select 1 from node where epoch = ${epoch}::int4 and not dead for key share),
    running as materialized (
      select id from replay
      where id = ${move.replay} and state = 'running' and cursor is not distinct from ${move.from}::uuid and exists (select from fence)
      for update),
    written as (
      insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, first_sent_at, throttled_since, queue, position,
        detail, node)
      select h.notification, h.step, 'h', ${subscription}::int4, h.shard, to_timestamp(${atMs}::float8 / 1000), 'replay', h.requests, h.policy_step,
        h.first_sent_at, h.throttled_since, ${queue}::int2, h.position, ${move.replay}, ${epoch}::int4
      from unnest(${uuids(holds.map((hold) => hold.notification))}::uuid[], ${int4s(holds.map((hold) => hold.step))}::int4[],
        ${int2s(holds.map((hold) => hold.shard))}::int2[], ${int4s(holds.map((hold) => hold.requests))}::int4[],
        ${int4s(holds.map((hold) => hold.policyStep))}::int4[], ${times(holds.map((hold) => hold.firstSentAtMs))}::timestamptz[],
        ${times(holds.map((hold) => hold.throttledSinceMs))}::timestamptz[], ${int8s(holds.map((hold) => hold.position))}::int8[])
        as h (notification, step, shard, requests, policy_step, first_sent_at, throttled_since, position)
      where exists (select from running)
      on conflict do nothing
      returning 1),
    moved as (
      update replay set cursor = ${move.to}::uuid, cursor_workspace = ${move.toWorkspace}::int4, started_at = coalesce(started_at, now()),
        replayed = replayed + (select count(*) from written), skipped = skipped + ${move.looked}::int8 - (select count(*) from written),
        state = case when ${move.complete}::boolean then 'done' else state end, ended_at = case when ${move.complete}::boolean then now() end
      where id in (select id from running))
    select exists (select from running) as moved, (select count(*) from written) as written`,
  );
  return row ?? { moved: false, written: 0 };
}
