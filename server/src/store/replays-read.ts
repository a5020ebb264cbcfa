// Which notifications a replay may take: candidates by an index that is in the order of the subscription's ids, then what
// happened to each. Everything is bounded by `limit`. Comparing rows instead of `subscription = x and id > y` is
// deliberate: with an equality the planner may walk the primary key and filter.
import { uuids } from "./binary.ts";
import { rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** Ids, both bounds excluded. */
export type Slice = { readonly after: string; readonly below: string };
export type Candidate = { slice: number; id: string };

/** The first notifications of each slice. */
export async function candidates(on: Connection, subscription: number, slices: readonly Slice[], limit: number): Promise<Candidate[]> {
  const found = await rows<Candidate>(
    on,
    sql`select (s.slice - 1)::int4 as slice, n.id
        from unnest(${uuids(slices.map((slice) => slice.after))}::uuid[], ${uuids(slices.map((slice) => slice.below))}::uuid[])
          with ordinality as s (after, below, slice)
        cross join lateral (
          select id from notification
          where (subscription, id) > (${subscription}::int4, s.after) and (subscription, id) < (${subscription}::int4, s.below)
          order by subscription, id limit ${limit}::int4) n`,
  );
  return found.toSorted(inOrder);
}

/** The same of those only of which an attempt failed, or which ended. */
export async function failedCandidates(
  on: Connection,
  subscription: number,
  slices: readonly Slice[],
  limit: number,
): Promise<Candidate[]> {
  const found = await rows<Candidate>(
    on,
    sql`select (s.slice - 1)::int4 as slice, n.notification as id
        from unnest(${uuids(slices.map((slice) => slice.after))}::uuid[], ${uuids(slices.map((slice) => slice.below))}::uuid[])
          with ordinality as s (after, below, slice)
        cross join lateral (
          select distinct subscription, notification from log
          where (subscription, notification) > (${subscription}::int4, s.after) and (subscription, notification) < (${subscription}::int4, s.below)
            and reason is not null and kind <> 'h'
          order by subscription, notification limit ${limit}::int4) n`,
  );
  return found.toSorted(inOrder);
}

const inOrder = (a: Candidate, b: Candidate): number => a.slice - b.slice || (a.id < b.id ? -1 : 1);

/** A notification and what its newest step says; step 0 and kind null where there is none. */
export type ReplayFacts = {
  id: string;
  event: string;
  workspace: number;
  shard: number;
  topic: string;
  api_version: string;
  step: number;
  kind: "a" | "h" | "e" | null;
  planned: boolean;
  delivered: boolean;
  requests: number;
  policy_step: number;
  first_sent_ms: number | null;
  throttled_since_ms: number | null;
};

/** In the order of ids. `limit` inside keeps each look-up a walk down the primary key, whatever the planner believes. */
export async function replayFacts(on: Connection, ids: readonly string[]): Promise<ReplayFacts[]> {
  const found = await rows<ReplayFacts>(
    on,
    sql`select n.id, n.event, n.workspace, n.shard, n.topic, n.api_version, coalesce(l.step, 0) as step, l.kind::text as kind,
          l.next_at is not null as planned, d.one is not null as delivered, coalesce(l.requests, 0) as requests, coalesce(l.policy_step, 0) as policy_step,
          extract(epoch from l.first_sent_at)::float8 * 1000 as first_sent_ms, extract(epoch from l.throttled_since)::float8 * 1000 as throttled_since_ms
        from unnest(${uuids(ids)}::uuid[]) as i (id)
        cross join lateral (select id, event, workspace, shard, topic, api_version from notification where id = i.id limit 1) n
        left join lateral (
          select step, kind, next_at, requests, policy_step, first_sent_at, throttled_since from log
          where notification = i.id order by step desc limit 1) l on true
        left join lateral (select 1 as one from log where notification = i.id and kind = 'a' and reason is null limit 1) d on true`,
  );
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What the steps say, without what a replay itself would need. */
export type ReplayOutcome = Pick<ReplayFacts, "id" | "kind" | "planned" | "delivered">;

/**
 * Of those that have a step, in no order. For counting thousands: ids are asked for together, so that steps of neighbours are read side
 * by side instead of a walk down the index for each. The bounds are those of the ids, and choose the days.
 */
export async function replayOutcomes(on: Connection, ids: readonly string[]): Promise<ReplayOutcome[]> {
  const [from, to] = bounds(ids);
  return rows<ReplayOutcome>(
    on,
    sql`select notification as id, (array_agg(kind::text order by step desc))[1] as kind,
          (array_agg(next_at is not null order by step desc))[1] as planned, bool_or(kind = 'a' and reason is null) as delivered
        from log where notification = any(${uuids(ids)}::uuid[]) and notification >= ${from}::uuid and notification <= ${to}::uuid
        group by notification`,
  );
}

/** Of these, by id. */
export async function topicsOf(on: Connection, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const [from, to] = bounds(ids);
  const found = await rows<{ id: string; topic: string }>(
    on,
    sql`select id, topic from notification where id = any(${uuids(ids)}::uuid[]) and id >= ${from}::uuid and id <= ${to}::uuid`,
  );
  return new Map(found.map(({ id, topic }) => [id, topic]));
}

const bounds = (ids: readonly string[]): readonly [string, string] =>
  ids.reduce(([least, most], id) => [id < least ? id : least, id > most ? id : most] as const, [ids[0] ?? "", ids[0] ?? ""] as const);

/** Bytes of the items of events; those that are no longer kept are left out. */
export function itemBytes(on: Connection, events: readonly string[]): Promise<{ id: string; bytes: number }[]> {
  return rows<{ id: string; bytes: number }>(
    on,
    sql`select e.id, e.bytes from unnest(${uuids(events)}::uuid[]) as i (id)
        cross join lateral (select id, octet_length(item)::int4 as bytes from event where id = i.id limit 1) e`,
  );
}
