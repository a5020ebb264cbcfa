// A subscription as its owner sees it, and as the audit keeps it: names of headers, never their values.
import { maskedValue, subscriptionLimits } from "@bellhop/contract/subscriptions";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import type { Catalogue } from "../domain/catalogue.ts";
import { timeoutMsOf } from "../domain/policy.ts";
import { alwaysOn, stateOf, topicErrors } from "../domain/subscription.ts";
import type { AppRow } from "../store/directory-rows.ts";
import type { SubscriptionRecord, SubscriptionSettings } from "../store/subscriptions.ts";

export function subscriptionView(catalogue: Catalogue, app: AppRow, record: SubscriptionRecord): SubscriptionView {
  return {
    id: record.id,
    app: app.id,
    name: record.name,
    url: record.url,
    topics: [...alwaysOn(catalogue, app.api_version), ...record.topics],
    topics_off: [...record.topics_off],
    topic_errors: topicErrors(catalogue, { version: app.api_version, permissions: app.permissions }, record.topics),
    ...derivedState(record, record.state, record.state_cause),
    state_since: record.state_since.toISOString(),
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
