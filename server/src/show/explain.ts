// Why an app is notified of a topic in a workspace, or why not: each rule of matching with yes or no, as things are now.
import { explainedAppsMax } from "@bellhop/contract/explain";
import type { Explain, ExplainQuery } from "@bellhop/contract/explain";
import type { Topic } from "@bellhop/contract/catalogue";
import type { Reason } from "@bellhop/contract/reasons";
import type { Catalogue } from "../domain/catalogue.ts";
import { explain, whyNot } from "../domain/matching.ts";
import type { AppFacts, InstallationFacts, SubscriptionFacts } from "../domain/matching.ts";
import { Problem } from "../domain/problem.ts";
import { appRows, installationRows, subscriptionRows } from "../store/directory-rows.ts";
import type { AppRow, InstallationRow, SubscriptionRow } from "../store/directory-rows.ts";
import type { Connection } from "../store/sql.ts";
import { findApp, findWorkspace, unknownApp } from "./find.ts";
import type { Asking } from "./find.ts";
import { notMadeReason } from "./sentence.ts";

const nearestCount = 3;

/** In the list of reasons this is said of an app; here another subscription of it may have chosen the topic. */
const notChosen: Reason = {
  sentence: "The subscription has not chosen this topic.",
  fix: "Add the topic to this subscription if it is wanted here.",
};

export async function explainMatching(on: Connection, catalogue: Catalogue, query: ExplainQuery, asking: Asking): Promise<Explain> {
  const workspace = await findWorkspace(on, query.workspace_id, asking);
  const topic = topicAsked(catalogue, query.topic);
  const installed = await installationRows(on, [workspace.ref]);
  const refs = query.app === undefined ? installed.map(({ app }) => app) : [await appAsked(on, query.app, installed, asking)];
  const shown = refs.slice(0, explainedAppsMax);
  const apps = await appRows(on, shown);
  const subscriptions = await subscriptionRows(on, shown);
  return {
    workspace_id: workspace.id,
    topic: topic.name,
    formerly: topic.name === query.topic ? null : query.topic,
    apps: apps.map((app) => {
      const own = subscriptions.filter((each) => each.app === app.ref);
      const explained = (subscription: SubscriptionRow | null) =>
        explainOne(catalogue, topic, installationOf(app, installed), appFacts(app), subscription);
      return { app: app.id, subscriptions: own.length === 0 ? [explained(null)] : own.map(explained) };
    }),
    apps_left_out: refs.length - shown.length,
  };
}

function topicAsked(catalogue: Catalogue, name: string): Topic {
  const topic = catalogue.topicNamed(name) ?? catalogue.formerly(name)?.topic;
  if (topic) return topic;
  const nearest = catalogue.nearest(name, nearestCount).join(", ");
  const message = `There is no topic ${name}. The nearest: ${nearest}. POST /v1/topics adds one.`;
  throw new Problem("unknown_topic", message, [{ pointer: "/topic", message }]);
}

/** A workspace's own key may ask about what it has installed or owns. */
async function appAsked(on: Connection, name: string, installed: readonly InstallationRow[], asking: Asking): Promise<number> {
  const { ref, owner } = await findApp(on, name);
  const visible = asking.workspace === null || owner === asking.workspace || installed.some(({ app }) => app === ref);
  if (visible && (await appRows(on, [ref])).length > 0) return ref;
  throw unknownApp(name);
}

function installationOf({ ref }: AppRow, installed: readonly InstallationRow[]): InstallationFacts {
  const installation = installed.find(({ app }) => app === ref);
  return { installed: installation !== undefined, permissions: new Set(installation?.permissions) };
}

function appFacts(app: AppRow): AppFacts {
  return { visibility: app.visibility, apiVersion: app.api_version, ownerKind: app.owner_kind, permissions: new Set(app.permissions) };
}

function subscriptionFacts({ state, topics, topics_off: off }: SubscriptionRow): SubscriptionFacts {
  return { state, topics: new Map([...topics.map((topic) => [topic, true] as const), ...off.map((topic) => [topic, false] as const)]) };
}

type Explained = Explain["apps"][number]["subscriptions"][number];

function explainOne(
  catalogue: Catalogue,
  topic: Topic,
  installation: InstallationFacts,
  app: AppFacts,
  subscription: SubscriptionRow | null,
): Explained {
  const facts = subscription && subscriptionFacts(subscription);
  const match = whyNot(catalogue, topic, installation, app, facts ?? { state: "live", topics: new Map() });
  const rules = explain(catalogue, topic, installation, app, facts);
  const found = { subscription: subscription?.id ?? null, rules };
  if ("name" in match && facts) return { ...found, notified: true, topic: match.name, reason: null, sentence: null, fix: null };
  const reason = "name" in match ? "not_subscribed" : match.reason;
  const cause = reason === "not_subscribed" && facts ? notChosen : notMadeReason(reason);
  return { ...found, notified: false, topic: catalogue.nameIn(topic, app.apiVersion), reason, ...cause };
}
