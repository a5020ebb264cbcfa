// Rows of subscriptions with the state that their owner writes beside them. Deleted ones stay as tombstones.
import type { Policy } from "@bellhop/contract/subscriptions";
import type { Health } from "../domain/health.ts";
import type { SubscriptionState } from "../domain/subscription.ts";
import type { Change } from "./change.ts";
import { rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** What a save decides. Sealed values belong to the places `headers:<id>` and `signing_secret:<id>`. */
export type SubscriptionSettings = {
  id: string;
  name: string | null;
  url: string;
  topics: readonly string[];
  topics_off: readonly string[];
  policy: Policy;
  timeout_ms: number | null;
  rate_per_second: number | null;
  max_in_flight: number | null;
  signatures: readonly string[];
  ordered: boolean;
  metadata: Record<string, string>;
  header_names: readonly string[];
  sealed_headers: Buffer | null;
  sealed_signing_secret: Buffer | null;
  revision: number;
};

export type SubscriptionRecord = SubscriptionSettings & {
  ref: number;
  app: number;
  created_at: Date;
  state: Exclude<SubscriptionState, "off">;
  state_cause: string | null;
  /** When the state last changed; switching topics off and on changes it too, and only the audit knows when. */
  state_since: Date;
  /** When a pause or a throttle ends. */
  until: Date | null;
  /** The owner's memory of the endpoint's answers; null before the first. */
  health: Health | null;
  pinged_at: Date | null;
  ping: LastPing | null;
};

/** What the daily ping came to. */
export type LastPing = { readonly status: number | null; readonly failure: string | null };

/** The subscriptions of an app, newest first, from below `beforeRef`; with an `id` that one only. */
export function subscriptionRecords(
  on: Connection,
  app: number,
  { id = null, beforeRef = null, limit }: { id?: string | null; beforeRef?: number | null; limit: number },
): Promise<SubscriptionRecord[]> {
  return rows<SubscriptionRecord>(
    on,
    sql`select s.ref, s.id, s.app, s.name, s.url, s.topics, s.topics_off, s.policy, s.timeout_ms, s.rate_per_second,
          s.max_in_flight, s.signatures, s.ordered, s.metadata, s.header_names, s.sealed_headers, s.sealed_signing_secret,
          s.revision, s.created_at, coalesce(st.state, 'live') as state, st.cause as state_cause,
          greatest(s.created_at, st.since, (
            select max(a.at) from audit a
            where a.subject = s.id and a.after ->> 'state' is distinct from a.before ->> 'state')) as state_since,
          st.until, st.health, st.pinged_at, st.ping
        from subscription s left join subscription_state st on st.subscription = s.ref
        where s.app = ${app} and s.deleted_at is null
          and (${id}::text is null or s.id = ${id}) and (${beforeRef}::int4 is null or s.ref < ${beforeRef})
        order by s.ref desc limit ${limit}`,
  );
}

export async function insertSubscription({ on, version }: Change, app: number, s: SubscriptionSettings): Promise<void> {
  await run(
    on,
    sql`insert into subscription (id, app, name, url, topics, topics_off, policy, timeout_ms, rate_per_second, max_in_flight,
          signatures, ordered, ordered_once, metadata, header_names, sealed_headers, sealed_signing_secret, revision, version)
        values (${s.id}, ${app}, ${s.name}, ${s.url}, ${s.topics}, ${s.topics_off}, ${JSON.stringify(s.policy)}, ${s.timeout_ms},
          ${s.rate_per_second}, ${s.max_in_flight}, ${s.signatures}, ${s.ordered}, ${s.ordered}, ${JSON.stringify(s.metadata)}, ${s.header_names},
          ${s.sealed_headers}, ${s.sealed_signing_secret}, ${s.revision}, ${version})`,
  );
}

export async function updateSubscription({ on, version }: Change, ref: number, s: SubscriptionSettings): Promise<void> {
  await run(
    on,
    sql`update subscription set name = ${s.name}, url = ${s.url}, topics = ${s.topics}, topics_off = ${s.topics_off},
          policy = ${JSON.stringify(s.policy)}, timeout_ms = ${s.timeout_ms}, rate_per_second = ${s.rate_per_second},
          max_in_flight = ${s.max_in_flight}, signatures = ${s.signatures}, ordered = ${s.ordered}, ordered_once = ordered_once or ${s.ordered},
          metadata = ${JSON.stringify(s.metadata)}, header_names = ${s.header_names}, sealed_headers = ${s.sealed_headers},
          sealed_signing_secret = ${s.sealed_signing_secret}, revision = ${s.revision}, version = ${version}
        where ref = ${ref}`,
  );
}

export async function deleteSubscription({ on, version }: Change, ref: number): Promise<void> {
  await run(on, sql`update subscription set deleted_at = now(), version = ${version} where ref = ${ref}`);
}

export type StateChangeRow = {
  id: number;
  at: Date;
  key: string;
  state: SubscriptionState;
  cause: string | null;
  until: string | null;
  warning_day: number | null;
};

/**
 * The audited changes of a subscription's state, newest first: saves that moved it to another one, and whatever is not a save
 * (which always has the URL), such as another cause or end, or a warning, which changes nothing.
 */
export function stateChanges(on: Connection, id: string, beforeId: number | null, limit: number): Promise<StateChangeRow[]> {
  return rows<StateChangeRow>(
    on,
    sql`select id, at, key, after ->> 'state' as state, after ->> 'state_cause' as cause, after ->> 'until' as until,
          (after ->> 'warning')::int4 as warning_day
        from audit
        where subject = ${id} and after is not null
          and (after ->> 'state' is distinct from before ->> 'state' or not after ? 'url')
          and (${beforeId}::int8 is null or id < ${beforeId})
        order by id desc limit ${limit}`,
  );
}
