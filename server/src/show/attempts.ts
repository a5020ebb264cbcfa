// Each attempt as it was: the request rebuilt from the event and the log and compared with the hash of what was sent, and
// the answer as far as it was kept.
import { maskedValue } from "@bellhop/contract/subscriptions";
import { shownBodyBytesMax } from "@bellhop/contract/exchange";
import type { Attempt } from "@bellhop/contract/notifications";
import type { AttemptFailure } from "@bellhop/contract/reasons";
import type { Catalogue } from "../domain/catalogue.ts";
import { itemForVersion } from "../domain/older-item.ts";
import { revisionsOf } from "../store/notification-detail.ts";
import type { DetailStepRow, RevisionRow } from "../store/notification-detail.ts";
import type { Connection } from "../store/sql.ts";
import type { Asking } from "./find.ts";
import { milliseconds } from "./list-entry.ts";
import type { Names } from "./names.ts";
import { findNotification } from "./notification.ts";
import type { Found } from "./notification.ts";
import { stepReason } from "./sentence.ts";

/** Deliver's own way to write a request again from the signatures that the log kept. */
export type Rebuild = (
  notification: { id: string; workspaceId: string; item: string; topic: string; createdAt: number; traceparent: string | null },
  target: { url: string; userAgent: string; headers: readonly (readonly [string, string])[] },
  attempt: { number: number; firstSentAt: number; atSeconds: number; retryReason: AttemptFailure | "replay" | null },
  signatures: Buffer,
) => { headers: string[]; body: Buffer; bodySha256: Buffer };

export type AttemptDeps = { readonly names: Names; readonly catalogue: () => Catalogue; readonly rebuild: Rebuild };

export async function showAttempts(on: Connection, deps: AttemptDeps, publicId: string, asking: Asking): Promise<Attempt[]> {
  const found = await findNotification(on, publicId, asking);
  await deps.names.load(on, [found.row]);
  const steps = found.steps.filter((step) => step.kind === "a");
  const revisions = [...new Set(steps.flatMap((step) => step.revision ?? []))];
  const known = await revisionsOf(on, deps.names.subscription(found.row.subscription), revisions);
  const item = shapedItem(found, deps.catalogue());
  return steps.map((step) => {
    const revision = known.find((each) => each.revision === step.revision) ?? null;
    return { ...sentRequest(found, item, step, revision, deps), ...answered(step) };
  });
}

/** The shape is that of the app's version when the event was published, as the catalogue has it now. */
function shapedItem({ row, event }: Found, catalogue: Catalogue): string {
  const topic = catalogue.topicNamed(event.topic) ?? catalogue.formerly(event.topic)?.topic;
  return topic && catalogue.hasVersion(row.api_version) ? itemForVersion(event.item, topic, row.api_version, catalogue) : event.item;
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

type Sent = Pick<Attempt, "attempt" | "at" | "request" | "body_verified">;

function sentRequest({ row, event }: Found, item: string, step: DetailStepRow, revision: RevisionRow | null, deps: AttemptDeps): Sent {
  const facts = { attempt: step.requests, at: step.at.toISOString() };
  if (step.signatures === null) return { ...facts, request: null, body_verified: false };
  const { headers, body, bodySha256 } = deps.rebuild(
    {
      id: row.id,
      workspaceId: deps.names.workspace(row.workspace),
      item,
      topic: row.topic,
      createdAt: seconds(event.created_at),
      traceparent: event.traceparent,
    },
    {
      url: revision?.url ?? "",
      userAgent: step.user_agent ?? "",
      headers: (revision?.header_names ?? []).map((name) => [name, maskedValue] as const),
    },
    {
      number: step.requests,
      firstSentAt: seconds(step.first_sent_at ?? step.at),
      atSeconds: seconds(step.at),
      retryReason: step.retry_reason as AttemptFailure | "replay" | null,
    },
    step.signatures,
  );
  const request = { method: "POST" as const, url: revision?.url ?? null, headers: pairs(headers), body: body.toString() };
  return { ...facts, request, body_verified: step.body_sha256 !== null && bodySha256.equals(step.body_sha256) };
}

/** Name, value, name, value -> pairs. */
function pairs(headers: readonly string[]): [string, string][] {
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ""] as [string, string]] : []));
}

function answered(step: DetailStepRow): Omit<Attempt, keyof Sent> {
  const reason = stepReason(step);
  return {
    status: step.status,
    failure: reason && { ...reason, reason: step.reason as AttemptFailure, detail: step.detail },
    answer: step.status === null ? null : keptAnswer(step),
    timings_ms: {
      dns: milliseconds(step.dns_us),
      connect: milliseconds(step.connect_us),
      tls: milliseconds(step.tls_us),
      first_byte: milliseconds(step.first_byte_us),
      total: milliseconds(step.total_us),
    },
    address: step.address,
    retry_reason: step.retry_reason,
    next_attempt_at: step.next_at?.toISOString() ?? null,
  };
}

/** Of an ordinary success fewer bytes and no headers are kept. */
const keptOnSuccessBytes = 256;

/** Whether it was longer than what is kept is not stored: as long as can be is taken for cut. */
function keptAnswer(step: DetailStepRow): Attempt["answer"] {
  const body = step.answer_body ?? Buffer.alloc(0);
  const whole = step.reason !== null || step.retry_reason === "replay";
  return {
    headers: step.answer_headers === null ? [] : (JSON.parse(step.answer_headers) as [string, string][]),
    body: body.toString(),
    body_cut: body.length >= (whole ? shownBodyBytesMax : keptOnSuccessBytes),
  };
}
