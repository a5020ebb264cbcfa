// What a move from one API version to another does to each chosen topic, from both versions' lists of topics.
import type { OlderStep, TopicView } from "@bellhop/contract/catalogue";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";

export type TopicMove = {
  readonly subscription: SubscriptionView;
  readonly topic: string;
  /** Null: the version does not offer it. */
  readonly newName: string | null;
  /** What becomes of its item, in words. */
  readonly item: readonly string[];
};

export type Versions = { readonly names: readonly string[]; readonly from: string; readonly to: string };

/** `versions.names`: newest first. One entry for each chosen topic of each subscription. */
export function movesOf(
  subscriptions: readonly SubscriptionView[],
  now: readonly TopicView[],
  then: readonly TopicView[],
  versions: Versions,
): TopicMove[] {
  const before = new Map(now.map((topic) => [topic.name, topic]));
  const after = new Map(then.map((topic) => [topic.publish_as, topic]));
  return subscriptions.flatMap((subscription) =>
    subscription.topics.flatMap((topic) => {
      const view = before.get(topic);
      if (view?.always_on) return [];
      const there = view && after.get(view.publish_as);
      return [{ subscription, topic, newName: there?.name ?? null, item: there ? itemChanges(there, versions) : [] }];
    }),
  );
}

export const isUnchanged = ({ topic, newName, item }: TopicMove): boolean => newName === topic && item.length === 0;

/** Offered there and not here. */
export function gained(now: readonly TopicView[], then: readonly TopicView[]): TopicView[] {
  const here = new Set(now.map(({ publish_as }) => publish_as));
  return then.filter(({ publish_as }) => !here.has(publish_as));
}

function itemChanges({ to_older: steps }: TopicView, { names, from, to }: Versions): string[] {
  const age = (version: string): number => names.indexOf(version);
  const isUp = age(to) < age(from);
  const [newer, older] = isUp ? [to, from] : [from, to];
  const crossed = steps.filter(({ since }) => age(since) >= age(newer) && age(since) < age(older));
  return isUp ? crossed.toReversed().map(upText) : crossed.map(downText);
}

const quoted = (key: string): string => `“${key}”`;

function downText({ op, key, to = "", value }: OlderStep): string {
  const texts: Record<OlderStep["op"], string> = {
    unwrap: `the item is what was inside ${quoted(key)}`,
    wrap: `the item is inside ${quoted(key)}`,
    rename: `${quoted(key)} is called ${quoted(to)}`,
    drop: `${quoted(key)} is left out`,
    set: `${quoted(key)} is ${JSON.stringify(value)}`,
  };
  return texts[op];
}

function upText({ op, key, to = "", value }: OlderStep): string {
  const texts: Record<OlderStep["op"], string> = {
    unwrap: `the item is inside ${quoted(key)}`,
    wrap: `the item is what was inside ${quoted(key)}`,
    rename: `${quoted(to)} is called ${quoted(key)}`,
    drop: `${quoted(key)} is new`,
    set: `${quoted(key)} is no longer ${JSON.stringify(value)}`,
  };
  return texts[op];
}
