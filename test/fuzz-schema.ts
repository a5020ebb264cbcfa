// Values that fit a JSON schema, and values that nearly do. Only the keywords that openapi.json has are known; another one
// fails, so that nothing is fuzzed with less than its schema says.
import fc from "fast-check";
import type { Arbitrary } from "fast-check";

export type Schema = { readonly [keyword: string]: unknown };

/** For a field's name: values that exist, so that requests come further than to the first look-up. */
export type Known = (name: string) => readonly unknown[];

const entriesMax = 5;
const charactersMax = 40;
const understood = new Set(
  "type enum const anyOf pattern minLength maxLength minimum maximum format items minItems maxItems uniqueItems properties required minProperties maxProperties additionalProperties patternProperties description default title $ref $id".split(
    " ",
  ),
);

const instants = ["2031-01-01T00:00:00Z", "2026-11-30T12:00:00+02:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"];

/** `refs`: what `$ref` leads to. */
export function fitting(schema: Schema, known: Known, refs: (ref: string) => Schema, name = ""): Arbitrary<unknown> {
  const strange = Object.keys(schema).filter((keyword) => !understood.has(keyword));
  if (strange.length > 0) throw new Error(`The fuzz does not know the keyword ${strange.join(", ")}.`);
  // Of an array and a choice it is the entry that has the name.
  const there = schema["type"] === "array" || "anyOf" in schema ? [] : known(name);
  // fast-check knows no look-ahead: such a field has the values that are known.
  if (String(schema["pattern"]).includes("(?!")) return fc.constantFrom(...there);
  const made = fittingOnly(schema, known, refs, name);
  return there.length === 0 ? made : fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...there) }, { weight: 1, arbitrary: made });
}

/** The least that fits: the first value that is known or allowed, and of an object only what it must have. */
export function simplest(schema: Schema, known: Known, refs: (ref: string) => Schema, name = ""): unknown {
  const inner = (child: unknown, of: string): unknown => simplest(child as Schema, known, refs, of);
  if (typeof schema["$ref"] === "string") return inner(refs(schema["$ref"]), name);
  const there = schema["type"] === "array" ? undefined : known(name).find((each) => each !== undefined);
  if (there !== undefined) return there;
  if (Array.isArray(schema["anyOf"])) return inner(schema["anyOf"][0], name);
  if (Array.isArray(schema["enum"])) return schema["enum"][0] as unknown;
  if (schema["type"] === "string") return "a".repeat(Number(schema["minLength"] ?? 1));
  if (schema["type"] === "integer" || schema["type"] === "number") return Number(schema["minimum"] ?? 0);
  if (schema["type"] === "array") return [inner(schema["items"], name)];
  return schema["type"] === "object" ? Object.fromEntries(neededOf(schema).map(([field, child]) => [field, inner(child, field)])) : null;
}

/** The fields that an object must have, and where it must have any, the first that another object cannot have taken. */
function neededOf(schema: Schema): [string, Schema][] {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
  const required = (schema["required"] ?? []) as string[];
  return required.length > 0
    ? properties.filter(([field]) => required.includes(field))
    : properties.filter(([field]) => field !== "external_id").slice(0, Number(schema["minProperties"] ?? 0));
}

function fittingOnly(schema: Schema, known: Known, refs: (ref: string) => Schema, name: string): Arbitrary<unknown> {
  const inner = (child: unknown, of: string): Arbitrary<unknown> => fitting(child as Schema, known, refs, of);
  if (typeof schema["$ref"] === "string") return inner(refs(schema["$ref"]), name);
  if ("const" in schema) return fc.constant(schema["const"]);
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as unknown[]));
  if (Array.isArray(schema["anyOf"])) return fc.oneof(...schema["anyOf"].map((each) => inner(each, name)));
  if (schema["type"] === "string") return text(schema);
  if (schema["type"] === "boolean") return fc.boolean();
  if (schema["type"] === "null") return fc.constant(null);
  if (schema["type"] === "integer" || schema["type"] === "number") return number(schema);
  if (schema["type"] === "array") return array(schema, inner(schema["items"], name));
  if (schema["type"] === "object") return object(schema, inner);
  return fc.jsonValue({ maxDepth: 2 });
}

function text(schema: Schema): Arbitrary<unknown> {
  const min = Number(schema["minLength"] ?? 0);
  const max = Number(schema["maxLength"] ?? charactersMax);
  if (schema["format"] === "date-time" || /\\d\{4\}/.test(String(schema["pattern"]))) return fc.constantFrom(...instants);
  if (typeof schema["pattern"] === "string") {
    const pattern = new RegExp(schema["pattern"], "u");
    const matching = fc.stringMatching(pattern, { size: "small" });
    return matching.filter((each) => each.length >= min && each.length <= max);
  }
  const usual = fc.string({ minLength: min, maxLength: Math.min(max, Math.max(min, charactersMax)), unit: "grapheme" });
  return fc.oneof(
    { weight: 5, arbitrary: usual.filter((each) => each.length <= max) },
    { weight: 1, arbitrary: fc.constant("m".repeat(max)) },
  );
}

