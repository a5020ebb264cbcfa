import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Explain } from "@bellhop/contract/explain";
import { id16, insertControl, startShow } from "../../../test/show-fixture.ts";
import type { Shown } from "../../../test/show-fixture.ts";

let shown: Shown;

before(async () => {
  shown = await startShow();
  const { permissions } = shown.catalogue.topicNamed("ticket.created") ?? { permissions: [] };
  await insertControl(
    shown,
    2,
    [
      { owner: 1, installedIn: [1], permissions },
      { owner: 1, installedIn: [1] },
      { owner: 2, installedIn: [], permissions },
    ],
    [
      { app: 1, topics: ["ticket.created"] },
      { app: 1, topics: ["ticket.created", "ticket.closed"], topicsOff: ["ticket.created"] },
      { app: 2, topics: ["ticket.created"] },
      { app: 1, topics: ["ticket.closed"] },
    ],
  );
});

after(() => shown?.close());

async function explain(query: string, workspace: number | null = null): Promise<Explain> {
  const { status, body } = await shown.get<Explain>(`/v1/explain?${query}`, workspace);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const brokenRules = (rules: readonly { rule: string; holds: boolean }[]): string[] =>
  rules.flatMap(({ rule, holds }) => (holds ? [] : [rule]));

test("for each installed app and each subscription, every rule has a yes or no", async () => {
  const { apps } = await explain("workspace_id=ext:customer-1&topic=ticket.created");
  assert.deepEqual(
    apps.map(({ app }) => app),
    [id16("app", 1), id16("app", 2)],
  );
  const [first, second] = apps[0]?.subscriptions ?? [];
  assert.equal(first?.notified, true);
  assert.equal(first?.rules.length, 8);
  assert.deepEqual(brokenRules(first?.rules ?? []), []);
  assert.equal(second?.reason, "topic_off");
  assert.ok(second?.sentence && second.fix);
  assert.deepEqual(brokenRules(second?.rules ?? []), ["topic_on"]);
  assert.equal(apps[1]?.subscriptions[0]?.reason, "missing_permission");
});

test("an app that is not installed there, and has no subscription, says both", async () => {
  const { apps } = await explain("workspace_id=w1&topic=ticket.created&app=ext:app-3");
  const [only] = apps[0]?.subscriptions ?? [];
  assert.equal(only?.subscription, null);
  assert.equal(only?.reason, "not_installed");
  assert.ok(only?.sentence);
  const broken = brokenRules(only?.rules ?? []);
  for (const rule of ["installed", "subscribed"]) assert.ok(broken.includes(rule), rule);
});

test("what a subscription is told is true of it, whatever another has chosen", async () => {
  const { apps } = await explain("workspace_id=w1&topic=ticket.created&app=ext:app-1");
  const third = apps[0]?.subscriptions[2];
  assert.equal(third?.reason, "not_subscribed");
  assert.match(third?.sentence ?? "", /^The subscription has not chosen/);
  assert.match(third?.fix ?? "", /this subscription/);
});

test("a former name of a topic is understood and said to be one", async () => {
  const topic = shown.catalogue.topics.find((each) => (each.formerly ?? []).length > 0);
  const former = topic?.formerly?.[0]?.name ?? "";
  const answer = await explain(`workspace_id=w1&topic=${former}`);
  assert.equal(answer.topic, topic?.name);
  assert.equal(answer.formerly, former);
});

test("an unknown topic names the nearest", async () => {
  const { body } = await shown.get<{ code: string; detail: string; errors: { pointer: string }[] }>(
    "/v1/explain?workspace_id=w1&topic=ticket.craeted",
  );
  assert.equal(body.errors[0]?.pointer, "/topic");
  assert.equal(body.code, "unknown_topic");
  assert.match(body.detail, /ticket\.created/);
});

test("a topic that nobody can publish is not named as one that may have been meant", async () => {
  const { body } = await shown.get("/v1/explain?workspace_id=w1&topic=pin");
  assert.doesNotMatch(body.detail, /\bping\b/);
  assert.equal(body.detail.match(/nearest: (.*?)\. POST/)?.[1]?.split(", ").length, 3);
});

test("a key that is bound to a workspace asks about that workspace and its apps only", async () => {
  for (const [query, code, pointer] of [
    ["workspace_id=w1&topic=ticket.created", "unknown_workspace", "/workspace_id"],
    ["workspace_id=w2&topic=ticket.created&app=ext:app-1", "unknown_app", "/app"],
    ["workspace_id=w2&topic=ticket.created&app=ext:nobody", "unknown_app", "/app"],
  ] as const) {
    assert.partialDeepStrictEqual((await shown.get(`/v1/explain?${query}`, 2)).body, { code, errors: [{ pointer }] });
  }
  assert.equal((await explain("workspace_id=w2&topic=ticket.created&app=ext:app-3", 2)).apps.length, 1);
});
