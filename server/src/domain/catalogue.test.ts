import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mistake } from "@bellhop/contract/problems";
import { withTopic, withTopicChanged, withoutTopic } from "./catalogue-change.ts";
import { topicView, topicViews } from "./catalogue-view.ts";
import { readCatalogue } from "./catalogue.ts";
import type { Catalogue, CatalogueRead } from "./catalogue.ts";

const order = {
  name: "order.paid",
  description: "An order was paid",
  permissions: ["read_orders"],
  item_type: "order",
  since: "2",
  formerly: [{ name: "sale.paid", since: "1", until: "1" }],
  to_older: [{ since: "2", op: "set", key: "type", value: "sale" }],
  sample: { type: "order", id: "o-1" },
};
const ping = { name: "ping", description: "", permissions: [], item_type: "ping", since: "1", always_on: true };
const gone = { name: "till.opened", description: "", permissions: [], item_type: null, since: "1", until: "2" };
const shop = {
  versions: ["1", "2", "10", "beta"],
  default_version: "10",
  permissions: { read_orders: "Read orders" },
  topics: [order, ping, gone],
};

function catalogueOf(document: unknown): Catalogue {
  const read = readCatalogue(document);
  assert(read.ok, JSON.stringify(read));
  return read.catalogue;
}

function mistakesOf(read: CatalogueRead): Mistake[] {
  assert(!read.ok, "expected mistakes");
  return read.mistakes;
}

function pointersOf(document: unknown): string[] {
  return mistakesOf(readCatalogue(document)).map((mistake) => mistake.pointer);
}

const shopWith = (topic: Record<string, unknown>) => ({ ...shop, topics: [{ ...order, ...topic }, ping, gone] });

test("a topic is found by its newest name, and by a former one", () => {
  const catalogue = catalogueOf(shop);
  assert.equal(catalogue.topicNamed("order.paid")?.item_type, "order");
  assert.equal(catalogue.topicNamed("sale.paid"), null);
  assert.equal(catalogue.formerly("sale.paid")?.newestName, "order.paid");
  assert.equal(catalogue.formerly("order.paid"), null);
  assert.equal(catalogue.topicNamed("constructor"), null);
});

test("each version has its own name for a topic, or none", () => {
  const catalogue = catalogueOf(shop);
  const names = (name: string) => {
    const topic = catalogue.topicNamed(name);
    assert(topic);
    return ["1", "2", "10", "beta", "unheard of"].map((version) => catalogue.nameIn(topic, version));
  };
  assert.deepEqual(names("order.paid"), ["sale.paid", "order.paid", "order.paid", "order.paid", null]);
  assert.deepEqual(names("till.opened"), ["till.opened", "till.opened", null, null, null]);
});

test("versions are ordered by their place in the list, not by their spelling", () => {
  const catalogue = catalogueOf(shop);
  assert(catalogue.compareVersions("2", "10") < 0);
  assert(catalogue.compareVersions("beta", "10") > 0);
  assert.equal(catalogue.compareVersions("2", "2"), 0);
  assert.throws(() => catalogue.compareVersions("2", "3"), /unknown API version 3/);
});

test("an unknown name is answered with the nearest newest names, nearest first", () => {
  const published = { ...ping, always_on: false };
  const topics = ["dog", "bat", "cat", "concatenate"].map((name) => ({ ...published, name }));
  const horse = { ...published, name: "animal.seen", since: "2", formerly: [{ name: "horse", since: "1", until: "1" }] };
  const catalogue = catalogueOf({ ...shop, topics: [...topics, horse, ping] });
  assert.deepEqual(catalogue.nearest("cap", 3), ["cat", "bat", "dog"]);
  assert.deepEqual(catalogue.nearest("DOG", 1), ["dog"], "in whatever case");
  assert.deepEqual(catalogue.nearest("concatenat", 1), ["concatenate"]);
  assert.deepEqual(catalogue.nearest("hosre", 1), ["animal.seen"], "a former name leads to the newest");
  assert.equal(catalogue.nearest("cat.".repeat(500), 2).length, 2);
  assert.equal(catalogue.nearest("", 9).length, 5);
});

test("fields that are missing, unknown or of the wrong kind are all listed", () => {
  const topic = { name: "a..b", permissions: "x", item_type: 7, since: "1", colour: "red", to_older: [{ op: "turn" }] };
  assert.deepEqual(pointersOf({ versions: ["1"], permissions: { a: 1 }, topics: [topic, 5], "x/y": 1 }).toSorted(), [
    "/default_version",
    "/permissions/a",
    "/topics/0/colour",
    "/topics/0/description",
    "/topics/0/item_type",
    "/topics/0/name",
    "/topics/0/permissions",
    "/topics/0/to_older/0/key",
    "/topics/0/to_older/0/op",
    "/topics/0/to_older/0/since",
    "/topics/1",
    "/x~1y",
  ]);
  assert.deepEqual(pointersOf(null), [""]);
  assert.deepEqual(pointersOf({ ...shop, topics: Array(2_001).fill(ping) }), ["/topics"]);
});