function number(schema: Schema): Arbitrary<unknown> {
  const min = Number(schema["minimum"] ?? -1e6);
  const max = Number(schema["maximum"] ?? 1e6);
  const edges = fc.constantFrom(...[min, max].filter(Number.isFinite));
  const usual = schema["type"] === "integer" ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
  return fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: edges });
}

function array(schema: Schema, entry: Arbitrary<unknown>): Arbitrary<unknown> {
  const minLength = Number(schema["minItems"] ?? 0);
  const size = { minLength, maxLength: Math.min(Number(schema["maxItems"] ?? entriesMax), Math.max(minLength, entriesMax)) };
  return schema["uniqueItems"] === true ? fc.uniqueArray(entry, { ...size, comparator: "SameValue" }) : fc.array(entry, size);
}

function object(schema: Schema, inner: (child: unknown, name: string) => Arbitrary<unknown>): Arbitrary<unknown> {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
  const fields = Object.fromEntries(properties.map(([name, child]) => [name, inner(child, name)]));
  const required = (schema["required"] ?? []) as string[];
  const named = fc.record(fields, { requiredKeys: required });
  const others = valuesOfOthers(schema);
  if (others === null) return named;
  const more = fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), inner(others, ""), { maxKeys: 4, noNullPrototype: true });
  return fc.tuple(more, named).map(([rest, given]) => ({ ...rest, ...given }));
}

/** What fields without a name in the schema may be; null where there may be none. */
function valuesOfOthers(schema: Schema): Schema | null {
  const [byPattern] = Object.values((schema["patternProperties"] ?? {}) as Record<string, Schema>);
  if (byPattern) return byPattern;
  const more = schema["additionalProperties"];
  if (more === undefined || more === false) return null;
  return more === true ? {} : (more as Schema);
}

/** Nothing that a field should be, for most fields. */
export const hostileValues: readonly unknown[] = [
  null,
  true,
  "",
  " ",
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  2 ** 31,
  2 ** 63,
  "\0",
  "a\0b",
  "\ud800",
  "\udc00\ud800",
  "\u202e\ufeff\u2028",
  "../../etc/passwd",
  "' or 1=1; --",
  "{{7*7}}${7*7}",
  "%00%ff",
  "x".repeat(70_000),
  "\u{1f600}".repeat(2_000),
  "ext:",
  "ext:\u007f",
  "constructor",
  "__proto__",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "+275760-09-13T00:00:00Z",
  "2026-02-30T00:00:00Z",
  "http://[::1",
  "https://user:pass@localhost/",
  "https://localhost:99999/",
  "https://\u{1f600}.invalid/\r\nx: y",
  "file:///etc/passwd",
  "notif_00000000-0000-0000-0000-000000000000",
  "evt_ffffffff-ffff-ffff-ffff-ffffffffffff",
  [],
  {},
  [[[[]]]],
  [null],
  { length: 1 },
  { toString: 1, valueOf: null },
];

const hostileNames = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "\0", "\ud800", "length", "$ref", "x".repeat(10_000)];

/** A value with one thing wrong, somewhere in it. */
export function nearly(value: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc
    .tuple(value, fc.nat(), fc.constantFrom("replace", "replace", "replace", "remove", "add"), fc.constantFrom(...hostileValues), fc.nat())
    .map(([given, place, how, hostile, name]) => spoiled(given, place, how, hostile, hostileNames[name % hostileNames.length] as string));
}

function spoiled(value: unknown, place: number, how: string, hostile: unknown, name: string): unknown {
  const copy: unknown = structuredClone(value);
  const holders = holdersIn(copy);
  const holder = holders[place % Math.max(1, holders.length)];
  if (holder === undefined) return hostile;
  if (Array.isArray(holder)) {
    holder.splice(place % (holder.length + 1), how === "add" ? 0 : 1, hostile);
    return copy;
  }
  const names = Object.keys(holder);
  const chosen = names[place % Math.max(1, names.length)] ?? name;
  if (how === "remove") delete holder[chosen];
  // Defined, not assigned: a field called `__proto__` goes out like any other.
  else
    Object.defineProperty(holder, how === "add" ? name : chosen, { value: hostile, enumerable: true, writable: true, configurable: true });
  return copy;
}

/** Every object and array in a value, the value first. */
function holdersIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(holdersIn)];
}
