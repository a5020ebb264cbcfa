// The daily ping: which subscriptions have their turn, and what came of it.
import type { LastPing } from "./subscriptions.ts";
import { rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type DueRow = { ref: number; id: string; app: number };

export type PingTurn = {
  /** Of the day, from 0: whose remainder of `ref` is one of these has its turn. */
  readonly minutes: readonly number[];
  readonly minutesOfDay: number;
  /** Nobody who was pinged, or made, after this moment. */
  readonly quietSinceMs: number;
  readonly afterRef: number;
  readonly limit: number;
};

/**
 * The live subscriptions of these minutes, by ref. The refs themselves are counted out, so that a look costs a day's share of
 * the rows and no scan; `limit` inside keeps each look-up a walk down the primary key, whatever the planner believes.
 */
export function subscriptionsToPing(on: Connection, { minutes, minutesOfDay, quietSinceMs, afterRef, limit }: PingTurn): Promise<DueRow[]> {
  return rows<DueRow>(
    on,
    sql`select s.ref, s.id, s.app
        from unnest(${minutes}::int4[]) as minute
        cross join lateral generate_series(minute, (select max(ref) from subscription), ${minutesOfDay}::int4) as turn (ref)
        cross join lateral (
          select ref, id, app, topics, topics_off, created_at from subscription where ref = turn.ref and deleted_at is null limit 1) s
        left join lateral (select state, pinged_at from subscription_state where subscription = s.ref limit 1) st on true
        where turn.ref > ${afterRef}::int4 and coalesce(st.state, 'live') = 'live' and not s.topics <@ s.topics_off
          and coalesce(st.pinged_at, s.created_at) <= to_timestamp(${quietSinceMs}::float8 / 1000)
        order by turn.ref limit ${limit}`,
  );
}

/** Beside whatever the owner of the subscription remembers; no state begins or ends here. */
export async function keepPing(on: Connection, subscription: number, atMs: number, ping: LastPing): Promise<void> {
  await run(
    on,
    sql`insert into subscription_state (subscription, since, pinged_at, ping)
        select ref, created_at, to_timestamp(${atMs}::float8 / 1000), ${JSON.stringify(ping)}::jsonb from subscription where ref = ${subscription}
        on conflict (subscription) do update set pinged_at = excluded.pinged_at, ping = excluded.ping`,
  );
}
