// Reading what was counted. Hours and minutes are two tables; a range is read from whichever fits, and the other one's is empty.
// Minutes of the running epoch are left out from a moment on: the process that counts them has those itself.
import { int4s, times } from "./binary.ts";
import { one, rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** `from` included, `to` excluded. */
export type Span = { readonly fromMs: number; readonly toMs: number };
export const nothing: Span = { fromMs: 0, toMs: 0 };

/** Minutes of this epoch from that moment on are not to be read. */
export type Own = { readonly epoch: number; readonly fromMs: number };

/** Of one step of the series, or of one subscription over the whole range. */
export type SumRow = { at_ms: number | null; subscription: number | null; counts: number[] };

const at = (ms: number): Date => new Date(ms);

/** Everybody's. Rows lie in the order of time, so this reads them side by side. */
export function sumsOfAll(on: Connection, hours: Span, minutes: Span, own: Own, stepS: number): Promise<SumRow[]> {
  return rows<SumRow>(
    on,
    sql`
    select floor(extract(epoch from at)::float8 / ${stepS}::int4) * ${stepS}::int4 * 1000 as at_ms, subscription,
      array[sum(made), sum(attempts), sum(delivered), sum(failed), sum(ended), sum(held),
        sum(latency[1]), sum(latency[2]), sum(latency[3]), sum(latency[4]), sum(latency[5]), sum(latency[6]), sum(latency[7]), sum(latency[8]),
        sum(latency[9]), sum(latency[10]), sum(latency[11]), sum(latency[12]), sum(latency[13]), sum(latency[14]), sum(latency[15]),
        sum(latency[16])]::float8[] as counts
    from (
      select at, subscription, made, attempts, delivered, failed, ended, held, latency from subscription_hour
      where at >= ${at(hours.fromMs)}::timestamptz and at < ${at(hours.toMs)}::timestamptz
      union all
      select at, subscription, made, attempts, delivered, failed, ended, held, latency from subscription_minute
      where at >= ${at(minutes.fromMs)}::timestamptz and at < ${at(minutes.toMs)}::timestamptz
        and (at < ${at(own.fromMs)}::timestamptz or epoch <> ${own.epoch}::int4)) counted
    group by grouping sets ((1), (2))`,
  );
}

/** Those of some subscriptions, from the index alone where it has all; `held` is not in it. */
export function sumsOf(
  on: Connection,
  subscriptions: readonly number[],
  hours: Span,
  minutes: Span,
  own: Own,
  stepS: number,
): Promise<SumRow[]> {
  return rows<SumRow>(
    on,
    sql`
    select floor(extract(epoch from at)::float8 / ${stepS}::int4) * ${stepS}::int4 * 1000 as at_ms, subscription,
      array[sum(made), sum(attempts), sum(delivered), sum(failed), sum(ended), 0,
        sum(latency[1]), sum(latency[2]), sum(latency[3]), sum(latency[4]), sum(latency[5]), sum(latency[6]), sum(latency[7]), sum(latency[8]),
        sum(latency[9]), sum(latency[10]), sum(latency[11]), sum(latency[12]), sum(latency[13]), sum(latency[14]), sum(latency[15]),
        sum(latency[16])]::float8[] as counts
    from (
      select at, subscription, made, attempts, delivered, failed, ended, latency from subscription_hour
      where subscription = any(${int4s(subscriptions)}::int4[]) and at >= ${at(hours.fromMs)}::timestamptz and at < ${at(hours.toMs)}::timestamptz
      union all
      select at, subscription, made, attempts, delivered, failed, ended, latency from subscription_minute
      where subscription = any(${int4s(subscriptions)}::int4[]) and at >= ${at(minutes.fromMs)}::timestamptz and at < ${at(minutes.toMs)}::timestamptz
        and (at < ${at(own.fromMs)}::timestamptz or epoch <> ${own.epoch}::int4)) counted
    group by grouping sets ((1), (2))`,
  );
}

export type SubscriptionName = { ref: number; id: string; app: string; url: string };

/** Deleted ones too. */
export function subscriptionNames(on: Connection, refs: readonly number[]): Promise<SubscriptionName[]> {
  return rows<SubscriptionName>(
    on,
    sql`select s.ref, s.id, a.id as app, s.url from subscription s join app a on a.ref = s.app where s.ref = any(${int4s(refs)}::int4[])`,
  );
}

/** Of the apps that a workspace owns, deleted ones too; the newest. */
export async function subscriptionsOwnedBy(on: Connection, workspace: number, max: number): Promise<number[]> {
  const found = await rows<{ ref: number }>(
    on,
    sql`select s.ref from app a join subscription s on s.app = a.ref where a.owner = ${workspace}::int4 order by s.ref desc limit ${max}::int4`,
  );
  return found.map(({ ref }) => ref);
}

export async function ownsApp(on: Connection, app: number, workspace: number): Promise<boolean> {
  return (await one(on, sql`select ref from app where ref = ${app}::int4 and owner = ${workspace}::int4`)) !== undefined;
}

export type AppHourRow = { app: string; at_ms: number; attempts: number; delivered: number; failed: number; ended: number };

/** An hour of a subscription that is not in the table yet. */
export type HourCounts = {
  readonly atMs: number;
  readonly subscription: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly failed: number;
  readonly ended: number;
};

/** Hours of each app, those that are still in memory given along. `owner`: only of the apps of this workspace. */
export function hoursByApp(on: Connection, hours: Span, recent: readonly HourCounts[], owner: number | null): Promise<AppHourRow[]> {
  return rows<AppHourRow>(
    on,
    sql`
    select a.id as app, extract(epoch from counted.at)::float8 * 1000 as at_ms, sum(counted.attempts)::float8 as attempts,
      sum(counted.delivered)::float8 as delivered, sum(counted.failed)::float8 as failed, sum(counted.ended)::float8 as ended
    from (
      select at, subscription, attempts, delivered, failed, ended from subscription_hour
      where at >= ${at(hours.fromMs)}::timestamptz and at < ${at(hours.toMs)}::timestamptz
      union all
      select at, subscription, attempts, delivered, failed, ended
      from unnest(${times(recent.map((each) => each.atMs))}::timestamptz[], ${int4s(recent.map((each) => each.subscription))}::int4[],
        ${int4s(recent.map((each) => each.attempts))}::int4[], ${int4s(recent.map((each) => each.delivered))}::int4[],
        ${int4s(recent.map((each) => each.failed))}::int4[], ${int4s(recent.map((each) => each.ended))}::int4[])
        as r (at, subscription, attempts, delivered, failed, ended)) counted
    join subscription s on s.ref = counted.subscription join app a on a.ref = s.app
    where ${owner}::int4 is null or a.owner = ${owner}::int4
    group by a.id, counted.at`,
  );
}
