import assert from "node:assert/strict";
import { test } from "node:test";
import { readCatalogue } from "./catalogue.ts";
import type { Catalogue } from "./catalogue.ts";
import { alwaysOn, chooseTopics, duplicateWarnings, stateOf, topicErrors, topicMistake } from "./subscription.ts";

function sampleCatalogue(): Catalogue {
  const topic = (name: string, more: object) => ({ name, description: "", permissions: [], item_type: null, since: "1", ...more });
  const read = readCatalogue({
    versions: ["1", "2", "3"],
    default_version: "3",
    permissions: { read: "Read" },
    topics: [
      topic("ping", { always_on: true }),
      topic("order.paid", { since: "2", formerly: [{ name: "payment", since: "1", until: "1" }] }),
      topic("order.sent", { since: "2", until: "2", permissions: ["read"] }),
    ],
  });
  assert.ok(read.ok, JSON.stringify(read));
  return read.catalogue;
}

const catalogue = sampleCatalogue();
const none = { topics: [], topicsOff: [] };

test("a name of another version is answered with the right one, an unknown one with the nearest of this version", () => {
  assert.equal(topicMistake(catalogue, "1", "payment"), null);
  assert.match(topicMistake(catalogue, "1", "order.paid") ?? "", /called "payment" in API version 1/);
  assert.match(topicMistake(catalogue, "3", "payment") ?? "", /called "order\.paid" in API version 3/);
  assert.match(topicMistake(catalogue, "3", "order.sent") ?? "", /not offered in API version 3.*from 2 to 2/);
  assert.match(topicMistake(catalogue, "1", "paiment") ?? "", /nearest are .*payment/);
});

test("switching off adds a topic to the choice; leaving one out takes it away", () => {
  const chosen = chooseTopics(catalogue, none, ["order.paid"], ["order.sent"]);
  assert.deepEqual(chosen, { topics: ["order.paid", "order.sent"], topicsOff: ["order.sent"] });
  assert.deepEqual(chooseTopics(catalogue, chosen, ["order.paid"], undefined), { topics: ["order.paid"], topicsOff: [] });
  assert.deepEqual(chooseTopics(catalogue, chosen, ["order.sent"], undefined).topicsOff, ["order.sent"]);
  assert.deepEqual(chooseTopics(catalogue, chosen, undefined, []).topicsOff, []);
  assert.deepEqual(chooseTopics(catalogue, chosen, undefined, undefined), chosen);
});

test("a topic that is always on is no choice: it is in every subscription and keeps none from being off", () => {
  assert.deepEqual(chooseTopics(catalogue, none, ["ping", "ping"], undefined), none);
  assert.deepEqual(alwaysOn(catalogue, "1"), ["ping"]);
  assert.equal(stateOf(none, "live"), "off");
});

test("with no topic on a subscription is off whatever was stored, else it is what was stored", () => {
  assert.equal(stateOf({ topics: ["a", "b"], topicsOff: ["a", "b"] }, "disabled"), "off");
  assert.equal(stateOf({ topics: ["a", "b"], topicsOff: ["a"] }, "disabled"), "disabled");
});

test("a chosen topic says why it makes nothing", () => {
  const chosen = ["order.paid", "order.sent"];
  assert.deepEqual(topicErrors(catalogue, { version: "2", permissions: [] }, chosen), { "order.sent": "missing_permission" });
  assert.deepEqual(topicErrors(catalogue, { version: "2", permissions: ["read"] }, chosen), {});
  assert.deepEqual(topicErrors(catalogue, { version: "3", permissions: ["read"] }, chosen), { "order.sent": "not_in_version" });
});

test("the same endpoint in another spelling is found; other paths and other topics are not the same", () => {
  const saved = { id: "sub_1", name: null, url: "https://example.com/in", topics: ["a", "b"] };
  const other = { id: "sub_2", name: "Other", url: "HTTPS://EXAMPLE.com:443/in", topics: ["b", "c"] };
  const [warning] = duplicateWarnings(saved, [saved, other]);
  assert.match(warning ?? "", /sub_2 \(Other\) sends b /);
  assert.deepEqual(
    duplicateWarnings(saved, [
      { ...other, url: "https://example.com/in2" },
      { ...other, topics: ["c"] },
    ]),
    [],
  );
});
