// Requests that people ask for: the signed ping, and any topic's sample as a real notification. They use the keys,
// headers and shapes of a delivery, are answered inline, and are not kept in the log.
import { randomBytes, randomUUID } from "node:crypto";
import { itemBytesDefault } from "@bellhop/contract/events";
import type { Exchange } from "@bellhop/contract/exchange";
import type { ProblemCode } from "@bellhop/contract/problems";
import { subscriptionLimits } from "@bellhop/contract/subscriptions";
import type { Catalogue } from "../domain/catalogue.ts";
import { eventId, notificationId } from "../domain/id.ts";
import { itemForVersion } from "../domain/older-item.ts";
import { timeoutMsOf } from "../domain/policy.ts";
import { Problem } from "../domain/problem.ts";
import { topicMistake } from "../domain/subscription.ts";
import { topicChosenAs } from "../domain/versions.ts";
import type { Database } from "../store/database.ts";
import { secretRows } from "../store/directory-rows.ts";
import type { AppRow } from "../store/directory-rows.ts";
import type { Seal } from "../store/seal.ts";
import type { SubscriptionRecord, SubscriptionSettings } from "../store/subscriptions.ts";
import type { Delivery, Target, Written } from "./ping-delivery.ts";
import { exchangeView } from "./ping-exchange.ts";
import { openHeaders } from "./subscriptions-draft.ts";

/** `topic`: by default the ping. `item`: compact JSON text in the newest shape, by default the topic's sample. */
export type TestRequest = { readonly topic: string | undefined; readonly item: string | undefined };

export type PingDeps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly delivery: Delivery;
  readonly catalogue: () => Catalogue;
  readonly nowMs: () => number;
};

/** Sends a signed ping to the endpoint as it is now. */
export async function ping(deps: PingDeps, app: AppRow, subscription: SubscriptionRecord): Promise<Exchange> {
  const target = await targetOf(deps, app, subscription);
  const at = Math.floor(deps.nowMs() / 1_000);
  const request = deps.delivery.preparePing({ id: randomUUID(), workspaceId: app.owner_id, at }, target);
  return send(deps, subscription, request);
}

/** Sends a topic's sample, or the item given, in the shape and under the name of the app's version. */
export async function sendTest(deps: PingDeps, app: AppRow, subscription: SubscriptionRecord, test: TestRequest): Promise<Exchange> {
  const { name, item } = testItem(deps.catalogue(), app.api_version, test);
  if (name === null) return ping(deps, app, subscription);
  const target = await targetOf(deps, app, subscription);
  const nowMs = deps.nowMs();
  const at = Math.floor(nowMs / 1_000);
  const id = notificationId(eventId(nowMs, 0, randomBytes(10)), 1);
  const notification = { id, workspaceId: app.owner_id, item, topic: name, createdAt: at, traceparent: null };
  const attempt = { number: 1, firstSentAt: at, atSeconds: at, retryReason: null };
  return send(deps, subscription, deps.delivery.prepare(notification, target, attempt));
}

/** `name` is null for the ping, whose body is always the same. */
function testItem(
  catalogue: Catalogue,
  version: string,
  { topic: name = "ping", item }: TestRequest,
): { name: string | null; item: string } {
  const topic = topicChosenAs(catalogue, name, version);
  if (topic?.always_on === true || (topic === null && name === "ping")) {
    if (item !== undefined) throw itemRefused("a ping has no item; name a topic to send one");
    return { name: null, item: "" };
  }
  if (topic === null) {
    const message = topicMistake(catalogue, version, name) ?? "";
    throw new Problem("unknown_topic", `/topic: ${message}`, [{ pointer: "/topic", message }]);
  }
  const text = item ?? (topic.sample && JSON.stringify(topic.sample));
  if (text === undefined) throw itemRefused(`the topic "${name}" has no sample; send an item`);
  if (Buffer.byteLength(text) > itemBytesDefault) throw itemRefused(`at most ${itemBytesDefault} bytes are taken`, "payload_too_large");
  return { name, item: itemForVersion(text, topic, version, catalogue) };
}

function itemRefused(message: string, code: ProblemCode = "invalid_request"): Problem {
  return new Problem(code, `/item: ${message}.`, [{ pointer: "/item", message }]);
}

async function send({ delivery }: PingDeps, subscription: SubscriptionRecord, written: Written): Promise<Exchange> {
  const { url, headers, body } = written;
  const request = { ...exchangeLimits(subscription), method: "POST", url, headers, body } as const;
  return exchangeView(request, await delivery.send(request), subscription.header_names);
}

/** With whom requests share connections, how many, and how long one may take. */
export function exchangeLimits(settings: SubscriptionSettings): { pool: string; connections: number; timeoutMs: number } {
  return {
    pool: settings.id,
    connections: settings.max_in_flight ?? subscriptionLimits.inFlightDefault,
    timeoutMs: timeoutMsOf(settings.policy, settings.timeout_ms),
  };
}

async function targetOf({ database, seal, delivery, nowMs }: PingDeps, app: AppRow, subscription: SubscriptionRecord): Promise<Target> {
  const { id, url, signatures, sealed_signing_secret: sealed } = subscription;
  const rows = await secretRows(database.control, [app.ref]);
  const secrets = rows.map(({ number, sealed: secret, ends_at: endsAt }) => {
    const value = seal.open(secret, `secret:${app.id}:${number}`);
    return { number, value, endsAtMs: endsAt?.getTime() ?? null };
  });
  const signingSecret = sealed && seal.open(sealed, `signing_secret:${id}`);
  const keys = delivery.signingKeys({ signatures, signingSecret }, secrets, nowMs());
  return { ...keys, url, userAgent: delivery.userAgent, headers: openHeaders(seal, subscription) };
}
