// Who gets a notification. One list of rules, in one order, is asked three times: by fan-out for each subscription of
// an app that is installed in the event's workspace, by the explorer for every rule, and, for what may change while a
// notification waits, again before each request. Everything here is plain data and pure.
import type { Topic } from "@bellhop/contract/catalogue";
import type { EndedReason, NotMadeReason } from "@bellhop/contract/reasons";
import type { Catalogue } from "./catalogue.ts";

export type InstallationFacts = { installed: boolean; permissions: ReadonlySet<string> };

export type AppFacts = {
  visibility: "private" | "public";
  apiVersion: string;
  ownerKind: "paid" | "development" | "trial";
  /** What the app asks for. */
  permissions: ReadonlySet<string>;
};

export type SubscriptionFacts = {
  state: "live" | "paused" | "throttled" | "suspended" | "disabled" | "off";
  /** The topic's name as chosen in the app's version -> is it on? */
  topics: ReadonlyMap<string, boolean>;
};

/** The name under which the app receives the topic, or the first rule that does not hold. */
export type Match = { name: string } | { reason: NotMadeReason | "not_installed" };

export type RuleName = "installed" | "permission" | "version" | "subscribed" | "state" | "topic_on" | "entitled" | "filter";
export type Explanation = { rule: RuleName; holds: boolean; detail: string };

type Question = {
  catalogue: Catalogue;
  topic: Topic;
  installation: InstallationFacts;
  app: AppFacts;
  /** Null in the explorer, for an app that has none. */
  subscription: SubscriptionFacts | null;
  name: string | null;
};

type Rule = {
  rule: RuleName;
  /** Null when the rule holds. */
  broken(question: Question): NotMadeReason | "not_installed" | null;
  detail(question: Question, holds: boolean): string;
};

const rules: readonly Rule[] = [
  {
    rule: "installed",
    broken: ({ installation }) => (installation.installed ? null : "not_installed"),
    detail: (_, holds) => `The app is ${holds ? "" : "not "}installed in the workspace.`,
  },
  {
    rule: "permission",
    broken: (question) => (holdsPermission(question) ? null : "missing_permission"),
    detail: permissionDetail,
  },
  {
    rule: "version",
    broken: ({ name }) => (name === null ? "not_in_version" : null),
    detail: ({ app, topic, name }) =>
      name === null
        ? `API version ${app.apiVersion} does not offer ${topic.name}.`
        : `API version ${app.apiVersion} offers the topic as ${name}.`,
  },
  {
    rule: "subscribed",
    broken: (question) => (isChosen(question) ? null : "not_subscribed"),
    detail: ({ subscription }, holds) =>
      subscription === null ? "The app has no subscription." : `The subscription has ${holds ? "" : "not "}chosen the topic.`,
  },
  {
    rule: "state",
    broken: ({ catalogue, subscription }) => (subscription === null ? "subscription_off" : stopped(catalogue, subscription)),
    detail: stateDetail,
  },
  {
    rule: "topic_on",
    broken: (question) => (isTopicOn(question) ? null : "topic_off"),
    detail: (_, holds) => `The topic is ${holds ? "" : "not "}switched on in the subscription.`,
  },
  {
    rule: "entitled",
    broken: ({ app }) => (app.ownerKind === "trial" ? "owner_not_entitled" : null),
    detail: ({ app }) => `The workspace that owns the app is of kind ${app.ownerKind}.`,
  },
  {
    rule: "filter",
    broken: () => null,
    detail: () => "The subscription has no filter.",
  },
];

/** Decided when the event is published: the topic's name for this subscription, or why nothing is made. */
export function whyNot(
  catalogue: Catalogue,
  topic: Topic,
  installation: InstallationFacts,
  app: AppFacts,
  subscription: SubscriptionFacts,
): Match {
  const question = asked(catalogue, topic, installation, app, subscription);
  for (const rule of rules) {
    const reason = rule.broken(question);
    if (reason !== null) return { reason };
  }
  return question.name === null ? { reason: "not_in_version" } : { name: question.name };
}

