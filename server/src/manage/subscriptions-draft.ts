// What a save makes of a subscription, before anything is contacted or written: the fields of the request over what was
// there, and every mistake at once. Making one and changing one are the same over different beginnings.
import { randomBytes } from "node:crypto";
import { subscriptionLimits } from "@bellhop/contract/subscriptions";
import type { NewSubscription, SubscriptionChange } from "@bellhop/contract/subscriptions";
import type { Mistake, ProblemCode } from "@bellhop/contract/problems";
import type { Catalogue } from "../domain/catalogue.ts";
import { policyMistakes } from "../domain/policy.ts";
import { Problem } from "../domain/problem.ts";
import { chooseTopics, topicMistakes } from "../domain/subscription.ts";
import type { Seal } from "../store/seal.ts";
import type { SubscriptionSettings } from "../store/subscriptions.ts";
import { urlMistakes } from "./check-url.ts";
import type { Delivery, Headers } from "./ping-delivery.ts";

type DraftDeps = { readonly seal: Seal; readonly delivery: Delivery; readonly catalogue: () => Catalogue };

/** `madeSecret` is shown in the answer of this save and never again. */
export type Draft = { readonly settings: SubscriptionSettings; readonly madeSecret: string | null };

const generate = "generate";
const signingSecretBytes = 32;

/** What a subscription is when the request says nothing. */
export function newSettings(id: string): SubscriptionSettings {
  return {
    id,
    name: null,
    url: "",
    topics: [],
    topics_off: [],
    policy: "durable",
    timeout_ms: null,
    rate_per_second: null,
    max_in_flight: null,
    signatures: ["x-hub-signature", "standard-webhooks"],
    ordered: false,
    metadata: {},
    header_names: [],
    sealed_headers: null,
    sealed_signing_secret: null,
    revision: 0,
  };
}

/** `before` with the request's fields, or a refusal that lists every mistake. */
export function draft(deps: DraftDeps, before: SubscriptionSettings, version: string, body: NewSubscription | SubscriptionChange): Draft {
  const { seal, delivery } = deps;
  const headers = mergedHeaders(openHeaders(seal, before), body.headers);
  const metadata = mergedMetadata(before.metadata, body.metadata);
  refuseMistakes(deps, version, body, { headers, metadata });
  const made = body.signing_secret === generate ? madeSigningSecret() : null;
  const chosen = { topics: before.topics, topicsOff: before.topics_off };
  const { topics, topicsOff } = chooseTopics(deps.catalogue(), chosen, body.topics, body.topics_off);
  const settings: SubscriptionSettings = {
    ...before,
    ...plainFields(body),
    url: body.url === undefined ? before.url : storedUrl(delivery, body.url),
    topics,
    topics_off: topicsOff,
    metadata,
    ...(body.headers === undefined ? {} : sealedHeaders(seal, before.id, headers)),
    ...(body.signing_secret === undefined ? {} : sealedSecret(seal, before.id, made ?? body.signing_secret)),
  };
  const revision = before.revision + (body.headers !== undefined || looksDifferent(before, settings) ? 1 : 0);
  return { settings: { ...settings, revision }, madeSecret: made };
}

/** The subscription's own headers, opened. */
export function openHeaders(seal: Seal, { id, sealed_headers: sealed }: Pick<SubscriptionSettings, "id" | "sealed_headers">): Headers {
  return sealed === null ? [] : Object.entries(JSON.parse(seal.open(sealed, `headers:${id}`)) as Record<string, string>);
}

type Merged = { readonly headers: Headers; readonly metadata: Record<string, string> };
type Found = { readonly code: ProblemCode; readonly mistake: Mistake };

/** Mistakes of one kind have its code, a mixture is an invalid request; the detail is the first of them. */
function refuseMistakes(deps: DraftDeps, version: string, body: NewSubscription | SubscriptionChange, merged: Merged): void {
  const found = findMistakes(deps, version, body, merged);
  const first = found[0];
  if (first === undefined) return;
  const code = found.every((each) => each.code === first.code) ? first.code : "invalid_request";
  const { pointer, message } = first.mistake;
  throw new Problem(
    code,
    code === "url_refused" ? message : `${pointer}: ${message}`,
    found.map((each) => each.mistake),
  );
}

