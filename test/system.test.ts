// What operators, their tools and old clients ask beside publishing.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";

const nobody = { authorization: "" };

test("health is public, metrics need a key that may see them", async (t) => {
  const program = await startTestProgram(t);
  assert.deepEqual((await program.call("GET", "/livez", undefined, nobody)).body, { status: "live" });
  assert.deepEqual((await program.call("GET", "/readyz", undefined, nobody)).body, { status: "ready" });
  assert.equal((await program.call("GET", "/metrics", undefined, nobody)).status, 401);
  const { token } = await program.must<{ token: string }>("POST", "/v1/keys", { name: "scraper", scopes: ["metrics"] });
  const scraped = await program.call("GET", "/metrics", undefined, { authorization: `Bearer ${token}` });
  assert.match(scraped.text, /^bellhop_events_accepted_total 0$/m);
  assert.equal((await program.call("GET", "/v1/keys", undefined, { authorization: `Bearer ${token}` })).status, 403);
});

test("the metrics tell what was accepted, delivered and failed by reason", async (t) => {
  const program = await startTestProgram(t);
  const { workspace, inbox } = await program.makeInstalled({ topics: ["ticket.created"], settings: { policy: { waits_s: [60] } } });
  await program.publish({ workspace_id: workspace, topic: "ticket.created", item: { id: "1" } });
  await inbox.waitFor(() => true);
  inbox.behave(null, 503);
  await program.publish({ workspace_id: workspace, topic: "ticket.created", item: { id: "2" } });
  await inbox.waitFor((_, all) => all.length === 2);
  await eventually(async () => ((await program.metric('bellhop_attempts_failed_total\\{reason="status"\\}')) === 1 ? true : null));
  const counted = await Promise.all(
    ["bellhop_events_accepted_total", "bellhop_notifications_made_total", "bellhop_notifications_delivered_total"].map((name) =>
      program.metric(name),
    ),
  );
  assert.deepEqual(counted, [2, 2, 1]);
});

test("a statement that takes too long is an outage like any other", async (t) => {
  const program = await startTestProgram(t);
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  await client.query("begin");
  await client.query("lock table notification, app in access exclusive mode");
  const answers = await Promise.all([
    program.call("GET", "/v1/notifications"),
    program.call("PATCH", "/v1/apps/ext:a", { name: "An App" }),
  ]);
  for (const { status, body, headers } of answers)
    assert.deepEqual([status, body["code"], headers.get("retry-after")], [503, "unavailable", "1"]);
  await client.query("rollback");
  await client.end();
  assert.equal((await program.call("GET", "/v1/notifications")).status, 200);
});

test("the API describes itself, with every route and its operation id", async (t) => {
  const program = await startTestProgram(t);
  const { body } = await program.call<{ openapi: string; paths: Record<string, Record<string, { operationId: string }>> }>(
    "GET",
    "/openapi.json",
    undefined,
    nobody,
  );
  assert.equal(body.openapi, "3.1.0");
  assert.equal(body.paths["/v1/events"]?.["post"]?.operationId, "publishEvent");
});

test("a query is never coerced: a number must be spelled as one, and given once", async (t) => {
  const program = await startTestProgram(t);
  for (const query of [
    "limit=true",
    "limit=0x10",
    "limit=",
    "limit=1&limit=2",
    "limit=0",
    "limit=101",
    "colour=red",
    "cursor=garbage",
    "status=odd",
  ]) {
    const { status, body, text } = await program.call("GET", `/v1/notifications?${query}`);
    assert.equal(status, 400, `${query}: ${text}`);
    assert.match(body["code"] as string, /^invalid_(query|cursor)$/);
    assert.equal((body["errors"] as { pointer: string }[])[0]?.pointer, `/${query.split("=")[0]}`);
  }
  const misspelled = await program.call("POST", "/v1/apps/app_0000000000000000/subscriptions?verify=1", {
    url: "https://example.com",
    topics: [],
  });
  assert.equal(misspelled.status, 400);
});

test("text that could not be stored is refused in every query and path", async (t) => {
  const program = await startTestProgram(t);
  for (const [path, pointer] of [
    ["/v1/notifications?object_id=%00", "/object_id"],
    ["/v1/notifications?subscription=a%00b", "/subscription"],
    ["/v1/explain?workspace_id=ext:%00&topic=ping", "/workspace_id"],
    ["/v1/notifications/%00", "/id"],
    ["/v1/workspaces/ext:%00", "/id"],
    ["/v1/notifications?limit=1&object_id=%ED%A0%80", "/object_id"],
    ["/v1/notifications?object_id=%", "/object_id"],
    ["/v1/workspaces/ext:%ED%A0%80", ""],
  ] as const) {
    const { status, body, text } = await program.call<{ code: string; errors: { pointer: string }[] }>("GET", path);
    assert.deepEqual([status, body.code, body.errors[0]?.pointer], [400, "invalid_query", pointer], `${path}: ${text}`);
  }
});

test("a region's addresses are those configured, none otherwise", async (t) => {
  const program = await startTestProgram(t, {
    regions: new Map([
      ["us", { egress: ["203.0.113.7/32"], eventsPerMinute: 1 }],
      ["eu", { egress: [], eventsPerMinute: 1 }],
    ]),
  });
  const us = await program.call<{ ip_ranges: unknown[] }>("GET", "/ip-ranges/us.json", undefined, nobody);
  assert.deepEqual(us.body.ip_ranges, [{ range: "203.0.113.7/32", region: "US", service: "BELLHOP-OUTBOUND" }]);
  assert.deepEqual((await program.call<{ ip_ranges: unknown[] }>("GET", "/ip-ranges/eu.json", undefined, nobody)).body.ip_ranges, []);
  assert.equal((await program.call("GET", "/ip-ranges/moon.json", undefined, nobody)).status, 404);
});

test("the old API's way to make a subscription says where they are made now", async (t) => {
  const program = await startTestProgram(t);
  const { status, body } = await program.call("POST", "/subscriptions", {
    service_type: "web",
    url: "https://example.com",
    topics: ["all"],
  });
  assert.deepEqual([status, body["code"]], [403, "subscriptions_by_hub_only"]);
  assert.match(body["detail"] as string, /http/);
});

test("the explorer says rule by rule why a workspace's event reaches an app or not", async (t) => {
  const program = await startTestProgram(t);
  const { workspace, app } = await program.makeInstalled({ topics: ["ticket.created"] });
  const ask = async (topic: string) => (await program.call("GET", `/v1/explain?workspace_id=${workspace}&topic=${topic}&app=${app}`)).text;
  assert.doesNotMatch(await ask("ticket.created"), /"holds":false/);
  assert.match(await ask("company.created"), /"rule":"subscribed","holds":false/);
});
