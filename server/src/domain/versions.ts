// Moving an app from one API version to another, up or down. A subscription keeps its topics under the names of the
// app's version, so a move renames some and would lose others; a move that would lose one is refused until that topic
// is deleted from the subscription.
import type { Topic } from "@bellhop/contract/catalogue";
import type { Catalogue } from "./catalogue.ts";

/** `off`: the version does not offer the topic. `renamed`: it does, as `new_name`. */
export type VersionConflict = { topic: string; status: "off"; new_name: null } | { topic: string; status: "renamed"; new_name: string };

/** A row for each chosen topic that would not stay as it is; `chosenTopics` are names of version `from`. */
export function versionConflicts(catalogue: Catalogue, chosenTopics: readonly string[], from: string, to: string): VersionConflict[] {
  return chosenTopics.flatMap((chosen) => conflictOf(catalogue, chosen, from, to));
}

/** The chosen topics under their names of version `to`; null where the move would lose one. */
export function movedTopics(
  catalogue: Catalogue,
  chosenTopics: ReadonlyMap<string, boolean>,
  from: string,
  to: string,
): Map<string, boolean> | null {
  const rows = versionConflicts(catalogue, [...chosenTopics.keys()], from, to);
  if (rows.some((row) => row.status === "off")) return null;
  const newNames = new Map(rows.map((row) => [row.topic, row.new_name]));
  return new Map([...chosenTopics].map(([name, on]) => [newNames.get(name) ?? name, on]));
}

function conflictOf(catalogue: Catalogue, chosen: string, from: string, to: string): VersionConflict[] {
  const topic = topicChosenAs(catalogue, chosen, from);
  if (topic?.always_on === true) return [];
  const newName = topic === null ? null : catalogue.nameIn(topic, to);
  if (newName === null) return [{ topic: chosen, status: "off", new_name: null }];
  return newName === chosen ? [] : [{ topic: chosen, status: "renamed", new_name: newName }];
}

/** The topic that an app of this version means by a name; null where the version has no such name. */
export function topicChosenAs(catalogue: Catalogue, name: string, version: string): Topic | null {
  const topic = catalogue.topicNamed(name) ?? catalogue.formerly(name)?.topic ?? null;
  return topic !== null && catalogue.nameIn(topic, version) === name ? topic : null;
}
