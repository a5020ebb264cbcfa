// Changing the catalogue: one topic or all of it. A change is refused with every mistake listed, and where a subscription
// would lose a topic it has chosen, or an app its version.
import type { TopicView } from "@bellhop/contract/catalogue";
import type { TopicList } from "@bellhop/contract/topics";
import { readCatalogue } from "../domain/catalogue.ts";
import type { Catalogue, CatalogueRead } from "../domain/catalogue.ts";
import { withTopic, withTopicChanged, withoutTopic } from "../domain/catalogue-change.ts";
import { topicView, topicViews } from "../domain/catalogue-view.ts";
import { Problem, taken } from "../domain/problem.ts";
import { writeCatalogue } from "../store/catalogue.ts";
import { change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import { refuseBound } from "./find.ts";
import type { By } from "./find.ts";
import { refuseLosses } from "./topics-losses.ts";
import type { CatalogueHolder } from "./topics-holder.ts";

export type TopicDeps = { readonly database: Database; readonly catalogue: CatalogueHolder };

const nearestCount = 3;

export function listTopics(catalogue: Catalogue, version: string | null): TopicList {
  if (version !== null && !catalogue.hasVersion(version)) {
    const message = `There is no API version "${version}"; there are ${catalogue.versions.join(", ")}.`;
    throw new Problem("invalid_query", message, [{ pointer: "/version", message }]);
  }
  return { version, data: topicViews(catalogue, version) };
}

export async function addTopic(deps: TopicDeps, by: By, topic: unknown): Promise<TopicView> {
  const name = nameOf(topic);
  const changed = await changeCatalogue(deps, by, name, (catalogue) => {
    if (catalogue.topicNamed(name) !== null) throw taken("/name", `There is a topic "${name}" already; PATCH it.`);
    return withTopic(catalogue, topic);
  });
  return viewOf(changed, name);
}

export async function changeTopic(deps: TopicDeps, by: By, name: string, changes: Record<string, unknown>): Promise<TopicView> {
  const changed = await changeCatalogue(deps, by, name, (catalogue) => withTopicChanged(catalogue, known(catalogue, name), changes));
  return viewOf(changed, name);
}

export async function removeTopic(deps: TopicDeps, by: By, name: string): Promise<void> {
  await changeCatalogue(deps, by, name, (catalogue) => withoutTopic(catalogue, known(catalogue, name)));
}

export function replaceCatalogue(deps: TopicDeps, by: By, document: unknown): Promise<Catalogue> {
  return changeCatalogue(deps, by, null, () => readCatalogue(document));
}

/** `topicName` is the one that changes, for the audit; null when all may. */
async function changeCatalogue(
  deps: TopicDeps,
  { actor, asking }: By,
  topicName: string | null,
  make: (catalogue: Catalogue) => CatalogueRead,
): Promise<Catalogue> {
  refuseBound(asking, "change the catalogue, which belongs to all workspaces");
  const version = await change(deps.database, actor, async (changing) => {
    const before = await deps.catalogue.readOn(changing.on);
    const read = make(before);
    if (!read.ok) throw new Problem("invalid_catalogue", undefined, read.mistakes);
    await refuseLosses(changing.on, before, read.catalogue);
    await writeCatalogue(changing, JSON.stringify(read.catalogue.document));
    changing.audit({
      subject: topicName ?? "catalogue",
      before: auditView(before, topicName),
      after: auditView(read.catalogue, topicName),
    });
    return changing.version;
  });
  await deps.catalogue.refresh(version);
  return deps.catalogue.current();
}

/** The whole catalogue would fill the audit: of all of it the names are kept. */
function auditView(catalogue: Catalogue, topicName: string | null): object | null {
  if (topicName !== null) return catalogue.topicNamed(topicName);
  return { versions: catalogue.versions, topics: catalogue.topics.map((topic) => topic.name) };
}

function known(catalogue: Catalogue, name: string): string {
  if (catalogue.topicNamed(name) !== null) return name;
  const newest = catalogue.formerly(name)?.newestName;
  if (newest !== undefined) throw new Problem("not_found", `"${name}" is a former name; the topic is "${newest}".`);
  const nearest = catalogue.nearest(name, nearestCount);
  throw new Problem("not_found", `There is no topic "${name}".${nearest.length > 0 ? ` The nearest are ${nearest.join(", ")}.` : ""}`);
}

function nameOf(topic: unknown): string {
  const name = typeof topic === "object" && topic !== null && "name" in topic ? topic.name : undefined;
  return typeof name === "string" ? name : "";
}

function viewOf(catalogue: Catalogue, name: string): TopicView {
  const topic = catalogue.topicNamed(name);
  const view = topic && topicView(catalogue, topic, null);
  if (view === null) throw new Error(`The topic ${name} was changed and is not there.`);
  return view;
}
