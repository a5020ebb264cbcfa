import assert from "node:assert/strict";
import { test } from "node:test";
import { readCatalogue } from "./catalogue.ts";
import { explain, whyNot, whyNotNow } from "./matching.ts";
import type { AppFacts, InstallationFacts, SubscriptionFacts } from "./matching.ts";

const topic = { description: "", item_type: null };
const read = readCatalogue({
  versions: ["1", "2"],
  default_version: "2",
  permissions: { read_tickets: "", read_all: "", read_calls: "" },
  topics: [
    { ...topic, name: "ping", permissions: [], since: "1", always_on: true },
    { ...topic, name: "note.added", permissions: [], since: "1" },
    {
      ...topic,
      name: "ticket.opened",
      permissions: ["read_tickets", "read_all"],
      since: "2",
      formerly: [{ name: "ticket.new", since: "1", until: "1" }],
    },
    { ...topic, name: "call.ended", permissions: ["read_calls"], since: "2" },
  ],
});
assert(read.ok);
const { catalogue } = read;

type Facts = { topic: string } & Partial<InstallationFacts> & { app?: Partial<AppFacts>; subscription?: Partial<SubscriptionFacts> };

function facts({ topic: name, installed = true, permissions, app, subscription }: Facts) {
  const asked = catalogue.topicNamed(name);
  assert(asked);
  return [
    catalogue,
    asked,
    { installed, permissions: permissions ?? new Set(["read_tickets"]) },
    { visibility: "public", apiVersion: "2", ownerKind: "paid", permissions: new Set(["read_tickets", "read_all"]), ...app },
    { state: "live", topics: new Map([[name, true]]), ...subscription },
  ] as [typeof catalogue, typeof asked, InstallationFacts, AppFacts, SubscriptionFacts];
}

const opened = { topic: "ticket.opened" };
const none = new Set<string>();
const called = new Map([["call.ended", true]]);

/** What a receiver can expect, and the name it gets the topic by or why it gets nothing. */
const sentences: [string, Facts, string][] = [
  ["everything holds: one notification, by the topic's name", opened, "as ticket.opened"],
  ["the app must be installed in the workspace", { ...opened, installed: false }, "not_installed"],
  ["the installation must hold one of the topic's permissions", { ...opened, permissions: none }, "missing_permission"],
  ["any one of them is enough", { ...opened, permissions: new Set(["read_all"]) }, "as ticket.opened"],
  ["another topic's permission is not", { ...opened, permissions: new Set(["read_calls"]) }, "missing_permission"],
  ["a topic may need none", { topic: "note.added", permissions: none }, "as note.added"],
  [
    "asking for more needs the workspace's consent again",
    { topic: "call.ended", app: { permissions: new Set(["read_calls"]) } },
    "missing_permission",
  ],
  [
    "a private app's installations always hold what it asks for",
    { ...opened, permissions: none, app: { visibility: "private" } },
    "as ticket.opened",
  ],
  ["and nothing else", { topic: "call.ended", permissions: new Set(["read_calls"]), app: { visibility: "private" } }, "missing_permission"],
  ["removing a permission from an app stops its topics at once", { ...opened, app: { permissions: none } }, "missing_permission"],
  [
    "the topic must be offered in the app's API version",
    { topic: "call.ended", permissions: new Set(["read_calls"]), app: { apiVersion: "1", permissions: new Set(["read_calls"]) } },
    "not_in_version",
  ],
  [
    "an app on an older version has chosen, and receives, the former name",
    { ...opened, app: { apiVersion: "1" }, subscription: { topics: new Map([["ticket.new", true]]) } },
    "as ticket.new",
  ],
  ["the newest name means nothing to an older version", { ...opened, app: { apiVersion: "1" } }, "not_subscribed"],
  ["a version that the catalogue lost offers nothing", { ...opened, app: { apiVersion: "0" } }, "not_in_version"],
  ["the subscription must have chosen the topic", { ...opened, subscription: { topics: called } }, "not_subscribed"],
  [
    "and have it on",
    {
      ...opened,
      subscription: {
        topics: new Map([
          ["ticket.opened", false],
          ["note.added", true],
        ]),
      },
    },
    "topic_off",
  ],
  ["ping is always subscribed", { topic: "ping", subscription: { topics: called } }, "as ping"],
  [
    "ping cannot be switched off",
    {
      topic: "ping",
      subscription: {
        topics: new Map([
          ["ping", false],
          ["call.ended", true],
        ]),
      },
    },
    "as ping",
  ],
  ["a subscription that is off gets nothing", { ...opened, subscription: { state: "off" } }, "subscription_off"],
  ["one with no topic on is off", { topic: "ping", subscription: { topics: new Map([["call.ended", false]]) } }, "subscription_off"],
  ["ping alone does not make it on", { topic: "ping" }, "subscription_off"],
  ["a disabled one gets nothing", { ...opened, subscription: { state: "disabled" } }, "subscription_disabled"],
  ["a paused one still gets it", { ...opened, subscription: { state: "paused" } }, "as ticket.opened"],
  ["a throttled one still gets it", { ...opened, subscription: { state: "throttled" } }, "as ticket.opened"],
  ["a suspended one still gets it", { ...opened, subscription: { state: "suspended" } }, "as ticket.opened"],
  ["an app owned by a development workspace is entitled", { ...opened, app: { ownerKind: "development" } }, "as ticket.opened"],
  ["nothing new is made for the apps of a trial workspace", { ...opened, app: { ownerKind: "trial" } }, "owner_not_entitled"],
  [
    "of several reasons the first in the list is said",
    { ...opened, permissions: none, app: { apiVersion: "0", ownerKind: "trial" }, subscription: { state: "off" } },
    "missing_permission",
  ],
];

