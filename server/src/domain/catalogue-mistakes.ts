// What the fields of a catalogue must mean together, once each has its shape: versions that exist and run forwards,
// names that mean one topic only, steps that can be taken, samples that are what they say.
import { catalogueLimits } from "@bellhop/contract/catalogue";
import type { CatalogueDocument, FormerName, OlderStep, Topic } from "@bellhop/contract/catalogue";
import type { Mistake } from "@bellhop/contract/problems";

type Order = ReadonlyMap<string, number>;
type Range = { since: string; until?: string };

export function catalogueMistakes(document: CatalogueDocument): Mistake[] {
  const order: Order = new Map(document.versions.map((version, index) => [version, index]));
  return [
    ...repeated(document.versions, "/versions"),
    ...unknownVersion(order, document.default_version, "/default_version"),
    ...document.topics.flatMap((topic, index) => topicMistakes(document, order, topic, `/topics/${index}`)),
    ...repeatedNames(document.topics),
  ];
}

function topicMistakes(document: CatalogueDocument, order: Order, topic: Topic, at: string): Mistake[] {
  return [
    ...permissionMistakes(document, topic, at),
    ...rangeMistakes(order, topic, at),
    ...formerMistakes(order, topic, at),
    ...(topic.to_older ?? []).flatMap((step, index) => stepMistakes(order, step, `${at}/to_older/${index}`)),
    ...sampleMistakes(topic, `${at}/sample`),
  ];
}

function permissionMistakes(document: CatalogueDocument, topic: Topic, at: string): Mistake[] {
  const unknown = topic.permissions.flatMap((permission, index) =>
    Object.hasOwn(document.permissions, permission)
      ? []
      : [{ pointer: `${at}/permissions/${index}`, message: `there is no permission "${permission}"` }],
  );
  return [...unknown, ...repeated(topic.permissions, `${at}/permissions`)];
}

function rangeMistakes(order: Order, range: Range, at: string): Mistake[] {
  const unknown = [
    ...unknownVersion(order, range.since, `${at}/since`),
    ...(range.until === undefined ? [] : unknownVersion(order, range.until, `${at}/until`)),
  ];
  if (unknown.length > 0 || range.until === undefined || !isAfter(order, range.since, range.until)) return unknown;
  return [{ pointer: `${at}/until`, message: `is before since, "${range.since}"` }];
}

function formerMistakes(order: Order, topic: Topic, at: string): Mistake[] {
  const all = order.has(topic.since) ? (topic.formerly ?? []) : [];
  return all.flatMap((former, index) => {
    const here = `${at}/formerly/${index}`;
    const wrong = rangeMistakes(order, former, here);
    if (wrong.length > 0) return wrong;
    return overlapMistakes(order, topic, former, all.slice(0, index), here);
  });
}

/** A version offers a topic under one name only, and a former name is older than the newest one. */
function overlapMistakes(order: Order, topic: Topic, former: FormerName, earlier: FormerName[], at: string): Mistake[] {
  const clash = earlier.find((other) => !isAfter(order, other.since, former.until) && !isAfter(order, former.since, other.until));
  return [
    ...(isAfter(order, topic.since, former.until)
      ? []
      : [{ pointer: `${at}/until`, message: `must be before "${topic.since}", where "${topic.name}" begins` }]),
    ...(clash === undefined ? [] : [{ pointer: at, message: `overlaps the versions of "${clash.name}"` }]),
  ];
}

function stepMistakes(order: Order, step: OlderStep, at: string): Mistake[] {
  return [
    ...unknownVersion(order, step.since, `${at}/since`),
    ...fieldOfOp(step, "to", "rename", at),
    ...fieldOfOp(step, "value", "set", at),
  ];
}

function fieldOfOp(step: OlderStep, field: "to" | "value", op: OlderStep["op"], at: string): Mistake[] {
  const given = step[field] !== undefined;
  if (given === (step.op === op)) return [];
  return [{ pointer: `${at}/${field}`, message: given ? `belongs to ${op} only` : `is required by ${op}` }];
}

function sampleMistakes(topic: Topic, at: string): Mistake[] {
  if (topic.sample === undefined) return [];
  if (!isWithinDepth(topic.sample, catalogueLimits.sampleDepthMax)) {
    return [{ pointer: at, message: `is nested deeper than ${catalogueLimits.sampleDepthMax} levels` }];
  }
  return [
    ...sampleTypeMistakes(topic, topic.sample.type, `${at}/type`),
    ...(JSON.stringify(topic.sample).length <= catalogueLimits.sampleCharactersMax
      ? []
      : [{ pointer: at, message: `is longer than ${catalogueLimits.sampleCharactersMax} characters` }]),
  ];
}

function sampleTypeMistakes(topic: Topic, type: unknown, pointer: string): Mistake[] {
  if (type === (topic.item_type ?? undefined)) return [];
  const wanted = topic.item_type === null ? "must not be there: item_type is null" : `must be "${topic.item_type}"`;
  return [{ pointer, message: wanted }];
}

function isWithinDepth(value: unknown, depthLeft: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depthLeft > 0 && Object.values(value).every((child) => isWithinDepth(child, depthLeft - 1));
}

/** A name, newest or former, means one topic: a publisher's mistake can then always be answered with the right one. */
function repeatedNames(topics: readonly Topic[]): Mistake[] {
  const owners = new Map<string, string>();
  const mistakes: Mistake[] = [];
  const claim = (name: string, owner: string, pointer: string) => {
    const taken = owners.get(name);
    if (taken === undefined) owners.set(name, owner);
    else mistakes.push({ pointer, message: `"${name}" is already a name of topic "${taken}"` });
  };
  topics.forEach((topic, index) => claim(topic.name, topic.name, `/topics/${index}/name`));
  topics.forEach((topic, index) =>
    topic.formerly?.forEach(({ name }, i) => claim(name, topic.name, `/topics/${index}/formerly/${i}/name`)),
  );
  return mistakes;
}

function repeated(values: readonly string[], at: string): Mistake[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) === index ? [] : [{ pointer: `${at}/${index}`, message: `"${value}" is there twice` }],
  );
}

function unknownVersion(order: Order, version: string, pointer: string): Mistake[] {
  return order.has(version) ? [] : [{ pointer, message: `there is no version "${version}"` }];
}

/** False where one of them is unknown, which is a mistake of its own. */
function isAfter(order: Order, a: string, b: string): boolean {
  return (order.get(a) ?? -1) > (order.get(b) ?? Infinity);
}
