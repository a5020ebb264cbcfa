// What permissions unlock, and what of it subscriptions have chosen. Any one of a topic's permissions is enough.
import type { Answer } from "../../api/client.ts";

export type App = Answer<"readApp">;
export type Topic = Answer<"listTopics">["data"][number];
export type Subscription = Answer<"listSubscriptions">["data"][number];

/** All there are: id -> label, and the topics of the app's API version. */
export type Permissions = { readonly labels: Readonly<Record<string, string>>; readonly topics: readonly Topic[] };

export const unlockedBy = (topics: readonly Topic[], held: readonly string[]): readonly Topic[] =>
  topics.filter(({ permissions }) => permissions.some((permission) => held.includes(permission)));

/** A chosen topic that works with the permissions of before and no longer with those after. */
export type Stopped = { readonly topic: string; readonly subscriptions: readonly Subscription[] };

export function stoppedTopics(
  topics: readonly Topic[],
  subscriptions: readonly Subscription[],
  before: readonly string[],
  after: readonly string[],
): Stopped[] {
  const remaining = new Set(unlockedBy(topics, after));
  return unlockedBy(topics, before)
    .filter((topic) => !remaining.has(topic))
    .map(({ name }) => ({ topic: name, subscriptions: subscriptions.filter((each) => each.topics.includes(name)) }))
    .filter((each) => each.subscriptions.length > 0);
}

export const nameOf = ({ name, url }: Subscription): string => name ?? url;
