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
        s.ended_before
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
          and (marks.ended_before is null or uuid_extract_timestamp(log.notification) >= marks.ended_before)
          and not exists (select from log later where later.notification = log.notification and later.step > log.step)
        order by log.position limit ${limit}::int4) here
      limit ${limit}::int4) held`,
  );
  return row ?? { count: 0, oldest: null };
}

/** One queue: `counted` entries up to the place `reached`, all but the last tenth of them up to `tail`; it goes on to `last`. */
export type HeldSample = { complete: boolean; counted: number; tail: number; reached: number; last: number };

/** What the index has, without a look at what became of each: `limit` entries of all queues together. */
export function sampleHeld(on: Connection, subscription: number, limit: number): Promise<HeldSample[]> {
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
    share as materialized (select greatest(10, ${limit}::int4 / greatest(1, count(queue)))::int4 as limit from queues)
    select here.counted < share.limit as complete, here.counted, here.tail, here.reached,
      (select log.position from log
        where log.subscription = ${subscription}::int4 and log.queue = queues.queue and log.kind = 'h' and log.position is not null
        order by log.position desc limit 1) as last
    from marks cross join share cross join queues cross join lateral (
      select count(*) as counted, max(position) filter (where nth <= share.limit * 9 / 10) as tail, max(position) as reached
      from (
        select log.position, row_number() over (order by log.position) as nth from log
        where log.subscription = ${subscription}::int4 and log.queue = queues.queue and log.kind = 'h'
          and log.position > greatest((marks.cursors ->> queues.queue::text)::int8, marks.over)
        order by log.position limit share.limit) entry) here
    where here.counted > 0`,
  );
}
