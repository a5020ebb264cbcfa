// Writing what was counted: one statement for all subscriptions of a minute, one for those of an hour. Rows of an epoch are
// its own, so nothing has to be fenced: whoever was replaced still tells the truth about what it did.
import { int4s, texts } from "./binary.ts";
import { one, rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";
import { counters } from "../domain/statistics.ts";
import type { BySubscription, Counts } from "../domain/statistics.ts";

/** May be run twice: what is there already is left alone. */
export async function insertMinute(on: Connection, epoch: number, atMs: number, counted: BySubscription): Promise<void> {
  const each = [...counted];
  const column = (index: number): Buffer => int4s(each.map(([, counts]) => counts[index] as number));
  await run(
    on,
    sql`
    insert into subscription_minute (at, subscription, epoch, made, attempts, delivered, failed, ended, held, latency)
    select to_timestamp(${atMs / 1000}::float8), c.subscription, ${epoch}::int4, c.made, c.attempts, c.delivered, c.failed, c.ended, c.held,
      c.latency::int4[]
    from unnest(${int4s(each.map(([subscription]) => subscription))}::int4[], ${column(0)}::int4[], ${column(1)}::int4[],
      ${column(2)}::int4[], ${column(3)}::int4[], ${column(4)}::int4[], ${column(5)}::int4[],
      ${texts(each.map(([, counts]) => latencyText(counts)))}::text[])
      as c (subscription, made, attempts, delivered, failed, ended, held, latency)
    order by c.subscription
    on conflict do nothing`,
  );
}

function latencyText(counts: Counts): string {
  return `{${Array.from({ length: counts.length - counters.length }, (_, bucket) => counts[counters.length + bucket]).join()}}`;
}

/** Sums the minutes of the hour, all of which are written. May be run twice. */
export async function insertHour(on: Connection, atMs: number): Promise<void> {
  await run(
    on,
    sql`
    insert into subscription_hour (at, subscription, made, attempts, delivered, failed, ended, held, latency)
    select to_timestamp(${atMs / 1000}::float8), subscription, sum(made), sum(attempts), sum(delivered), sum(failed), sum(ended), sum(held),
      array[sum(latency[1]), sum(latency[2]), sum(latency[3]), sum(latency[4]), sum(latency[5]), sum(latency[6]), sum(latency[7]),
        sum(latency[8]), sum(latency[9]), sum(latency[10]), sum(latency[11]), sum(latency[12]), sum(latency[13]), sum(latency[14]),
        sum(latency[15]), sum(latency[16])]
    from subscription_minute
    where at >= to_timestamp(${atMs / 1000}::float8) and at < to_timestamp(${atMs / 1000}::float8) + interval '1 hour'
    group by subscription order by subscription
    on conflict do nothing`,
  );
}

/** From where on hours are not summed yet; null when there is nothing to sum. */
export async function unsummedFromMs(on: Connection): Promise<number | null> {
  const found = await one<{ from_ms: number | null }>(
    on,
    sql`select extract(epoch from coalesce((select max(at) + interval '1 hour' from subscription_hour), (select min(at) from subscription_minute)))::float8
          * 1000 as from_ms`,
  );
  return found?.from_ms ?? null;
}

export type SubscriptionSum = { subscription: number; counts: number[] };

/** Each subscription's minutes since then, as one sum. */
export function minutesSince(on: Connection, fromMs: number): Promise<SubscriptionSum[]> {
  return rows<SubscriptionSum>(
    on,
    sql`
    select subscription, array[sum(made), sum(attempts), sum(delivered), sum(failed), sum(ended), sum(held),
      sum(latency[1]), sum(latency[2]), sum(latency[3]), sum(latency[4]), sum(latency[5]), sum(latency[6]), sum(latency[7]), sum(latency[8]),
      sum(latency[9]), sum(latency[10]), sum(latency[11]), sum(latency[12]), sum(latency[13]), sum(latency[14]), sum(latency[15]),
      sum(latency[16])]::float8[] as counts
    from subscription_minute where at >= to_timestamp(${fromMs / 1000}::float8)
    group by subscription`,
  );
}
