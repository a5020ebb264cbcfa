// A subscription as its owner sees it, and as the audit keeps it: names of headers, never their values.
import type { BrakeOnSubscription } from "@bellhop/contract/brakes";
import type { Reason } from "@bellhop/contract/reasons";
import { stateCauses } from "@bellhop/contract/subscriptions-states";
import { maskedValue, subscriptionLimits } from "@bellhop/contract/subscriptions";
import type { Held, SubscriptionView } from "@bellhop/contract/subscriptions";
import type { Catalogue } from "../domain/catalogue.ts";
import { backingOffUntilMs } from "../domain/health.ts";
import type { HealthCause } from "../domain/health.ts";
import { timeoutMsOf } from "../domain/policy.ts";
import { alwaysOn, stateOf, topicErrors } from "../domain/subscription.ts";
import type { AppRow } from "../store/directory-rows.ts";
import type { SubscriptionRecord, SubscriptionSettings } from "../store/subscriptions.ts";

/** What is known of a subscription beside its own row. */
export type Beside = { readonly brakes: readonly BrakeOnSubscription[]; readonly held: Held | null };

export function subscriptionView(
  catalogue: Catalogue,
  app: AppRow,
  record: SubscriptionRecord,
  { brakes, held }: Beside,
): SubscriptionView {
  return {
    id: record.id,
    app: app.id,
    name: record.name,
    url: record.url,
    topics: [...alwaysOn(catalogue, app.api_version), ...record.topics],
    topics_off: [...record.topics_off],
    topic_errors: topicErrors(catalogue, { version: app.api_version, permissions: app.permissions }, record.topics),
    ...stateView(record),
    failing: failingView(record),
    held,
    brakes: [...brakes],
    last_ping: record.ping && record.pinged_at && { at: record.pinged_at.toISOString(), ...record.ping },
    policy: record.policy,
    timeout_ms: timeoutMsOf(record.policy, record.timeout_ms),
    headers: Object.fromEntries(record.header_names.map((name) => [name, maskedValue])),
    rate_per_second: record.rate_per_second,
    max_in_flight: record.max_in_flight ?? subscriptionLimits.inFlightDefault,
    signatures: [...record.signatures] as SubscriptionView["signatures"],
    has_signing_secret: record.sealed_signing_secret !== null,
    ordered: record.ordered,
    metadata: record.metadata,
    revision: record.revision,
    created_at: record.created_at.toISOString(),
  };
}

function stateView(
  record: SubscriptionRecord,
): Pick<SubscriptionView, "state" | "state_cause" | "state_sentence" | "state_fix" | "state_since" | "state_until" | "backing_off_until"> {
  const derived = derivedState(record, record.state, record.state_cause);
  const { sentence = null, fix = null } = causeOf(derived.state_cause) ?? {};
  const ends = derived.state === "paused" || derived.state === "throttled" ? record.until : null;
  const backingOffMs = derived.state === "live" && record.health ? backingOffUntilMs(record.health) : null;
  return {
    ...derived,
    state_sentence: sentence,
    state_fix: fix,
    state_since: record.state_since.toISOString(),
    state_until: ends && ends.toISOString(),
    backing_off_until: backingOffMs === null ? null : new Date(backingOffMs).toISOString(),
  };
}

/** Every cause that can be stored has its sentence. */
const causes: Record<HealthCause | "no_topic_on", Reason> = stateCauses;

/** Null for what has no cause: a subscription that has always been live. */
export function causeOf(cause: string | null): Reason | null {
  return cause !== null && cause in causes ? causes[cause as keyof typeof causes] : null;
}

function failingView({ health }: SubscriptionRecord): SubscriptionView["failing"] {
  const days = health?.failures.days ?? null;
  return days && { since: new Date(days.firstMs).toISOString(), attempts: days.failures, warned_day: days.warnedDay };
}

const audited = [
  "name",
  "url",
  "topics",
  "topics_off",
  "policy",
  "timeout_ms",
  "rate_per_second",
  "max_in_flight",
  "signatures",
  "ordered",
  "metadata",
  "header_names",
  "revision",
] as const satisfies (keyof SubscriptionSettings)[];

/** For the audit, with what the log needs to say how a request looked under an earlier revision. Nothing that is sealed. */
export function auditView(settings: SubscriptionSettings, state: SubscriptionRecord["state"], cause: string | null): object {
  return {
    ...Object.fromEntries(audited.map((field) => [field, settings[field]])),
    has_signing_secret: settings.sealed_signing_secret !== null,
    ...derivedState(settings, state, cause),
  };
}

type Chosen = Pick<SubscriptionSettings, "topics" | "topics_off">;

export function derivedState(
  { topics, topics_off: topicsOff }: Chosen,
  stored: SubscriptionRecord["state"],
  cause: string | null,
): Pick<SubscriptionView, "state" | "state_cause"> {
  const state = stateOf({ topics, topicsOff }, stored);
  return { state, state_cause: state === "off" ? "no_topic_on" : cause };
}
