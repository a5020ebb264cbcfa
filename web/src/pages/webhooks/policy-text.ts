import { namedPolicies } from "@bellhop/contract/policies";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { waitsText } from "./waits.ts";

export const pauseText = (pause: "hold" | "drop"): string =>
  pause === "hold" ? "What happens in a pause is held." : "What happens in a pause is dropped.";

/** `again after 5 s, 5 min, … What happens in a pause is held.` */
export function policyText(policy: SubscriptionView["policy"]): string {
  const waits = typeof policy === "string" ? namedPolicies[policy].waitsS : policy.waits_s;
  const pause = typeof policy === "string" ? namedPolicies[policy].pause : (policy.pause ?? "hold");
  return `again after ${waitsText(waits)}. ${pauseText(pause)}`;
}
