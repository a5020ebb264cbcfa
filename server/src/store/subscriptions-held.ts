// What is held for a subscription: notifications whose newest step is a hold with a place in a queue, behind what the queue
// has been drained of, and neither discarded nor ended by a mark. Queues are found by skipping through the index.
import { one, rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** `oldest`: the one among them that was made first. */
export type HeldCount = { count: number; oldest: string | null };

/** Up to `limit` of them, one by one. */
export async function countHeld(on: Connection, subscription: number, limit: number): Promise<HeldCount> {
  const row = await one<HeldCount>(
    on,
    sql`
    with recursive marks as materialized (
      select coalesce(s.hold_cursors, '{}') as cursors, greatest(s.discarded_to, extract(epoch from s.ended_before)::numeric * 1000000, 0)::int8 as over,
        rpad(lpad(to_hex((extract(epoch from s.ended_before) * 1000)::int8), 12, '0'), 32, '0')::uuid as made_since
      from (values (${subscription}::int4)) given (ref) left join subscription_state s on s.subscription = given.ref),
    queues as (
      (select queue from log where subscription = ${subscription}::int4 and kind = 'h' and position is not null order by queue limit 1)
      union all
      select (select log.queue from log
        where log.subscription = ${subscription}::int4 and kind = 'h' and position is not null and log.queue > queues.queue order by log.queue limit 1)
      from queues where queues.queue is not null)
    select count(*) as count, min(held.notification::text) as oldest
    from (
      select here.notification from marks cross join queues cross join lateral (
        select log.notification from log
        where log.subscription = ${subscription}::int4 and log.queue = queues.queue and log.kind = 'h'
          and log.position > greatest((marks.cursors ->> queues.queue::text)::int8, marks.over)
          and (marks.made_since is null or log.notification >= marks.made_since)
          and not exists (select from log later where later.notification = log.notification and later.step > log.step)
        order by log.position limit ${limit}::int4) here
      limit ${limit}::int4) held`,
  );
  return row ?? { count: 0, oldest: null };
}

/** A stretch of one queue's places: `counted` of them from its beginning up to `reached`, and as many from `back` to its end. */
export type HeldSample = { complete: boolean; counted: number; middle: number; reached: number; back: number };

/**
 * What the index has, without a look at what became of each: every queue in `slices` stretches of equal length, `limit`
 * entries of each. A pause begins with a burst, and may go on with hardly anything.
 */
export function sampleHeld(on: Connection, subscription: number, slices: number, limit: number): Promise<HeldSample[]> {
  return rows<HeldSample>(
    on,
    sql`
    with recursive marks as materialized (
      select coalesce(s.hold_cursors, '{}') as cursors, greatest(s.discarded_to, extract(epoch from s.ended_before)::numeric * 1000000, 0)::int8 as over
      from (values (${subscription}::int4)) given (ref) left join subscription_state s on s.subscription = given.ref),
    queues as (
      (select queue from log where subscription = ${subscription}::int4 and kind = 'h' and position is not null order by queue limit 1)
      union all
      select (select log.queue from log
        where log.subscription = ${subscription}::int4 and kind = 'h' and position is not null and log.queue > queues.queue order by log.queue limit 1)
      from queues where queues.queue is not null),
    shares as materialized (select greatest(1, ${slices}::int4 / greatest(1, count(queue)))::int8 as slices from queues),
    spans as materialized (
      select queues.queue, first.position - 1 as first, last.position as last from marks cross join queues
      cross join lateral (
        select log.position from log where log.subscription = ${subscription}::int4 and log.queue = queues.queue and log.kind = 'h'
          and log.position > greatest((marks.cursors ->> queues.queue::text)::int8, marks.over)
        order by log.position limit 1) first
      cross join lateral (
        select log.position from log where log.subscription = ${subscription}::int4 and log.queue = queues.queue and log.kind = 'h'
          and log.position is not null
        order by log.position desc limit 1) last)
    select here.counted < ${limit}::int4 as complete, here.counted, here.middle, here.reached, there.back
    from spans cross join shares cross join lateral (
      select spans.first + (spans.last - spans.first) * (nth - 1) / shares.slices as after,
        spans.first + (spans.last - spans.first) * nth / shares.slices as last
      from generate_series(1, shares.slices) nth) slice
    cross join lateral (
      select count(*) as counted, max(position) filter (where nth <= ${limit}::int4 / 2) as middle, max(position) as reached from (
        select log.position, row_number() over (order by log.position) as nth from log
        where log.subscription = ${subscription}::int4 and log.queue = spans.queue and log.kind = 'h'
          and log.position > slice.after and log.position <= slice.last
        order by log.position limit ${limit}::int4) entry) here
    cross join lateral (
      select min(position) as back from (
        select log.position from log
        where log.subscription = ${subscription}::int4 and log.queue = spans.queue and log.kind = 'h'
          and log.position > slice.after and log.position <= slice.last
        order by log.position desc limit ${limit}::int4) entry) there
    where here.counted > 0`,
  );
}
