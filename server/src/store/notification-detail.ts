// One notification with its event and everything that happened to it. Each look-up names the key, so that one partition
// is opened; an id of a day that is no longer kept finds nothing.
import type { NotificationRow } from "./notification-list.ts";
import type { StepRow } from "./notification-list-steps.ts";
import { one, rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type EventFacts = {
  topic: string;
  item: string;
  created_at: Date;
  object_id: string | null;
  ordering_key: string | null;
  traceparent: string | null;
};

export type DetailRow = NotificationRow & { api_version: string };

export function notificationById(on: Connection, id: string): Promise<DetailRow | undefined> {
  return one<DetailRow>(
    on,
    sql`select id, event, subscription, app, workspace, topic, api_version from notification where id = ${id}::uuid`,
  );
}

export function eventFacts(on: Connection, id: string): Promise<EventFacts | undefined> {
  return one<EventFacts>(on, sql`select topic, item, created_at, object_id, ordering_key, traceparent from event where id = ${id}::uuid`);
}

/** More than any policy, throttle and replay by hand makes. */
const stepsMax = 500;

export type DetailStepRow = StepRow & {
  first_sent_at: Date | null;
  retry_reason: string | null;
  dns_us: number | null;
  connect_us: number | null;
  tls_us: number | null;
  first_byte_us: number | null;
  address: string | null;
  detail: string | null;
  user_agent: string | null;
  revision: number | null;
  signatures: Buffer | null;
  body_sha256: Buffer | null;
  answer_headers: string | null;
  answer_body: Buffer | null;
};

/** Oldest first, the newest where there are too many. */
export async function stepsOf(on: Connection, notification: string): Promise<DetailStepRow[]> {
  const newestFirst = await rows<DetailStepRow>(
    on,
    sql`select l.notification, l.step, l.kind, l.reason, l.requests, l.at, l.next_at, l.position, l.status, l.total_us, l.first_sent_at,
          l.retry_reason, l.dns_us, l.connect_us, l.tls_us, l.first_byte_us, l.address, l.detail, n.user_agent, l.revision, l.signatures, l.body_sha256,
          l.answer_headers, l.answer_body
        from log l left join node n on n.epoch = l.node
        where l.notification = ${notification}::uuid order by l.step desc limit ${stepsMax}`,
  );
  return newestFirst.toReversed();
}

export type RevisionRow = { revision: number; url: string; header_names: string[] };

/** What a subscription was under each of these revisions, from the audit: a row may be written by several changes, the first counts. */
export function revisionsOf(on: Connection, subscription: string, revisions: readonly number[]): Promise<RevisionRow[]> {
  return rows<RevisionRow>(
    on,
    sql`select distinct on (1) (after->>'revision')::int4 as revision, after->>'url' as url,
          array(select jsonb_array_elements_text(after->'header_names')) as header_names
        from audit
        where subject = ${subscription} and after is not null and (after->>'revision')::int4 = any(${revisions}::int4[])
        order by 1, id`,
  );
}
