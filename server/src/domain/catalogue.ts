// The topic catalogue as an indexed, immutable value. A topic has one newest name, under which events are published,
// and may have had other names in earlier API versions; an app chooses and receives the name of its own version.
// Whatever fan-out asks for each app is a lookup here: nothing searches the document.
import assert from "node:assert/strict";
import { catalogueShapeMistakes } from "@bellhop/contract/catalogue";
import type { CatalogueDocument, Topic } from "@bellhop/contract/catalogue";
import type { Mistake } from "@bellhop/contract/problems";
import { catalogueMistakes } from "./catalogue-mistakes.ts";
import { nearestTopics } from "./catalogue-nearest.ts";
import { soundParts } from "./catalogue-sound.ts";

export type Catalogue = {
  readonly document: CatalogueDocument;
  /** From the oldest to the newest. */
  readonly versions: readonly string[];
  readonly defaultVersion: string;
  /** Id -> label. */
  readonly permissions: ReadonlyMap<string, string>;
  readonly topics: readonly Topic[];
  /** The topic with this newest name. */
  topicNamed(name: string): Topic | null;
  /** The topic that had this name in earlier versions, and its newest name. */
  formerly(name: string): { topic: Topic; newestName: string } | null;
  /** Up to `count` newest names of topics that can be published, the most similar first. */
  nearest(name: string, count: number): string[];
  /** What an app of that version calls the topic; null where the version does not offer it. */
  nameIn(topic: Topic, version: string): string | null;
  /** Any one of them is enough; empty: none is needed. */
  permissionsOf(topic: Topic): readonly string[];
  hasVersion(version: string): boolean;
  /** Negative when `a` is older than `b`. Both must be versions of this catalogue. */
  compareVersions(a: string, b: string): number;
};

export type CatalogueRead = { ok: true; catalogue: Catalogue } | { ok: false; mistakes: Mistake[] };

/** A catalogue from a parsed JSON document, or every mistake in it. */
export function readCatalogue(document: unknown): CatalogueRead {
  const shape = catalogueShapeMistakes(document);
  const mistakes = [...shape, ...catalogueMistakes(soundParts(document, shape))];
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, catalogue: indexed(document as CatalogueDocument) };
}

function indexed(document: CatalogueDocument): Catalogue {
  const { versions, topics } = document;
  const order = new Map(versions.map((version, index) => [version, index]));
  const byName = new Map(topics.map((topic) => [topic.name, topic]));
  const byFormerName = new Map(topics.flatMap((topic) => (topic.formerly ?? []).map((former) => [former.name, topic] as const)));
  const namesByVersion = new Map(topics.map((topic) => [topic.name, namesInVersions(topic, order)]));

  // Those that are always on are Bellhop's own.
  const published = topics.filter((topic) => topic.always_on !== true);
  return Object.freeze({
    document,
    versions,
    defaultVersion: document.default_version,
    permissions: new Map(Object.entries(document.permissions)),
    topics,
    topicNamed: (name: string) => byName.get(name) ?? null,
    formerly: (name: string) => {
      const topic = byFormerName.get(name);
      return topic === undefined ? null : { topic, newestName: topic.name };
    },
    nearest: (name: string, count: number) => nearestTopics(published, name, count),
    nameIn: (topic: Topic, version: string) => namesByVersion.get(topic.name)?.get(version) ?? null,
    permissionsOf: (topic: Topic) => topic.permissions,
    hasVersion: (version: string) => order.has(version),
    compareVersions: (a: string, b: string) => positionOf(order, a) - positionOf(order, b),
  });
}

/** Version -> name, only for the versions that offer the topic. */
function namesInVersions(topic: Topic, order: ReadonlyMap<string, number>): Map<string, string> {
  const newest = [...order.keys()].at(-1) ?? topic.since;
  const ranges = [...(topic.formerly ?? []), { name: topic.name, since: topic.since, until: topic.until ?? newest }].map(
    ({ name, since, until }) => ({ name, first: positionOf(order, since), last: positionOf(order, until) }),
  );
  const names = new Map<string, string>();
  for (const [version, position] of order) {
    const range = ranges.find(({ first, last }) => first <= position && position <= last);
    if (range !== undefined) names.set(version, range.name);
  }
  return names;
}

function positionOf(order: ReadonlyMap<string, number>, version: string): number {
  const position = order.get(version);
  assert(position !== undefined, `unknown API version ${version}`);
  return position;
}
