// An item in the shape that an older API version had. Items are published in the newest shape; the catalogue's
// `to_older` steps lead back, version by version. The steps work on the item's text, not on parsed values, so that every
// token they do not touch keeps its spelling: integers beyond 2^53, `1.0`, escapes.
import type { OlderStep, Topic } from "@bellhop/contract/catalogue";
import type { Catalogue } from "./catalogue.ts";
import { itemMembers, itemText } from "./older-item-members.ts";
import type { Member } from "./older-item-members.ts";

/** `itemJson`: the item as published, an object as compact JSON. A step that cannot be taken leaves it as it is. */
export function itemForVersion(itemJson: string, topic: Topic, version: string, catalogue: Catalogue): string {
  return olderSteps(topic, version, catalogue).reduce(withStep, itemJson);
}

/** The steps to a version, in the order in which they are taken: from the newest shape backwards. */
export function olderSteps(topic: Topic, version: string, catalogue: Catalogue): OlderStep[] {
  return (topic.to_older ?? [])
    .filter((step) => catalogue.compareVersions(version, step.since) < 0)
    .toSorted((a, b) => catalogue.compareVersions(b.since, a.since));
}

function withStep(item: string, step: OlderStep): string {
  if (step.op === "wrap") return itemText([{ key: JSON.stringify(step.key), value: item }]);
  const members = itemMembers(item);
  const index = members.findIndex((member) => isNamed(member, step.key));
  const member = members[index];
  if (step.op === "set") return withValue(members, index, step);
  if (member === undefined) return item;
  if (step.op === "unwrap") return member.value.startsWith("{") ? member.value : item;
  if (step.op === "drop") return itemText(members.toSpliced(index, 1));
  return renamed(members, member, step.to ?? step.key);
}

/** In place where the key is there, at the end where it is not. */
function withValue(members: Member[], index: number, step: OlderStep): string {
  const set = { key: JSON.stringify(step.key), value: JSON.stringify(step.value) };
  return itemText(index < 0 ? [...members, set] : members.with(index, set));
}

/** A member that had the new name already gives way: an item has each key once. */
function renamed(members: Member[], member: Member, to: string): string {
  const kept = members.filter((other) => other === member || !isNamed(other, to));
  return itemText(kept.map((other) => (other === member ? { key: JSON.stringify(to), value: other.value } : other)));
}

function isNamed(member: Member, key: string): boolean {
  return member.key.includes("\\") ? JSON.parse(member.key) === key : member.key.slice(1, -1) === key;
}
