import assert from "node:assert/strict";
import { test } from "node:test";
import type { OlderStep, Topic } from "@bellhop/contract/catalogue";
import fc from "fast-check";
import { readCatalogue } from "./catalogue.ts";
import type { Catalogue } from "./catalogue.ts";
import { itemMembers, itemText } from "./older-item-members.ts";
import { itemForVersion } from "./older-item.ts";

const versions = ["1", "2", "3"];

function withSteps(steps: OlderStep[]): { topic: Topic; catalogue: Catalogue } {
  const topic = { name: "t", description: "", permissions: [], item_type: null, since: "1", to_older: steps };
  const read = readCatalogue({ versions, default_version: "3", permissions: {}, topics: [topic] });
  assert(read.ok, JSON.stringify(read));
  return { topic, catalogue: read.catalogue };
}

function after(item: string, ...steps: Omit<OlderStep, "since">[]): string {
  const { topic, catalogue } = withSteps(steps.map((step) => ({ ...step, since: "2" })));
  return itemForVersion(item, topic, "1", catalogue);
}

test("each step changes its member and leaves every other token as it was published", () => {
  const item = String.raw`{"n":1152921504606846976,"f":1.0,"s":"caf\u00e9 \"}{,","in":{"deep":[1.50,{"x":1e3}]},"last":null}`;
  const rest = String.raw`"f":1.0,"s":"caf\u00e9 \"}{,","in":{"deep":[1.50,{"x":1e3}]},"last":null}`;
  assert.equal(after(item, { op: "drop", key: "n" }), `{${rest}`);
  assert.equal(after(item, { op: "rename", key: "n", to: "m" }), `{"m":1152921504606846976,${rest}`);
  assert.equal(after(item, { op: "set", key: "n", value: [1] }), `{"n":[1],${rest}`);
  assert.equal(after(item, { op: "set", key: "z", value: "é" }), `${item.slice(0, -1)},"z":"é"}`);
  assert.equal(after(item, { op: "wrap", key: "w" }), `{"w":${item}}`);
  assert.equal(after(item, { op: "unwrap", key: "in" }), '{"deep":[1.50,{"x":1e3}]}');
});

test("a step that cannot be taken leaves the item as it is", () => {
  for (const item of ["{}", '{"b":1}', '{"b":{"a":1}}']) {
    for (const op of ["unwrap", "drop", "rename"] as const) {
      assert.equal(after(item, { op, key: "a", ...(op === "rename" ? { to: "c" } : {}) }), item);
    }
  }
  assert.equal(after('{"a":[1]}', { op: "unwrap", key: "a" }), '{"a":[1]}', "an item is always an object");
});

test("a key is the same however it is escaped", () => {
  assert.equal(after(String.raw`{"typ\u0065":1,"b":2}`, { op: "drop", key: "type" }), '{"b":2}');
  assert.equal(after(String.raw`{"a\\":1,"b":2}`, { op: "drop", key: "a\\" }), '{"b":2}');
  assert.equal(after('{"a":1}', { op: "rename", key: "a", to: '"q"' }), String.raw`{"\"q\"":1}`);
});

test("a rename onto a key that exists replaces it", () => {
  assert.equal(after('{"a":1,"b":2,"c":3}', { op: "rename", key: "a", to: "b" }), '{"b":1,"c":3}');
  assert.equal(after('{"a":1}', { op: "rename", key: "a", to: "a" }), '{"a":1}');
});

test("only steps of later versions are taken, the newest first", () => {
  const { topic, catalogue } = withSteps([
    { since: "2", op: "set", key: "type", value: "user" },
    { since: "3", op: "unwrap", key: "contact" },
  ]);
  const item = '{"type":"change","contact":{"type":"contact"}}';
  const shapes = versions.map((version) => itemForVersion(item, topic, version, catalogue));
  assert.deepEqual(shapes, ['{"type":"user"}', '{"type":"contact"}', item]);
});

// No key ends in a backslash: once V8 14 has met such a key, JSON.parse reads others that go on with an escape as that one.
const plain = (text: string) => !text.endsWith("\\");
const key = fc.oneof(fc.constantFrom("a", "b", "", "type", "\\x", '"', "é", "__proto__"), fc.string({ maxLength: 4 }).filter(plain));
const value = fc
  .jsonValue({ maxDepth: 3 })
  .map((v) => JSON.stringify(v))
  .filter((text) => !text.includes("\\"))
  .map((text) => JSON.parse(text));
const item = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value)), { maxKeys: 6 }).map((o) => JSON.stringify(o));
const stepKey = key.filter((k) => k.length > 0);
const step = fc.oneof(
  fc.record({ op: fc.constantFrom("unwrap" as const, "drop" as const, "wrap" as const), key: stepKey }),
  fc.record({ op: fc.constant("rename" as const), key: stepKey, to: stepKey }),
  fc.record({ op: fc.constant("set" as const), key: stepKey, value }),
);

test("taking an item's text apart and putting it together changes nothing", () => {
  fc.assert(fc.property(item, (text) => itemText(itemMembers(text)) === text));
});

test("the text's value is what the steps make of the item's value", () => {
  fc.assert(
    fc.property(item, fc.array(step, { maxLength: 4 }), (text, steps) => {
      const expected = steps.reduce(onValue, new Map(Object.entries(JSON.parse(text))));
      assert.deepEqual(new Map(Object.entries(JSON.parse(after(text, ...steps)))), expected);
    }),
  );
});

/** The steps as they would be written for a parsed item. */
function onValue(item: Map<string, unknown>, { op, key, to, value }: Omit<OlderStep, "since">): Map<string, unknown> {
  if (op === "wrap") return new Map([[key, Object.fromEntries(item)]]);
  if (op === "set") return new Map([...item, [key, value]]);
  if (!item.has(key)) return item;
  const inner = item.get(key);
  if (op === "drop") return new Map([...item].filter(([k]) => k !== key));
  if (op === "rename") return new Map([...item].filter(([k]) => k !== key && k !== to).concat([[to ?? key, inner]]));
  const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
  return isObject ? new Map(Object.entries(inner)) : item;
}