function findMistakes(
  { delivery, catalogue }: DraftDeps,
  version: string,
  body: NewSubscription | SubscriptionChange,
  { headers, metadata }: Merged,
): Found[] {
  return [
    ...mistakesOf("url_refused", urlMistakes(delivery, body.url)),
    ...mistakesOf("unknown_topic", topicMistakes(catalogue(), version, body.topics, "/topics")),
    ...mistakesOf("unknown_topic", topicMistakes(catalogue(), version, body.topics_off, "/topics_off")),
    ...mistakesOf("invalid_request", notYetMistakes(body)),
    ...mistakesOf("invalid_request", body.headers === undefined ? [] : delivery.checkHeaders(headers)),
    ...mistakesOf("invalid_request", body.policy === undefined ? [] : policyMistakes(body.policy)),
    ...mistakesOf("invalid_request", metadataMistakes(metadata)),
    ...mistakesOf("invalid_request", signingSecretMistakes(delivery, body.signing_secret)),
  ];
}

function mistakesOf(code: ProblemCode, mistakes: readonly Mistake[]): Found[] {
  return mistakes.map((mistake) => ({ code, mistake }));
}

/** Fields that are stored as they are sent. */
function plainFields(body: NewSubscription | SubscriptionChange): Partial<SubscriptionSettings> {
  const { name, policy, timeout_ms, rate_per_second, max_in_flight, signatures, ordered } = body;
  const fields = { name, policy, timeout_ms, rate_per_second, max_in_flight, signatures, ordered };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function storedUrl(delivery: Delivery, raw: string): string {
  const checked = delivery.checkUrl(raw);
  return checked.ok ? checked.url.href : raw;
}

/** Nothing is accepted that would then do nothing. */
function notYetMistakes(body: NewSubscription | SubscriptionChange): Mistake[] {
  const filter = "filters are not supported yet; leave the field out and choose by topic";
  const rate = "a rate is not supported yet; leave the field out, `max_in_flight` limits how many requests are sent at once";
  return [
    ...("filter" in body ? [{ pointer: "/filter", message: filter }] : []),
    ...(typeof body.rate_per_second === "number" ? [{ pointer: "/rate_per_second", message: rate }] : []),
  ];
}

/** Names are compared without case: HTTP does not know it. */
function mergedHeaders(before: Headers, change: Record<string, string | null> | undefined): Headers {
  const entries = Object.entries(change ?? {});
  const named = new Set(entries.map(([name]) => name.toLowerCase()));
  const kept = before.filter(([name]) => !named.has(name.toLowerCase()));
  return [...kept, ...entries.filter((entry): entry is [string, string] => entry[1] !== null)];
}

function sealedHeaders(seal: Seal, id: string, headers: Headers): Pick<SubscriptionSettings, "header_names" | "sealed_headers"> {
  const sealed = headers.length === 0 ? null : seal.seal(JSON.stringify(Object.fromEntries(headers)), `headers:${id}`);
  return { header_names: headers.map(([name]) => name), sealed_headers: sealed };
}

function sealedSecret(seal: Seal, id: string, secret: string | null): Pick<SubscriptionSettings, "sealed_signing_secret"> {
  return { sealed_signing_secret: secret === null ? null : seal.seal(secret, `signing_secret:${id}`) };
}

function mergedMetadata(before: Record<string, string>, change: Record<string, string | null> | undefined): Record<string, string> {
  const merged = Object.entries({ ...before, ...change });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}

function metadataMistakes(metadata: Record<string, string>): Mistake[] {
  const bytes = Buffer.byteLength(JSON.stringify(metadata));
  const max = subscriptionLimits.metadataBytesMax;
  return bytes <= max ? [] : [{ pointer: "/metadata", message: `has ${bytes} bytes as JSON, at most ${max}` }];
}

function signingSecretMistakes(delivery: Delivery, secret: string | null | undefined): Mistake[] {
  if (secret === undefined || secret === null || secret === generate) return [];
  const parsed = delivery.parseSigningSecret(secret);
  return parsed.ok ? [] : [{ pointer: "/signing_secret", message: `${parsed.message} Or "${generate}" to have one made.` }];
}

function madeSigningSecret(): string {
  return `whsec_${randomBytes(signingSecretBytes).toString("base64")}`;
}

/** Whether a request would look different; headers are compared by the caller, which has them open. */
function looksDifferent(before: SubscriptionSettings, after: SubscriptionSettings): boolean {
  const look = ({ url, timeout_ms, signatures }: SubscriptionSettings) => JSON.stringify([url, timeout_ms, signatures]);
  return look(before) !== look(after);
}