const meaningless: [string, unknown, string[]][] = [
  ["a version twice", { ...shop, versions: ["1", "2", "10", "beta", "2"] }, ["/versions/4"]],
  ["an unknown default version", { ...shop, default_version: "3" }, ["/default_version"]],
  ["an unknown version", shopWith({ since: "3", to_older: [] }), ["/topics/0/since"]],
  ["an unknown last version", shopWith({ until: "3" }), ["/topics/0/until"]],
  ["since after until", shopWith({ since: "10", until: "2" }), ["/topics/0/until"]],
  ["an unknown permission", shopWith({ permissions: ["read_orders", "x"] }), ["/topics/0/permissions/1"]],
  ["a permission that every object has", shopWith({ permissions: ["toString"] }), ["/topics/0/permissions/0"]],
  ["a permission twice", shopWith({ permissions: ["read_orders", "read_orders"] }), ["/topics/0/permissions/1"]],
  ["a name twice", shopWith({ name: "ping" }), ["/topics/1/name"]],
  ["a former name that is a topic", shopWith({ formerly: [{ ...order.formerly[0], name: "ping" }] }), ["/topics/0/formerly/0/name"]],
  [
    "a former name in the newest name's versions",
    shopWith({ formerly: [{ name: "x", since: "1", until: "2" }] }),
    ["/topics/0/formerly/0/until"],
  ],
  [
    "a former name with an unknown version",
    shopWith({ formerly: [{ name: "x", since: "0", until: "1" }] }),
    ["/topics/0/formerly/0/since"],
  ],
  [
    "former names in the same version",
    shopWith({
      since: "10",
      formerly: [
        { name: "x", since: "1", until: "2" },
        { name: "y", since: "2", until: "2" },
      ],
    }),
    ["/topics/0/formerly/1"],
  ],
  ["rename without a new name", shopWith({ to_older: [{ since: "2", op: "rename", key: "a" }] }), ["/topics/0/to_older/0/to"]],
  ["set without a value", shopWith({ to_older: [{ since: "2", op: "set", key: "a" }] }), ["/topics/0/to_older/0/value"]],
  ["drop with a value", shopWith({ to_older: [{ since: "2", op: "drop", key: "a", value: 1 }] }), ["/topics/0/to_older/0/value"]],
  ["a step of an unknown version", shopWith({ to_older: [{ since: "3", op: "drop", key: "a" }] }), ["/topics/0/to_older/0/since"]],
  ["a sample of another type", shopWith({ sample: { type: "ticket" } }), ["/topics/0/sample/type"]],
  ["a sample without its type", shopWith({ sample: {} }), ["/topics/0/sample/type"]],
  ["a sample with a type where items have none", shopWith({ item_type: null }), ["/topics/0/sample/type"]],
  ["a sample that is a list", shopWith({ sample: [] }), ["/topics/0/sample"]],
  ["a sample too long", shopWith({ sample: { type: "order", x: "y".repeat(65_536) } }), ["/topics/0/sample"]],
  [
    "a sample too deep",
    shopWith({ sample: { type: "order", x: JSON.parse("[".repeat(5_000) + "]".repeat(5_000)) } }),
    ["/topics/0/sample"],
  ],
];

for (const [what, document, pointers] of meaningless) {
  test(`${what} is a mistake that names its place`, () => assert.deepEqual(pointersOf(document), pointers));
}

test("a topic is added, changed and removed, and the catalogue it came from stays as it was", () => {
  const catalogue = catalogueOf(shop);
  const refund = { name: "refund.made", description: "", permissions: [], item_type: null, since: "10" };
  const added = withTopic(catalogue, refund);
  assert(added.ok);
  assert.equal(added.catalogue.topicNamed("refund.made")?.since, "10");
  assert.equal(catalogue.topicNamed("refund.made"), null);

  const changed = withTopicChanged(added.catalogue, "order.paid", { description: "Paid", formerly: null, to_older: null });
  assert(changed.ok);
  assert.equal(changed.catalogue.formerly("sale.paid"), null);
  assert.equal(changed.catalogue.topicNamed("order.paid")?.description, "Paid");

  const removed = withoutTopic(changed.catalogue, "order.paid");
  assert(removed.ok);
  assert.equal(removed.catalogue.topicNamed("order.paid"), null);
});

test("a refused change says where in the topic that was sent", () => {
  const catalogue = catalogueOf(shop);
  assert.deepEqual(mistakesOf(withTopic(catalogue, order))[0]?.pointer, "/name");
  assert.deepEqual(mistakesOf(withTopic(catalogue, "order.paid"))[0]?.pointer, "");
  assert.deepEqual(mistakesOf(withTopicChanged(catalogue, "order.paid", { since: null }))[0]?.pointer, "/since");
  assert.deepEqual(mistakesOf(withTopicChanged(catalogue, "order.paid", { name: "x" }))[0]?.pointer, "/name");
  assert.deepEqual(mistakesOf(withTopicChanged(catalogue, "nothing", {}))[0]?.pointer, "/name");
  assert.deepEqual(mistakesOf(withoutTopic(catalogue, "nothing"))[0]?.pointer, "/name");
  assert.match(mistakesOf(withoutTopic(catalogue, "ping"))[0]?.message ?? "", /always on/);
});

test("a version's list has its own names and shapes, and leaves out what it does not offer", () => {
  const catalogue = catalogueOf(shop);
  const [sale, ...rest] = topicViews(catalogue, "1");
  assert.equal(sale?.name, "sale.paid");
  assert.equal(sale?.publish_as, "order.paid");
  assert.equal(sale?.item_type, "sale");
  assert.deepEqual(sale?.sample, { type: "sale", id: "o-1" });
  assert.deepEqual(
    rest.map((view) => view.name),
    ["ping", "till.opened"],
  );
  assert.deepEqual(
    topicViews(catalogue, "10").map((view) => view.name),
    ["order.paid", "ping"],
  );
  assert.equal(topicViews(catalogue, null).length, 3);
  assert.equal(topicView(catalogue, order as never, "unheard of"), null);
});
