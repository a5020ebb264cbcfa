// One topic added, changed or removed: the document with the change is read again as a whole, so that a changed
// catalogue obeys exactly the rules of one that was sent whole. Pointers of mistakes point into the topic that was sent.
import { TopicSchema } from "@bellhop/contract/catalogue";
import type { CatalogueDocument } from "@bellhop/contract/catalogue";
import { readCatalogue } from "./catalogue.ts";
import type { Catalogue, CatalogueRead } from "./catalogue.ts";

/** With a new topic. A name that is taken is a mistake. */
export function withTopic(catalogue: Catalogue, topic: unknown): CatalogueRead {
  return changed(catalogue, [...catalogue.topics, topic], catalogue.topics.length);
}

/**
 * With some fields of a topic changed; null removes a field that is optional. The name cannot change: subscriptions
 * have chosen it, and a former name belongs to versions, which only the whole document can say.
 */
export function withTopicChanged(catalogue: Catalogue, name: string, changes: Record<string, unknown>): CatalogueRead {
  const index = catalogue.topics.findIndex((topic) => topic.name === name);
  if (index < 0) return unknownTopic(name);
  const renamed = changes.name === undefined || changes.name === name ? [] : [{ pointer: "/name", message: "cannot be changed" }];
  const merged = Object.entries({ ...catalogue.topics[index], ...changes, name });
  const topic = Object.fromEntries(merged.filter(([key, value]) => value !== null || !isOptional(key)));
  const read = changed(catalogue, catalogue.topics.with(index, topic as never), index);
  return renamed.length === 0 ? read : { ok: false, mistakes: [...renamed, ...(read.ok ? [] : read.mistakes)] };
}

/** Without a topic. One that is always on cannot go: every subscription has it. */
export function withoutTopic(catalogue: Catalogue, name: string): CatalogueRead {
  const topic = catalogue.topicNamed(name);
  if (topic === null) return unknownTopic(name);
  if (topic.always_on === true) {
    return { ok: false, mistakes: [{ pointer: "/name", message: `"${name}" is always on and cannot be removed` }] };
  }
  return readCatalogue(
    documentWith(
      catalogue,
      catalogue.topics.filter((other) => other !== topic),
    ),
  );
}

function changed(catalogue: Catalogue, topics: readonly unknown[], index: number): CatalogueRead {
  const read = readCatalogue(documentWith(catalogue, topics));
  if (read.ok) return read;
  const at = `/topics/${index}`;
  const mistakes = read.mistakes.map(({ pointer, message }) => ({
    pointer: pointer === at || pointer.startsWith(`${at}/`) ? pointer.slice(at.length) : pointer,
    message,
  }));
  return { ok: false, mistakes };
}

function documentWith(catalogue: Catalogue, topics: readonly unknown[]): unknown {
  return { ...catalogue.document, topics } satisfies Omit<CatalogueDocument, "topics"> & { topics: unknown };
}

function isOptional(key: string): boolean {
  return !(TopicSchema.required as readonly string[]).includes(key);
}

function unknownTopic(name: string): CatalogueRead {
  return { ok: false, mistakes: [{ pointer: "/name", message: `there is no topic "${name}"` }] };
}
