// Writing steps to the log. A flush is one statement, fenced by the writer's epoch, that may be run twice: a step is
// identified by its notification and number, and what is there already is left alone.
import { byteas, chars, int2s, int4s, int8s, texts, times, uuids } from "./binary.ts";
import { one, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** One thing that happened to a notification: an attempt, a hold, an end. Times in milliseconds since 1970. */
export type Step = {
  notification: string;
  step: number;
  kind: "a" | "h" | "e";
  subscription: number;
  shard: number;
  atMs: number;
  reason: string | null;
  requests: number;
  policyStep: number;
  firstSentAtMs: number | null;
  throttledSinceMs: number | null;
  nextAtMs: number | null;
  retryReason: string | null;
  queue: number | null;
  position: number | null;
  attempt: AttemptFacts | null;
};

/** What only an attempt has. */
export type AttemptFacts = {
  status: number | null;
  dnsUs: number | null;
  connectUs: number | null;
  tlsUs: number | null;
  firstByteUs: number | null;
  totalUs: number | null;
  address: string | null;
  detail: string | null;
  revision: number;
  /** Null when the request could not even be written. */
  signatures: Buffer | null;
  bodySha256: Buffer | null;
  answerHeaders: string | null;
  answerBody: Buffer | null;
};

/** False when another process took over: nothing was written, and nothing may be. */
export async function insertSteps(on: Connection, epoch: number, steps: readonly Step[]): Promise<boolean> {
  const attempts = steps.map((step) => step.attempt);
  const row = await one<{ owned: boolean }>(
    on,
    sql`
    with fence as materialized (select 1 from node where epoch = ${epoch}::int4 and not dead for key share),
    written as (
      insert into log (notification, step, kind, subscription, shard, at, reason, requests, policy_step, first_sent_at, throttled_since, next_at,
        retry_reason, queue, position, status, dns_us, connect_us, tls_us, first_byte_us, total_us, address, detail, node, revision, signatures,
        body_sha256, answer_headers, answer_body)
      select s.notification, s.step, s.kind, s.subscription, s.shard, s.at, s.reason, s.requests, s.policy_step, s.first_sent_at, s.throttled_since,
        s.next_at, s.retry_reason, s.queue, s.position, s.status, s.dns_us, s.connect_us, s.tls_us, s.first_byte_us, s.total_us, s.address, s.detail,
        ${epoch}::int4, s.revision, s.signatures, s.body_sha256, s.answer_headers, s.answer_body
      from unnest(${uuids(steps.map((step) => step.notification))}::uuid[], ${int4s(steps.map((step) => step.step))}::int4[],
        ${chars(steps.map((step) => step.kind))}::"char"[], ${int4s(steps.map((step) => step.subscription))}::int4[],
        ${int2s(steps.map((step) => step.shard))}::int2[], ${times(steps.map((step) => step.atMs))}::timestamptz[],
        ${texts(steps.map((step) => step.reason))}::text[], ${int4s(steps.map((step) => step.requests))}::int4[],
        ${int4s(steps.map((step) => step.policyStep))}::int4[], ${times(steps.map((step) => step.firstSentAtMs))}::timestamptz[],
        ${times(steps.map((step) => step.throttledSinceMs))}::timestamptz[], ${times(steps.map((step) => step.nextAtMs))}::timestamptz[],
        ${texts(steps.map((step) => step.retryReason))}::text[], ${int2s(steps.map((step) => step.queue))}::int2[],
        ${int8s(steps.map((step) => step.position))}::int8[], ${int4s(attempts.map((each) => each?.status ?? null))}::int4[],
        ${int4s(attempts.map((each) => each?.dnsUs ?? null))}::int4[], ${int4s(attempts.map((each) => each?.connectUs ?? null))}::int4[],
        ${int4s(attempts.map((each) => each?.tlsUs ?? null))}::int4[], ${int4s(attempts.map((each) => each?.firstByteUs ?? null))}::int4[],
        ${int4s(attempts.map((each) => each?.totalUs ?? null))}::int4[], ${texts(attempts.map((each) => each?.address ?? null))}::text[],
        ${texts(attempts.map((each) => each?.detail ?? null))}::text[], ${int4s(attempts.map((each) => each?.revision ?? null))}::int4[],
        ${byteas(attempts.map((each) => each?.signatures ?? null))}::bytea[], ${byteas(attempts.map((each) => each?.bodySha256 ?? null))}::bytea[],
        ${texts(attempts.map((each) => each?.answerHeaders ?? null))}::text[], ${byteas(attempts.map((each) => each?.answerBody ?? null))}::bytea[])
        as s (notification, step, kind, subscription, shard, at, reason, requests, policy_step, first_sent_at, throttled_since, next_at,
          retry_reason, queue, position, status, dns_us, connect_us, tls_us, first_byte_us, total_us, address, detail, revision, signatures,
          body_sha256, answer_headers, answer_body)
      where exists (select from fence)
      on conflict do nothing)
    select exists (select from fence) as owned`,
  );
  return row?.owned === true;
}
