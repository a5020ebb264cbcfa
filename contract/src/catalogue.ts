// The topic catalogue as a document: what an operator may put in a file or send to PUT /v1/catalogue, and a topic as
// GET /v1/topics shows it. These schemas say what one field may look like; what the fields must mean together (ranges
// of versions, unique names, samples) is decided in the server's domain.
import { Type } from "typebox";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { Mistake } from "./problems.ts";

export const catalogueLimits = {
  topicsMax: 2_000,
  versionsMax: 100,
  permissionsMax: 500,
  permissionsPerTopicMax: 20,
  formerNamesMax: 20,
  olderStepsMax: 50,
  nameCharactersMax: 100,
  versionCharactersMax: 20,
  descriptionCharactersMax: 500,
  commentCharactersMax: 5_000,
  sampleCharactersMax: 65_536,
  sampleDepthMax: 64,
} as const;

const limits = catalogueLimits;

/** Parts of letters, digits, `_` and `-`, joined by dots: safe in a URL's path, in a header and in a shell. */
export const topicNamePattern = "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$";
const versionPattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$";
const permissionPattern = "^[A-Za-z0-9][A-Za-z0-9_.:-]*$";

// A leaf's description completes the sentence "must be ..." when a value does not fit it.
const topicName = Type.String({
  minLength: 1,
  maxLength: limits.nameCharactersMax,
  pattern: topicNamePattern,
  description: `1-${limits.nameCharactersMax} letters, digits, "_" and "-" in parts joined by dots`,
});
const version = Type.String({
  minLength: 1,
  maxLength: limits.versionCharactersMax,
  pattern: versionPattern,
  description: `1-${limits.versionCharactersMax} letters, digits, ".", "_" and "-", the first a letter or digit`,
});
const permission = Type.String({
  minLength: 1,
  maxLength: limits.nameCharactersMax,
  pattern: permissionPattern,
  description: `1-${limits.nameCharactersMax} letters, digits, "_", ".", ":" and "-", the first a letter or digit`,
});
const text = Type.String({
  maxLength: limits.descriptionCharactersMax,
  description: `a text of at most ${limits.descriptionCharactersMax} characters`,
});
const itemType = Type.Union([Type.String({ minLength: 1, maxLength: limits.nameCharactersMax }), Type.Null()], {
  description: `a text of 1-${limits.nameCharactersMax} characters, or null where the item has no type`,
});
const itemKey = Type.String({
  minLength: 1,
  maxLength: limits.nameCharactersMax,
  description: `a key of 1-${limits.nameCharactersMax} characters`,
});
const sample = Type.Record(Type.String(), Type.Unknown(), { description: "an object" });

/** A name that the topic had in the API versions from `since` to `until`, both included. */
export const FormerNameSchema = Type.Object({ name: topicName, since: version, until: version }, { additionalProperties: false });

/**
 * One step from the item's shape in version `since` (and later) to the shape before it. `unwrap`: the object under `key`
 * becomes the item. `wrap`: the item becomes the value of `key`. `rename`: `key` is called `to`. `drop`: `key` goes.
 * `set`: `key` has `value`.
 */
