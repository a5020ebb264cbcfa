// Each attempt's request, rebuilt from the event and the log and compared with the hash of what was sent.
import { maskedValue } from "@bellhop/contract/subscriptions";
import type { Attempt } from "@bellhop/contract/notifications";
import type { AttemptFailure } from "@bellhop/contract/reasons";
import type { Catalogue } from "../domain/catalogue.ts";
import { itemForVersion } from "../domain/older-item.ts";
import { revisionsOf } from "../store/notification-detail.ts";
import type { DetailStepRow, RevisionRow } from "../store/notification-detail.ts";
import type { Connection } from "../store/sql.ts";
import type { Names } from "./names.ts";
import type { Found } from "./notification-find.ts";

/** Deliver's own way to write a request again from the signatures that the log kept. */
export type Rebuild = (
  notification: { id: string; workspaceId: string; item: string; topic: string; createdAt: number; traceparent: string | null },
  target: { url: string; userAgent: string; headers: readonly (readonly [string, string])[] },
  attempt: { number: number; firstSentAt: number; atSeconds: number; retryReason: AttemptFailure | "replay" | null },
  signatures: Buffer,
) => { headers: string[]; body: Buffer; bodySha256: Buffer };

export type RequestDeps = { readonly names: Names; readonly catalogue: () => Catalogue; readonly rebuild: Rebuild };

export type Sent = Pick<Attempt, "attempt" | "at" | "request" | "body_verified">;

/** Of the steps given, which are attempts of the notification found. */
export async function sentRequests(on: Connection, deps: RequestDeps, found: Found, steps: readonly DetailStepRow[]): Promise<Sent[]> {
  await deps.names.load(on, [found.row]);
  const revisions = [...new Set(steps.flatMap((step) => step.revision ?? []))];
  const known = await revisionsOf(on, deps.names.subscription(found.row.subscription), revisions);
  const item = shapedItem(found, deps.catalogue());
  return steps.map((step) => sentRequest(found, item, step, known.find((each) => each.revision === step.revision) ?? null, deps));
}

/** The shape is that of the app's version when the event was published, as the catalogue has it now. */
function shapedItem({ row, event }: Found, catalogue: Catalogue): string {
  const topic = catalogue.topicNamed(event.topic) ?? catalogue.formerly(event.topic)?.topic;
  return topic && catalogue.hasVersion(row.api_version) ? itemForVersion(event.item, topic, row.api_version, catalogue) : event.item;
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

function sentRequest({ row, event }: Found, item: string, step: DetailStepRow, revision: RevisionRow | null, deps: RequestDeps): Sent {
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
