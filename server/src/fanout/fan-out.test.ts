import assert from "node:assert/strict";
import { test } from "node:test";
import type { Topic } from "@bellhop/contract/catalogue";
import { readCatalogue } from "../domain/catalogue.ts";
import { fanOutMax } from "../domain/id.ts";
import type { AppView, SubscriptionView } from "../store/directory.ts";
import { fanOut, packSkipped } from "./fan-out.ts";

const name = "note.added";
const read = readCatalogue({
  versions: ["1"],
  default_version: "1",
  permissions: {},
  topics: [{ name, description: "", item_type: null, permissions: [], since: "1" }],
});
assert(read.ok);
const { catalogue } = read;
const topic = catalogue.topicNamed(name) as Topic;

/** One letter per subscription: m matches, o has the topic off but another on, s is not subscribed to it. */
function app(ref: number, subscriptions: string): AppView {
  const topics = { m: [[name, true]], o: [[name, false]], s: [] } as Record<string, [string, boolean][]>;
  const other: [string, boolean] = ["other.topic", true];
  const made = subscriptions.split("").map((each) => ({ facts: { state: "live", topics: new Map([...(topics[each] ?? []), other]) } }));
  const facts: AppView["facts"] = { visibility: "private", apiVersion: "1", ownerKind: "paid", permissions: new Set() };
  const nothing = { id: `app_${ref}`, owner: 1, ownerId: "w", secrets: [] };
  return { ref, facts, subscriptions: made as unknown as SubscriptionView[], ...nothing };
}

function notified(apps: readonly AppView[]): { counts: number[]; skipped: object } {
  const byRef = new Map(apps.map((each) => [each.ref, each]));
  const installations = new Map(apps.map(({ ref }) => [ref, { installed: true, permissions: new Set<string>(), sinceMs: 0 }]));
  const { recipients, skipped } = fanOut(catalogue, topic, { ref: 1, id: "w", region: "us", installations }, (ref) => byRef.get(ref));
  const counts = apps.map(({ ref }) => recipients.filter((each) => each.app.ref === ref).length);
  return { counts, skipped: Object.fromEntries(skipped) };
}

const room = (places: number): string => "m".repeat(fanOutMax - places);

const cases: [string, AppView[], number[], object][] = [
  ["the last place is given", [app(1, room(1)), app(2, "m")], [fanOutMax - 1, 1], {}],
  ["an app beyond the limit is told", [app(1, room(0)), app(2, "m")], [fanOutMax, 0], { fan_out_limit: [2] }],
  ["an app that got only some is told", [app(1, room(1)), app(2, "mm")], [fanOutMax - 1, 1], { fan_out_limit: [2] }],
  ["and not for what a later subscription lacks", [app(1, room(1)), app(2, "mmo")], [fanOutMax - 1, 1], { fan_out_limit: [2] }],
  [
    "what did not match anyway is no matter of the limit",
    [app(1, room(0)), app(2, "o"), app(3, "s"), app(4, "")],
    [fanOutMax, 0, 0, 0],
    { topic_off: [2], not_subscribed: [3, 4] },
  ],
  ["an app with something made has nothing to be told", [app(1, "som")], [1], {}],
  ["of several reasons the nearest is told", [app(1, "sos")], [0], { topic_off: [1] }],
];

for (const [what, apps, counts, skipped] of cases) test(what, () => assert.deepEqual(notified(apps), { counts, skipped }));

test("an event row names 200 apps at most and counts the rest; the usual reasons are only counted", () => {
  const apps = (count: number): number[] => Array.from({ length: count }, (_, ref) => ref);
  const packed = packSkipped(
    new Map([
      ["not_subscribed", apps(5)],
      ["missing_permission", apps(150)],
      ["fan_out_limit", apps(60)],
      ["subscription_off", apps(1)],
    ]),
  );
  assert.deepEqual(JSON.parse(packed as string), {
    stored: { missing_permission: apps(150), fan_out_limit: apps(50) },
    counted: { not_subscribed: 5, fan_out_limit: 10, subscription_off: 1 },
  });
});