export const OlderStepSchema = Type.Object(
  {
    since: version,
    op: Type.Enum(["unwrap", "wrap", "rename", "drop", "set"], {
      description: "one of unwrap, wrap, rename, drop and set",
    }),
    key: itemKey,
    to: Type.Optional(itemKey),
    value: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

/** A kind of event, under its newest name and with the newest shape of its item. */
export const TopicSchema = Type.Object(
  {
    name: topicName,
    description: text,
    permissions: Type.Array(permission, { maxItems: limits.permissionsPerTopicMax }),
    item_type: itemType,
    since: version,
    until: Type.Optional(version),
    formerly: Type.Optional(Type.Array(FormerNameSchema, { maxItems: limits.formerNamesMax })),
    to_older: Type.Optional(Type.Array(OlderStepSchema, { maxItems: limits.olderStepsMax })),
    always_on: Type.Optional(Type.Boolean()),
    undocumented: Type.Optional(Type.Boolean()),
    sample: Type.Optional(sample),
  },
  { $id: "Topic", additionalProperties: false },
);

/** The whole catalogue. `versions` run from the oldest to the newest; `permissions` are id -> label. */
export const CatalogueSchema = Type.Object(
  {
    $comment: Type.Optional(Type.String({ maxLength: limits.commentCharactersMax })),
    versions: Type.Array(version, { minItems: 1, maxItems: limits.versionsMax }),
    default_version: version,
    permissions: Type.Record(Type.String({ pattern: permissionPattern }), text, {
      additionalProperties: false,
      maxProperties: limits.permissionsMax,
    }),
    topics: Type.Array(TopicSchema, { maxItems: limits.topicsMax }),
  },
  { $id: "Catalogue", additionalProperties: false },
);

/** A topic as GET /v1/topics shows it: for `?version=`, name, item type and sample are those of that version. */
export const TopicViewSchema = Type.Object(
  {
    name: topicName,
    publish_as: topicName,
    description: text,
    permissions: Type.Array(permission),
    item_type: itemType,
    since: version,
    until: Type.Union([version, Type.Null()]),
    formerly: Type.Array(FormerNameSchema),
    to_older: Type.Array(OlderStepSchema),
    always_on: Type.Boolean(),
    undocumented: Type.Boolean(),
    sample: Type.Union([sample, Type.Null()]),
  },
  { $id: "TopicView", additionalProperties: false },
);

export type FormerName = Static<typeof FormerNameSchema>;
export type OlderStep = Static<typeof OlderStepSchema>;
export type Topic = Static<typeof TopicSchema>;
export type CatalogueDocument = Static<typeof CatalogueSchema>;
export type TopicView = Static<typeof TopicViewSchema>;

/**
 * Every place where the document does not have the shape of a catalogue. TypeBox stops after eight errors and names an
 * unknown field twice, so objects and arrays are walked here and only the leaves are left to it.
 */
export function catalogueShapeMistakes(document: unknown): Mistake[] {
  return shapeMistakes(CatalogueSchema, document, "");
}

type Branch = TSchema & {
  type?: string;
  properties?: Record<string, TSchema>;
  required?: string[];
  items?: TSchema;
  minItems?: number;
  maxItems?: number;
  description?: string;
};

function shapeMistakes(schema: Branch, value: unknown, pointer: string): Mistake[] {
  if (schema.properties !== undefined) return objectMistakes(schema, schema.properties, value, pointer);
  if (schema.items !== undefined) return arrayMistakes(schema, schema.items, value, pointer);
  if (Value.Check(schema, value)) return [];
  if (schema.description !== undefined) return [{ pointer, message: `must be ${schema.description}` }];
  return Value.Errors(schema, value).flatMap((error) => leafMistake(error, pointer));
}

function leafMistake(error: { keyword: string; instancePath: string; message: string }, pointer: string): Mistake[] {
  if (error.keyword === "additionalProperties") return [];
  const message = error.keyword === "boolean" ? "is not allowed here" : error.message;
  return [{ pointer: pointer + error.instancePath, message }];
}

function objectMistakes(schema: Branch, properties: Record<string, TSchema>, value: unknown, at: string): Mistake[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ pointer: at, message: "must be an object" }];
  }
  const given = new Map(Object.entries(value));
  const unknown = [...given.keys()].filter((key) => !Object.hasOwn(properties, key));
  const missing = (schema.required ?? []).filter((key) => !given.has(key));
  return [
    ...unknown.map((key) => ({
      pointer: child(at, key),
      message: "is not a field of this object",
    })),
    ...missing.map((key) => ({ pointer: child(at, key), message: "is required" })),
    ...Object.entries(properties)
      .filter(([key]) => given.has(key))
      .flatMap(([key, property]) => shapeMistakes(property, given.get(key), child(at, key))),
  ];
}

function arrayMistakes(schema: Branch, items: TSchema, value: unknown, pointer: string): Mistake[] {
  if (!Array.isArray(value)) return [{ pointer, message: "must be an array" }];
  const { minItems = 0, maxItems = Infinity } = schema;
  if (value.length < minItems) return [{ pointer, message: `must have at least ${minItems} entries` }];
  if (value.length > maxItems) return [{ pointer, message: `must have at most ${maxItems} entries` }];
  return value.flatMap((entry, index) => shapeMistakes(items, entry, `${pointer}/${index}`));
}

function child(pointer: string, key: string): string {
  return `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
