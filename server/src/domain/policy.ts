// A subscription's delivery policy: when it is tried again, how long an answer may take, what a pause does to what is
// new. The numbers of those with a name are in the contract. docs/receiving.md says the same to people.
import { namedPolicies } from "@bellhop/contract/policies";
import { subscriptionLimits } from "@bellhop/contract/subscriptions";
import type { Policy as PolicyDocument } from "@bellhop/contract/subscriptions";
import type { Mistake } from "@bellhop/contract/problems";

export type Policy = {
  readonly name: "durable" | "intercom" | "own";
  /** Seconds before the second, third… attempt; after the last of them the notification ends. */
  readonly waitsS: readonly number[];
  /** Each wait is multiplied by 0.8 to 1.2, so that an outage's retries do not all come back at once. */
  readonly jitter: boolean;
  /** What happens to notifications that are made while the subscription is paused. */
  readonly pause: "hold" | "drop";
  /** For a whole exchange, unless the subscription has a time of its own. */
  readonly timeoutMs: number;
  /** After this long with nothing but 429 the notification ends. */
  readonly throttledSecondsMax: number;
};

const durable: Policy = { name: "durable", jitter: true, ...namedPolicies.durable };
const intercom: Policy = { name: "intercom", jitter: false, ...namedPolicies.intercom };

/** The policy of a stored document, which was checked when it was saved. */
export function readPolicy(document: PolicyDocument): Policy {
  if (document === "durable") return durable;
  if (document === "intercom") return intercom;
  const like = document.pause === "drop" ? intercom : durable;
  return { ...durable, name: "own", waitsS: document.waits_s, pause: like.pause, throttledSecondsMax: like.throttledSecondsMax };
}

/** Milliseconds for a whole exchange. */
export function timeoutMsOf(document: PolicyDocument, own: number | null): number {
  return own ?? readPolicy(document).timeoutMs;
}

/** What a schema cannot say: all waits together must leave time to end within the retention. */
export function policyMistakes(document: PolicyDocument): Mistake[] {
  if (typeof document === "string") return [];
  const sum = document.waits_s.reduce((all, wait) => all + wait, 0);
  const max = subscriptionLimits.waitSecondsSumMax;
  return sum <= max ? [] : [{ pointer: "/policy/waits_s", message: `add up to ${sum} seconds, at most ${max} (4 days)` }];
}
