import assert from "node:assert/strict";
import { test } from "node:test";
import { readCatalogue } from "./catalogue.ts";
import { movedTopics, versionConflicts } from "./versions.ts";

const topic = { description: "", permissions: [], item_type: null };
const read = readCatalogue({
  versions: ["1", "2", "3"],
  default_version: "3",
  permissions: {},
  topics: [
    { ...topic, name: "a.kept", since: "1" },
    { ...topic, name: "b.new", since: "2", formerly: [{ name: "b.old", since: "1", until: "1" }] },
    { ...topic, name: "c.late", since: "3" },
    { ...topic, name: "d.early", since: "1", until: "2" },
    { ...topic, name: "ping", since: "3", always_on: true },
  ],
});
assert(read.ok);
const { catalogue } = read;

test("moving up: what is renamed has its new name, what is lost is off, what stays has no row", () => {
  assert.deepEqual(versionConflicts(catalogue, ["a.kept", "b.old", "d.early"], "1", "3"), [
    { topic: "b.old", status: "renamed", new_name: "b.new" },
    { topic: "d.early", status: "off", new_name: null },
  ]);
});

test("moving down loses what is newer", () => {
  assert.deepEqual(versionConflicts(catalogue, ["b.new", "c.late", "ping"], "3", "1"), [
    { topic: "b.new", status: "renamed", new_name: "b.old" },
    { topic: "c.late", status: "off", new_name: null },
  ]);
});

test("a chosen name that the catalogue no longer has is off, and no move makes it something else", () => {
  assert.deepEqual(versionConflicts(catalogue, ["z.removed", "b.old"], "2", "3"), [
    { topic: "z.removed", status: "off", new_name: null },
    { topic: "b.old", status: "off", new_name: null },
  ]);
});

test("a move that loses nothing renames the chosen topics and keeps which are on", () => {
  const chosen = new Map([
    ["a.kept", true],
    ["b.old", false],
  ]);
  assert.deepEqual(
    movedTopics(catalogue, chosen, "1", "3"),
    new Map([
      ["a.kept", true],
      ["b.new", false],
    ]),
  );
});

test("a move that would lose a topic is refused, whether the topic is on or off", () => {
  assert.equal(movedTopics(catalogue, new Map([["d.early", false]]), "1", "3"), null);
});
