// One attempt as a request ready to send: body, headers in a fixed order, and what the log keeps to show it later
// exactly as it was. Status and counter are inside the signed body, so each attempt is written and signed anew.
import { hash } from "node:crypto";
import type { AttemptFailure } from "@bellhop/contract/reasons";
import { envelope, pingEnvelope } from "./envelope.ts";
import { hubHeader, signAll, webhookHeader } from "./sign.ts";
import type { Signatures, SigningKeys } from "./sign.ts";
import { packSignatures, unpackSignatures } from "./sign-pack.ts";

/** What never changes between attempts. `id` is the bare UUID, `item` compact JSON text, `createdAt` unix seconds. */
export type NotificationFacts = {
  id: string;
  workspaceId: string;
  item: string;
  topic: string;
  createdAt: number;
  traceparent: string | null;
};

/** Where it goes, as the subscription is at the moment of the request. `headers` have passed `checkHeaders`. */
export type TargetFacts = { url: string; userAgent: string; headers: readonly (readonly [string, string])[] };

/** Why an attempt is not the first one. */
export type RetryReason = AttemptFailure | "replay";

/** Which attempt this is, from 1. `firstSentAt` and `atSeconds` (this attempt's `webhook-timestamp`) in unix seconds. */
export type AttemptFacts = {
  number: number;
  firstSentAt: number;
  atSeconds: number;
  retryReason: RetryReason | null;
};

/** A ping: `id` is a UUID made for it, `at` unix seconds. */
export type PingFacts = { id: string; workspaceId: string; at: number };

/** `headers` are name, value, name, value…; `signatures` as `packSignatures` wrote them, for the log. */
export type Prepared = {
  url: string;
  headers: string[];
  body: Buffer;
  bodySha256: Buffer;
  signatures: Buffer;
};

/** What the headers say beside the signatures. */
type HeaderFacts = {
  webhookId: string;
  timestamp: number;
  attempt: number;
  retryReason: RetryReason | null;
  traceparent: string | null;
};

/** Writes and signs one attempt of a notification. */
export function prepare(notification: NotificationFacts, target: TargetFacts & SigningKeys, attempt: AttemptFacts): Prepared {
  const body = Buffer.from(notificationBody(notification, attempt));
  const facts = headerFacts(notification, attempt);
  return prepared(target, facts, body, signAll(target, facts.webhookId, facts.timestamp, body));
}

/** Writes and signs a ping. */
export function preparePing(ping: PingFacts, target: TargetFacts & SigningKeys): Prepared {
  const body = Buffer.from(pingEnvelope({ appId: ping.workspaceId, at: ping.at }));
  const webhookId = `ping_${ping.id}`;
  const facts = { webhookId, timestamp: ping.at, attempt: 1, retryReason: null, traceparent: null };
  return prepared(target, facts, body, signAll(target, webhookId, ping.at, body));
}

/**
 * The same request again from the signatures that the log kept, to show it. The caller compares `bodySha256` with the
 * stored hash: where they differ, a fact has changed since and the request must not be shown as what was sent.
 */
export function rebuild(notification: NotificationFacts, target: TargetFacts, attempt: AttemptFacts, signatures: Buffer): Prepared {
  const body = Buffer.from(notificationBody(notification, attempt));
  return prepared(target, headerFacts(notification, attempt), body, unpackSignatures(signatures));
}

function notificationBody(notification: NotificationFacts, attempt: AttemptFacts): string {
  return envelope({
    appId: notification.workspaceId,
    item: notification.item,
    id: `notif_${notification.id}`,
    topic: notification.topic,
    deliveryStatus: attempt.number === 1 ? "pending" : "retry",
    deliveryAttempts: attempt.number,
    firstSentAt: attempt.firstSentAt,
    createdAt: notification.createdAt,
  });
}

function headerFacts(notification: NotificationFacts, attempt: AttemptFacts): HeaderFacts {
  return {
    webhookId: `notif_${notification.id}`,
    timestamp: attempt.atSeconds,
    attempt: attempt.number,
    retryReason: attempt.number === 1 ? null : attempt.retryReason,
    traceparent: notification.traceparent,
  };
}

function prepared(target: TargetFacts, facts: HeaderFacts, body: Buffer, signatures: Signatures): Prepared {
  return {
    url: target.url,
    headers: writeHeaders(target, facts, signatures),
    body,
    bodySha256: hash("sha256", body, "buffer"),
    signatures: packSignatures(signatures),
  };
}

function writeHeaders(target: TargetFacts, facts: HeaderFacts, signatures: Signatures): string[] {
  const headers = ["Content-Type", "application/json", "Accept", "application/json", "User-Agent", target.userAgent];
  if (signatures.hub) headers.push("X-Hub-Signature", hubHeader(signatures.hub));
  headers.push("webhook-id", facts.webhookId, "webhook-timestamp", String(facts.timestamp));
  const webhook = webhookHeader(signatures);
  if (webhook !== "") headers.push("webhook-signature", webhook);
  headers.push("X-Bellhop-Attempt", String(facts.attempt));
  if (facts.retryReason !== null) headers.push("X-Bellhop-Retry-Reason", facts.retryReason);
  if (facts.traceparent !== null) headers.push("traceparent", facts.traceparent);
  for (const [name, value] of target.headers) headers.push(name, value);
  return headers;
}
