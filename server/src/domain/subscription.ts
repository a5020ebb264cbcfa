// What a subscription means, from its rows: its state, its topics under the names of the app's version, and what its
// owner should know about it.
import type { Topic } from "@bellhop/contract/catalogue";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import type { Mistake } from "@bellhop/contract/problems";
import type { Catalogue } from "./catalogue.ts";
import { topicChosenAs } from "./versions.ts";

export type SubscriptionState = SubscriptionView["state"];

/** Chosen topics in the app's version; `topicsOff` are those of them that make nothing. */
export type ChosenTopics = { readonly topics: readonly string[]; readonly topicsOff: readonly string[] };

/** A subscription with no topic on is off, whatever its endpoint last did. */
export function stateOf({ topics, topicsOff }: ChosenTopics, stored: SubscriptionState): SubscriptionState {
  const off = new Set(topicsOff);
  return topics.every((topic) => off.has(topic)) ? "off" : stored;
}

/**
 * The choice after a change. Switching off adds what was not chosen; new topics alone keep what is off; topics that are
 * always on are not kept in the choice, so that they can never be taken out of it.
 */
export function chooseTopics(
  catalogue: Catalogue,
  before: ChosenTopics,
  topics: readonly string[] | undefined,
  topicsOff: readonly string[] | undefined,
): ChosenTopics {
  const chosen = new Set([...(topics ?? before.topics), ...(topicsOff ?? [])]);
  for (const name of chosen) if (isAlwaysOn(catalogue, name)) chosen.delete(name);
  const off = new Set(topicsOff ?? before.topicsOff);
  return { topics: [...chosen], topicsOff: [...chosen].filter((name) => off.has(name)) };
}

/** The topics of a version that every subscription has. */
export function alwaysOn(catalogue: Catalogue, version: string): string[] {
  return catalogue.topics.flatMap((topic) => (topic.always_on === true ? (catalogue.nameIn(topic, version) ?? []) : []));
}

/** Names shown, of so many asked for: what another version offers is no help. */
const nearestShown = 3;
const nearestAsked = 12;

/** What is wrong with a topic's name for an app of this version; null when it is good. The right name is in the answer. */
export function topicMistake(catalogue: Catalogue, version: string, name: string): string | null {
  if (topicChosenAs(catalogue, name, version) !== null) return null;
  const topic = catalogue.topicNamed(name) ?? catalogue.formerly(name)?.topic ?? null;
  if (topic === null) return unknownTopic(catalogue, version, name);
  const right = catalogue.nameIn(topic, version);
  if (right !== null) return `is called "${right}" in API version ${version}`;
  return `is not offered in API version ${version}, which the app is on; ${offeredIn(catalogue, topic)}`;
}

function unknownTopic(catalogue: Catalogue, version: string, name: string): string {
  const nearest = catalogue.nearest(name, nearestAsked).flatMap((near) => {
    const topic = catalogue.topicNamed(near);
    return topic === null ? [] : (catalogue.nameIn(topic, version) ?? []);
  });
  const perhaps = nearest.length === 0 ? "" : `; the nearest are ${nearest.slice(0, nearestShown).join(", ")}`;
  return `there is no topic "${name}"${perhaps}; POST /v1/topics adds one`;
}

function offeredIn(catalogue: Catalogue, topic: Topic): string {
  const versions = catalogue.versions.filter((version) => catalogue.nameIn(topic, version) !== null);
  return `it is from ${versions[0]} to ${versions.at(-1)}`;
}

/** Every mistake in the topics of a request, each at its place. */
export function topicMistakes(
  catalogue: Catalogue,
  version: string,
  names: readonly string[] | undefined,
  pointer: "/topics" | "/topics_off",
): Mistake[] {
  return (names ?? []).flatMap((name, index) => {
    const message = topicMistake(catalogue, version, name) ?? alwaysOnMistake(catalogue, name, pointer);
    return message === null ? [] : [{ pointer: `${pointer}/${index}`, message }];
  });
}

function alwaysOnMistake(catalogue: Catalogue, name: string, pointer: string): string | null {
  return pointer === "/topics_off" && isAlwaysOn(catalogue, name) ? `"${name}" is always subscribed and cannot be switched off` : null;
}

function isAlwaysOn(catalogue: Catalogue, name: string): boolean {
  return catalogue.topicNamed(name)?.always_on === true;
}

/** Chosen topic -> why it makes nothing for any installation of the app as it is now. */
export function topicErrors(
  catalogue: Catalogue,
  app: { version: string; permissions: readonly string[] },
  topics: readonly string[],
): Record<string, "missing_permission" | "not_in_version"> {
  const errors: Record<string, "missing_permission" | "not_in_version"> = {};
  for (const name of topics) {
    const topic = topicChosenAs(catalogue, name, app.version);
    if (topic === null) errors[name] = "not_in_version";
    else if (!holdsAny(catalogue.permissionsOf(topic), app.permissions)) errors[name] = "missing_permission";
  }
  return errors;
}

function holdsAny(needed: readonly string[], held: readonly string[]): boolean {
  return needed.length === 0 || needed.some((permission) => held.includes(permission));
}

type Endpoint = { readonly id: string; readonly name: string | null; readonly url: string; readonly topics: readonly string[] };

/** One warning for each other subscription of the app that sends some of the same topics to the same URL. */
export function duplicateWarnings(saved: Endpoint, others: readonly Endpoint[]): string[] {
  const mine = new Set(saved.topics);
  return others.flatMap((other) => {
    if (other.id === saved.id || sameUrl(other.url) !== sameUrl(saved.url)) return [];
    const both = other.topics.filter((topic) => mine.has(topic));
    if (both.length === 0) return [];
    const named = other.name === null ? other.id : `${other.id} (${other.name})`;
    return [`${named} sends ${both.join(", ")} to the same URL too: each event arrives there twice.`];
  });
}

/** URLs that differ in spelling only, such as the case of the host, are the same endpoint. */
function sameUrl(url: string): string {
  return new URL(url).href;
}