for (const [sentence, given, expected] of sentences) {
  test(sentence, () => {
    const match = whyNot(...facts(given));
    assert.equal("name" in match ? `as ${match.name}` : match.reason, expected);
    const broken = explain(...facts(given)).filter((rule) => !rule.holds);
    assert.equal(broken.length === 0, "name" in match, "the explanation agrees");
  });
}

test("the explanation lists every rule, also after the first that does not hold", () => {
  const given = { ...opened, permissions: none, app: { ownerKind: "trial" as const }, subscription: { state: "disabled" as const } };
  assert.deepEqual(
    explain(...facts(given)).map(({ rule, holds }) => (holds ? rule : `no ${rule}`)),
    ["installed", "no permission", "version", "subscribed", "no state", "topic_on", "no entitled", "filter"],
  );
});

test("the explanation says in words what is missing", () => {
  const detail = (given: Facts, rule: string) => explain(...facts(given)).find((row) => row.rule === rule)?.detail;
  assert.match(detail({ ...opened, permissions: none }, "permission") ?? "", /not consented.*read_tickets, read_all/);
  assert.match(detail({ ...opened, app: { permissions: none } }, "permission") ?? "", /asks for none/);
  assert.match(detail({ ...opened, app: { apiVersion: "0" } }, "version") ?? "", /API version 0 does not offer/);
  assert.match(detail({ ...opened, subscription: { topics: new Map() } }, "state") ?? "", /no topic switched on/);
});

test("an app without a subscription is explained too", () => {
  const [, asked, installation, app] = facts(opened);
  const rows = explain(catalogue, asked, installation, app, null);
  assert.deepEqual(
    rows.filter((row) => !row.holds).map((row) => row.rule),
    ["subscribed", "state", "topic_on"],
  );
});

/** What is looked at again before each request, and nothing else. */
const before: [string, Facts, string | null][] = [
  ["nothing changed: it is sent", opened, null],
  ["the app was uninstalled", { ...opened, installed: false }, "uninstalled"],
  ["the workspace's consent was withdrawn", { ...opened, permissions: none }, "permission_removed"],
  ["the app no longer asks for the permission", { ...opened, app: { permissions: none } }, "permission_removed"],
  ["the subscription was switched off", { ...opened, subscription: { state: "off" } }, "subscription_off"],
  ["its last topic was switched off", { ...opened, subscription: { topics: new Map([["ticket.opened", false]]) } }, "subscription_off"],
  ["the subscription was disabled", { ...opened, subscription: { state: "disabled" } }, "subscription_disabled"],
  ["a pause is no reason to end", { ...opened, subscription: { state: "paused" } }, null],
  ["a topic switched off does not call back what was made", { ...opened, subscription: { topics: called } }, null],
  ["nor does another API version", { ...opened, app: { apiVersion: "1" } }, null],
  ["what waits still goes out when the owner becomes a trial", { ...opened, app: { ownerKind: "trial" } }, null],
];

for (const [sentence, given, expected] of before) {
  test(`before a request: ${sentence}`, () => assert.equal(whyNotNow(...facts(given)), expected));
}

test("before a request: the subscription was deleted, or the catalogue lost the topic", () => {
  const [, asked, installation, app, subscription] = facts(opened);
  assert.equal(whyNotNow(catalogue, asked, installation, app, null), "subscription_deleted");
  assert.equal(whyNotNow(catalogue, null, installation, app, subscription), null);
});