/** Every rule with yes or no. */
export function explain(
  catalogue: Catalogue,
  topic: Topic,
  installation: InstallationFacts,
  app: AppFacts,
  subscription: SubscriptionFacts | null,
): Explanation[] {
  const question = asked(catalogue, topic, installation, app, subscription);
  return rules.map(({ rule, broken, detail }) => {
    const holds = broken(question) === null;
    return { rule, holds, detail: detail(question, holds) };
  });
}

/**
 * Looked at again before each request: why the notification ends now, or null to send it. A topic switched off and a
 * version moved do not call back what was made. `topic` is null when the catalogue lost it since, `subscription` when
 * it was deleted.
 */
export function whyNotNow(
  catalogue: Catalogue,
  topic: Topic | null,
  installation: InstallationFacts,
  app: AppFacts,
  subscription: SubscriptionFacts | null,
): EndedReason | null {
  if (!installation.installed) return "uninstalled";
  if (topic !== null && !holdsPermission({ catalogue, topic, installation, app })) return "permission_removed";
  return subscription === null ? "subscription_deleted" : stopped(catalogue, subscription);
}

function asked(
  catalogue: Catalogue,
  topic: Topic,
  installation: InstallationFacts,
  app: AppFacts,
  subscription: SubscriptionFacts | null,
): Question {
  return { catalogue, topic, installation, app, subscription, name: catalogue.nameIn(topic, app.apiVersion) };
}

/**
 * A private app's installations hold what the app asks for. A public app's hold what the workspace consented to, as far
 * as the app still asks for it: taking a permission out of an app stops its topics at once, everywhere.
 */
function holdsPermission({ catalogue, topic, installation, app }: Pick<Question, "catalogue" | "topic" | "installation" | "app">): boolean {
  const needed = catalogue.permissionsOf(topic);
  const consented = (permission: string) => app.visibility === "private" || installation.permissions.has(permission);
  return needed.length === 0 || needed.some((permission) => app.permissions.has(permission) && consented(permission));
}

function isChosen({ topic, subscription, name }: Question): boolean {
  if (subscription === null || name === null) return false;
  return topic.always_on === true || subscription.topics.has(name);
}

function isTopicOn(question: Question): boolean {
  const { topic, subscription, name } = question;
  if (!isChosen(question)) return false;
  return topic.always_on === true || subscription?.topics.get(name ?? "") === true;
}

/** Paused, throttled and suspended subscriptions still get notifications: their owner holds or ends them. */
function stopped(catalogue: Catalogue, { state, topics }: SubscriptionFacts) {
  if (state === "off" || !hasTopicOn(catalogue, topics)) return "subscription_off";
  return state === "disabled" ? "subscription_disabled" : null;
}

/** A topic that is always on does not count: with it alone, no subscription would ever be off. */
function hasTopicOn(catalogue: Catalogue, topics: SubscriptionFacts["topics"]): boolean {
  for (const [name, on] of topics) {
    if (on && catalogue.topicNamed(name)?.always_on !== true) return true;
  }
  return false;
}

function permissionDetail({ catalogue, topic, app }: Question, holds: boolean): string {
  const needed = catalogue.permissionsOf(topic);
  if (needed.length === 0) return "The topic needs no permission.";
  const list = needed.join(", ");
  if (holds) return `The installation holds a permission that the topic needs (any one of ${list}).`;
  const asks = needed.some((permission) => app.permissions.has(permission));
  return asks
    ? `The workspace has not consented to a permission that the topic needs (any one of ${list}).`
    : `The app asks for none of the permissions that the topic needs (any one of ${list}).`;
}

function stateDetail({ subscription, catalogue }: Question): string {
  if (subscription === null) return "The app has no subscription.";
  if (subscription.state !== "off" && !hasTopicOn(catalogue, subscription.topics)) {
    return "The subscription has no topic switched on.";
  }
  return `The subscription is ${subscription.state}.`;
}
