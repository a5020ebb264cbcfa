// What the fields of a catalogue must mean together, as far as each has its shape: versions that exist and run forwards,
// names that mean one topic only, steps that can be taken, samples that are what they say. What lacks its shape, and what
// would be compared with it, is left out: that mistake is told already.
import { catalogueLimits } from "@bellhop/contract/catalogue";
import type { FormerName, OlderStep } from "@bellhop/contract/catalogue";
import type { Mistake } from "@bellhop/contract/problems";
import type { SoundCatalogue, SoundTopic } from "./catalogue-sound.ts";

/** Null where the versions have no shape. */
type Order = ReadonlyMap<string, number> | null;
type Range = { readonly since?: string; readonly until?: string };

export function catalogueMistakes(document: SoundCatalogue): Mistake[] {
  const { versions } = document;
  const order: Order = versions === undefined ? null : new Map(versions.map((version, index) => [version, index]));
  return [
    ...repeated(versions ?? [], "/versions"),
    ...unknownVersion(order, document.default_version, "/default_version"),
    ...document.topics.flatMap((topic, index) => topicMistakes(document, order, topic, `/topics/${index}`)),
    ...repeatedNames(document.topics),
  ];
}

function topicMistakes(document: SoundCatalogue, order: Order, topic: SoundTopic, at: string): Mistake[] {
  return [
    ...permissionMistakes(document, topic, at),
    ...rangeMistakes(order, topic, at),
    ...formerMistakes(order, topic, at),
    ...(topic.to_older ?? []).flatMap((step, index) => stepMistakes(order, step, `${at}/to_older/${index}`)),
    ...sampleMistakes(topic, `${at}/sample`),
  ];
}

function permissionMistakes({ permissions: known }: SoundCatalogue, { permissions = [] }: SoundTopic, at: string): Mistake[] {
  const unknown = permissions.flatMap((permission, index) =>
    known === undefined || Object.hasOwn(known, permission)
      ? []
      : [{ pointer: `${at}/permissions/${index}`, message: `there is no permission "${permission}"` }],
  );
  return [...unknown, ...repeated(permissions, `${at}/permissions`)];
}

function rangeMistakes(order: Order, range: Range, at: string): Mistake[] {
  const unknown = [...unknownVersion(order, range.since, `${at}/since`), ...unknownVersion(order, range.until, `${at}/until`)];
  if (range.since === undefined || range.until === undefined || !isAfter(order, range.since, range.until)) return unknown;
  return [{ pointer: `${at}/until`, message: `is before since, "${range.since}"` }];
}

function formerMistakes(order: Order, { name, since, formerly: all = [] }: SoundTopic, at: string): Mistake[] {
  if (name === undefined || since === undefined || !order?.has(since)) return [];
  return all.flatMap((former, index) => {
    const here = `${at}/formerly/${index}`;
    const wrong = rangeMistakes(order, former, here);
    if (wrong.length > 0) return wrong;
    return overlapMistakes(order, { name, since }, former, all.slice(0, index), here);
  });
}

/** A version offers a topic under one name only, and a former name is older than the newest one. */
function overlapMistakes(
  order: Order,
  topic: { name: string; since: string },
  former: FormerName,
  earlier: FormerName[],
  at: string,
): Mistake[] {
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

function sampleMistakes(topic: SoundTopic, at: string): Mistake[] {
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

function sampleTypeMistakes(topic: SoundTopic, type: unknown, pointer: string): Mistake[] {
  if (topic.item_type === undefined || type === (topic.item_type ?? undefined)) return [];
  const wanted = topic.item_type === null ? "must not be there: item_type is null" : `must be "${topic.item_type}"`;
  return [{ pointer, message: wanted }];
}

function isWithinDepth(value: unknown, depthLeft: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depthLeft > 0 && Object.values(value).every((child) => isWithinDepth(child, depthLeft - 1));
}

/** A name, newest or former, means one topic: a publisher's mistake can then always be answered with the right one. */
function repeatedNames(topics: readonly SoundTopic[]): Mistake[] {
  const owners = new Map<string, string>();
  const mistakes: Mistake[] = [];
  const claim = (name: string | undefined, owner: string | undefined, pointer: string) => {
    if (name === undefined || owner === undefined) return;
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

function unknownVersion(order: Order, version: string | undefined, pointer: string): Mistake[] {
  return order === null || version === undefined || order.has(version) ? [] : [{ pointer, message: `there is no version "${version}"` }];
}

/** False where one of them is unknown, which is a mistake of its own. */
function isAfter(order: Order, a: string, b: string): boolean {
  return (order?.get(a) ?? -1) > (order?.get(b) ?? Infinity);
}
