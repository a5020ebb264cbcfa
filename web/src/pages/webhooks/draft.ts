// What is typed in the form of a subscription, before it is a request: text where people type, and only what was changed is
// sent, since headers and secrets cannot be read back.
import type { NewSubscription, SubscriptionChange, SubscriptionView } from "@bellhop/contract/subscriptions";
import { namedPolicies } from "@bellhop/contract/policies";
import { readWaits, waitsText } from "./waits.ts";

/** `kept`: its value is stored and cannot be shown; empty and not kept: it is to be entered. */
export type HeaderDraft = { readonly key: number; readonly name: string; readonly value: string; readonly kept: boolean };

export type Draft = {
  readonly url: string;
  readonly name: string;
  readonly topics: readonly string[];
  readonly topicsOff: readonly string[];
  readonly policy: "durable" | "intercom" | "own";
  readonly waits: string;
  readonly pause: "hold" | "drop";
  /** Empty: what the policy says. */
  readonly timeoutSeconds: string;
  readonly maxInFlight: string;
  readonly ordered: boolean;
  readonly signatures: SubscriptionView["signatures"];
  readonly secret: "kept" | "app" | "generate" | "given";
  readonly givenSecret: string;
  readonly headers: readonly HeaderDraft[];
};

const waitsSuggested = [30, 300, 3_600, 21_600];

export function emptyDraft(url: string): Draft {
  return {
    url,
    name: "",
    topics: [],
    topicsOff: [],
    policy: "durable",
    waits: waitsText(waitsSuggested),
    pause: "hold",
    timeoutSeconds: "",
    maxInFlight: "",
    ordered: false,
    signatures: ["x-hub-signature", "standard-webhooks"],
    secret: "app",
    givenSecret: "",
    headers: [],
  };
}

export function draftOf(subscription: SubscriptionView): Draft {
  const { policy } = subscription;
  const own = typeof policy === "string" ? null : policy;
  return {
    url: subscription.url,
    name: subscription.name ?? "",
    topics: subscription.topics,
    topicsOff: subscription.topics_off,
    policy: typeof policy === "string" ? policy : "own",
    waits: waitsText(own?.waits_s ?? waitsSuggested),
    pause: own?.pause ?? "hold",
    timeoutSeconds: subscription.timeout_ms === policyTimeoutMs(policy) ? "" : String(subscription.timeout_ms / 1_000),
    maxInFlight: String(subscription.max_in_flight),
    ordered: subscription.ordered,
    signatures: subscription.signatures,
    secret: subscription.has_signing_secret ? "kept" : "app",
    givenSecret: "",
    headers: Object.keys(subscription.headers).map((name, key) => ({ key, name, value: "", kept: true })),
  };
}

/** What an endpoint has to answer in, unless the subscription says otherwise; one's own waits have that of `durable`. */
export const policyTimeoutMs = (policy: SubscriptionView["policy"]): number =>
  namedPolicies[policy === "intercom" ? "intercom" : "durable"].timeoutMs;

export const isDirty = (draft: Draft, before: Draft): boolean => JSON.stringify(draft) !== JSON.stringify(before);

/** All of a new one that differs from what it would be anyway. */
export function newBody(draft: Draft): NewSubscription {
  const given = Object.entries(changedBody(draft, emptyDraft(""))).filter(([, value]) => value !== null);
  return { url: draft.url, topics: [...draft.topics], ...Object.fromEntries(given) };
}

export function changedBody(draft: Draft, before: Draft): SubscriptionChange {
  const [now, then] = [bodyOf(draft), bodyOf(before)];
  const changed = Object.entries(now).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(then[field as keyof Body]));
  const headers = changedHeaders(draft.headers, before.headers);
  return { ...Object.fromEntries(changed), ...(Object.keys(headers).length === 0 ? {} : { headers }), ...secretOf(draft, before) };
}

/** What the text of the form cannot become; the server says the rest. */
export function waitsMistake({ policy, waits }: Draft): string | undefined {
  const read = readWaits(waits);
  return policy === "own" && !read.ok ? read.message : undefined;
}

type Body = ReturnType<typeof bodyOf>;

function bodyOf(draft: Draft) {
  return {
    url: draft.url.trim(),
    name: draft.name === "" ? null : draft.name,
    topics: draft.topics,
    topics_off: draft.topicsOff,
    policy: policyOf(draft),
    timeout_ms: draft.timeoutSeconds === "" ? null : Math.round(Number(draft.timeoutSeconds) * 1_000),
    max_in_flight: draft.maxInFlight === "" ? null : Number(draft.maxInFlight),
    ordered: draft.ordered,
    signatures: draft.signatures,
  };
}

function policyOf({ policy, waits, pause }: Draft): NonNullable<SubscriptionChange["policy"]> {
  if (policy !== "own") return policy;
  const read = readWaits(waits);
  return { waits_s: read.ok ? read.seconds : [], pause };
}

function changedHeaders(now: readonly HeaderDraft[], before: readonly HeaderDraft[]): Record<string, string | null> {
  const gone = before.filter(({ key }) => !now.some((header) => header.key === key)).map(({ name }) => [name, null] as const);
  const entered = now.filter(({ kept, name }) => !kept && name !== "").map(({ name, value }) => [name, value] as const);
  return Object.fromEntries([...gone, ...entered]);
}

function secretOf({ secret, givenSecret }: Draft, before: Draft): { signing_secret?: string | null } {
  if (secret === "generate") return { signing_secret: "generate" };
  if (secret === "given") return { signing_secret: givenSecret };
  return secret === "app" && before.secret === "kept" ? { signing_secret: null } : {};
}
