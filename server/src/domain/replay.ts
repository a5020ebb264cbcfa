// What a replay of many takes: which notifications by what happened to them, and which events by the rules as they are now.
import type { Catalogue } from "./catalogue.ts";
import { whyNot } from "./matching.ts";
import type { AppFacts, InstallationFacts, SubscriptionFacts } from "./matching.ts";

export type Include = "failed" | "all" | "missed";

/** `kind` of the newest step (a attempt, h held, e ended), null where there is none; `planned`: it says when the next attempt is. */
export type LastStep = { readonly kind: "a" | "h" | "e" | null; readonly planned: boolean; readonly delivered: boolean };

/** Nothing that still waits, is retried or is held: its own next attempt comes anyway. */
export function isReplayed(include: "failed" | "all", { kind, planned, delivered }: LastStep): boolean {
  const isOver = kind === "e" || (kind === "a" && !planned);
  return isOver && (include === "all" || !delivered);
}

/** Null for all topics. */
export function isAskedFor(topics: readonly string[] | null, topic: string): boolean {
  return topics === null || topics.includes(topic);
}

/** Under which name an event of this topic would be made now, null where it would not. */
export function nameNow(
  catalogue: Catalogue,
  topic: string,
  installation: InstallationFacts,
  app: AppFacts,
  subscription: SubscriptionFacts,
): string | null {
  const found = catalogue.topicNamed(topic);
  if (found === null) return null;
  const match = whyNot(catalogue, found, installation, app, subscription);
  return "name" in match ? match.name : null;
}
