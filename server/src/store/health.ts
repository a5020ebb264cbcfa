// The owner's memory of its subscriptions: their states, and marks that end many notifications at once. Only the process
// that delivers writes here, in one statement at a time, with the history beside it.
import { byteas, int4s, int8s, texts, times } from "./binary.ts";
import { one, rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type HealthRow = {
  subscription: number;
  state: "live" | "paused" | "throttled" | "suspended" | "disabled";
  cause: string | null;
  since_ms: number;
  until_ms: number | null;
  health: unknown;
  discarded_to: number | null;
  ended_before_ms: number | null;
  ended_reason: string | null;
};

/** Every subscription of which something must be remembered. */
export function healthRows(on: Connection): Promise<HealthRow[]> {
  return rows<HealthRow>(
    on,
    sql`select subscription, state, cause, extract(epoch from since)::float8 * 1000 as since_ms, extract(epoch from until)::float8 * 1000 as until_ms,
          health, discarded_to, extract(epoch from ended_before)::float8 * 1000 as ended_before_ms, ended_reason
        from subscription_state
        where health is not null or state <> 'live' or discarded_to is not null or ended_before is not null`,
  );
}

/** What is remembered of one now. `health` is JSON text, null when there is nothing to remember. */
export type HealthWrite = Omit<HealthRow, "health"> & { health: string | null };

/** An entry of the history. `warning`: days, when the state stays and its owner was warned. */
export type HistoryWrite = {
  subscription: number;
  atMs: number;
  by: string;
  route: string;
  before: { state: string; state_cause: string | null };
  after: { state: string; state_cause: string; until?: string; warning?: number };
};

/** False when another process took over: nothing was written. */
export async function writeHealth(
  on: Connection,
  epoch: number,
  entries: readonly HealthWrite[],
  history: readonly HistoryWrite[],
): Promise<boolean> {
  const row = await one<{ owned: boolean }>(
    on,
    sql`
    with fence as materialized (select 1 from node where epoch = ${epoch}::int4 and not dead for key share),
    kept as (
      insert into subscription_state (subscription, state, cause, since, until, health, discarded_to, ended_before, ended_reason)
      select e.subscription, e.state, e.cause, e.since, e.until, convert_from(e.health, 'UTF8')::jsonb, e.discarded_to, e.ended_before, e.ended_reason
      from unnest(${int4s(entries.map((each) => each.subscription))}::int4[], ${texts(entries.map((each) => each.state))}::text[],
        ${texts(entries.map((each) => each.cause))}::text[], ${times(entries.map((each) => each.since_ms))}::timestamptz[],
        ${times(entries.map((each) => each.until_ms))}::timestamptz[],
        ${byteas(entries.map((each) => (each.health === null ? null : Buffer.from(each.health))))}::bytea[],
        ${int8s(entries.map((each) => each.discarded_to))}::int8[], ${times(entries.map((each) => each.ended_before_ms))}::timestamptz[],
        ${texts(entries.map((each) => each.ended_reason))}::text[])
        as e (subscription, state, cause, since, until, health, discarded_to, ended_before, ended_reason)
      where exists (select from fence)
      on conflict (subscription) do update set state = excluded.state, cause = excluded.cause, since = excluded.since, until = excluded.until,
        health = excluded.health, discarded_to = excluded.discarded_to, ended_before = excluded.ended_before, ended_reason = excluded.ended_reason),
    told as (
      insert into audit (at, key, route, subject, before, after)
      select h.at, h.by, h.route, s.id, h.before::jsonb, h.after::jsonb
      from unnest(${int4s(history.map((each) => each.subscription))}::int4[], ${times(history.map((each) => each.atMs))}::timestamptz[],
        ${texts(history.map((each) => each.by))}::text[], ${texts(history.map((each) => each.route))}::text[],
        ${texts(history.map((each) => JSON.stringify(each.before)))}::text[], ${texts(history.map((each) => JSON.stringify(each.after)))}::text[])
        with ordinality as h (subscription, at, by, route, before, after, number)
      join subscription s on s.ref = h.subscription
      where exists (select from fence) order by h.number)
    select exists (select from fence) as owned`,
  );
  return row?.owned === true;
}

/** A subscription began or ceased to be disabled: whoever caches it must hear of it. */
export async function raiseVersionOf(on: Connection, subscriptions: readonly number[]): Promise<void> {
  await one(
    on,
    sql`
    with raised as (update control_version set version = version + 1 returning version)
    update subscription set version = raised.version from raised where ref = any(${int4s(subscriptions)}::int4[])`,
  );
}
