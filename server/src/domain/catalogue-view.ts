// Topics as GET /v1/topics shows them: as published, or as an app of one API version meets them.
import type { Topic, TopicView } from "@bellhop/contract/catalogue";
import type { Catalogue } from "./catalogue.ts";
import { itemForVersion } from "./older-item.ts";

/** The topics that a version offers; every topic under its newest name where `version` is null. */
export function topicViews(catalogue: Catalogue, version: string | null): TopicView[] {
  return catalogue.topics.flatMap((topic) => topicView(catalogue, topic, version) ?? []);
}

/** Null when the version does not offer the topic. */
export function topicView(catalogue: Catalogue, topic: Topic, version: string | null): TopicView | null {
  const name = version === null ? topic.name : catalogue.nameIn(topic, version);
  if (name === null) return null;
  const sample = sampleFor(catalogue, topic, version);
  return {
    name,
    publish_as: topic.name,
    description: topic.description,
    permissions: topic.permissions,
    // An older shape may have another type, which only its sample shows.
    item_type: typeof sample?.type === "string" ? sample.type : topic.item_type,
    since: topic.since,
    until: topic.until ?? null,
    formerly: topic.formerly ?? [],
    to_older: topic.to_older ?? [],
    always_on: topic.always_on ?? false,
    undocumented: topic.undocumented ?? false,
    sample,
  };
}

function sampleFor(catalogue: Catalogue, topic: Topic, version: string | null): TopicView["sample"] {
  if (topic.sample === undefined) return null;
  if (version === null || topic.to_older === undefined) return topic.sample;
  return JSON.parse(itemForVersion(JSON.stringify(topic.sample), topic, version, catalogue));
}
