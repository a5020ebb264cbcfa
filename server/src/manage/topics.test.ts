import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { addressRoutes } from "@bellhop/contract/addresses";
import type { CatalogueDocument, TopicView } from "@bellhop/contract/catalogue";
import type { Mistake } from "@bellhop/contract/problems";
import { topicRoutes } from "@bellhop/contract/topics";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import { loadCatalogueDocument } from "../catalogue-file.ts";
import { addressHandlers } from "../http/handlers/addresses.ts";
import { topicHandlers } from "../http/handlers/topics.ts";
import { createServer } from "../http/server.ts";
import { openDatabase } from "../store/database.ts";
import type { Database } from "../store/database.ts";
import { run, rows } from "../store/sql.ts";
import { createCatalogueHolder } from "./topics-holder.ts";

let testDatabase: TestDatabase;
let database: Database;
let server: FastifyInstance;
let document: unknown;
let boundTo: number | null = null;

before(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, () => undefined);
  const read = await loadCatalogueDocument("intercom");
  assert.ok(read.ok);
  document = read.document;
  const catalogue = await createCatalogueHolder(database, document);
  const regions = new Map([
    ["us", { egress: ["192.0.2.7", "2001:db8::/64"] }],
    ["eu", { egress: [] }],
  ]);
  server = createServer({
    routes: { ...topicRoutes, ...addressRoutes },
    handlers: {
      ...topicHandlers({ database, catalogue }),
      ...addressHandlers({ regions, startedAt: new Date("2026-02-03T04:05:06Z") }),
    } as never,
    findKey: async () => ({ key: "key_test", scopes: ["manage"], workspace: boundTo }),
    log: pino({ level: "silent" }),
  });
});

after(async () => {
  await server?.close();
  await database?.close();
  await testDatabase?.drop();
});

/** Every answer's fields in one: a test reads those of the answer it asked for. */
type Body = TopicView & CatalogueDocument & { code: string; detail: string; errors: Mistake[]; data: TopicView[]; version: string | null };
type Called = { status: number; body: Body };

async function call(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", url: string, body?: unknown): Promise<Called> {
  const payload = body === undefined ? {} : { payload: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const { headers = {}, ...rest } = payload as { payload?: string; headers?: Record<string, string> };
  const answer = await server.inject({ method, url, headers: { ...headers, authorization: "Bearer key" }, ...rest });
  return { status: answer.statusCode, body: (answer.body === "" ? {} : JSON.parse(answer.body)) as Body };
}

const ping = { name: "ping", description: "", permissions: [], item_type: "ping", since: "1", always_on: true };

const invoicePaid = {
  name: "invoice.paid",
  description: "An invoice was paid",
  permissions: [],
  item_type: "invoice",
  since: "2.0",
  sample: { type: "invoice", id: "inv_1" },
};

test("topics are listed with samples, and under the names of a version", async () => {
  const newest = await call("GET", "/v1/topics");
  assert.equal(newest.body.data.length, 112);
  assert.ok(newest.body.data.every((topic) => topic.sample !== null));
  const older = await call("GET", "/v1/topics?version=1.0");
  assert.equal(older.body.version, "1.0");
  assert.ok(older.body.data.length < 112);
  const renamed = older.body.data.find((topic) => topic.name !== topic.publish_as);
  assert.ok(renamed, "a version has former names");
});

test("an unknown version is refused with the ones there are", async () => {
  const refused = await call("GET", "/v1/topics?version=9.9");
  assert.equal(refused.status, 400);
  assert.match(refused.body.detail, /2\.15/);
  assert.equal(refused.body.errors[0]?.pointer, "/version");
});

test("a topic is added, changed and removed, and each change is audited", async () => {
  assert.equal((await call("POST", "/v1/topics", invoicePaid)).status, 201);
  const again = await call("POST", "/v1/topics", invoicePaid);
  assert.deepEqual([again.body.code, again.body.errors[0]?.pointer], ["already_exists", "/name"]);
  const changed = await call("PATCH", "/v1/topics/invoice.paid", { description: "Paid at last", sample: null });
  assert.equal(changed.body.description, "Paid at last");
  assert.equal(changed.body.sample, null);
  assert.equal((await call("GET", "/v1/catalogue")).body.topics.length, 113);
  assert.equal((await call("DELETE", "/v1/topics/invoice.paid")).status, 204);
  assert.equal((await call("GET", "/v1/catalogue")).body.topics.length, 112);
  const audited = await rows<{ route: string }>(database.control, {
    name: "audited",
    text: "select route from audit where subject = 'invoice.paid' order by id",
    values: [],
  });
  assert.deepEqual(
    audited.map(({ route }) => route),
    ["createTopic", "changeTopic", "deleteTopic"],
  );
});

test("every mistake in a topic is listed, and nothing is stored", async () => {
  const mistakes = async (method: "POST" | "PATCH" | "PUT", url: string, body: object): Promise<string[]> => {
    const refused = await call(method, url, body);
    assert.deepEqual([refused.status, refused.body.code], [422, "invalid_catalogue"]);
    return refused.body.errors.map(({ pointer }) => pointer).toSorted();
  };
  const wrong = { permissions: ["fly", "fly"], since: "9.9", colour: "red" };
  const wrongs = ["/colour", "/permissions/0", "/permissions/1", "/permissions/1", "/since"];
  assert.deepEqual(await mistakes("POST", "/v1/topics", { ...invoicePaid, ...wrong }), wrongs);
  assert.deepEqual(await mistakes("POST", "/v1/topics", wrong), [
    ...wrongs.slice(0, 1),
    "/description",
    "/item_type",
    "/name",
    ...wrongs.slice(1),
  ]);
  assert.deepEqual(await mistakes("PATCH", "/v1/topics/ticket.created", { ...wrong, name: "x" }), ["/colour", "/name", ...wrongs.slice(1)]);
  const whole = document as CatalogueDocument;
  const [first] = whole.topics;
  assert.deepEqual(await mistakes("PUT", "/v1/catalogue", { ...whole, default_version: 5, topics: [first, { ...first, ...wrong }, 7] }), [
    "/default_version",
    "/topics/1/colour",
    "/topics/1/name",
    "/topics/1/permissions/0",
    "/topics/1/permissions/1",
    "/topics/1/permissions/1",
    "/topics/1/since",
    "/topics/2",
  ]);
  assert.equal((await call("GET", "/v1/catalogue")).body.topics.length, 112);
});

test("a topic that is not there is named with its nearest, a former name with the newest", async () => {
  const missing = await call("PATCH", "/v1/topics/ticket.craeted", { description: "x" });
  assert.equal(missing.status, 404);
  assert.match(missing.body.detail, /ticket\.created/);
  assert.equal((await call("DELETE", "/v1/topics/ping")).body.code, "invalid_catalogue");
});

test("a topic that is always on stays, and stays on", async () => {
  const whole = document as CatalogueDocument;
  const refusals = [
    await call("PATCH", "/v1/topics/ping", { always_on: false }),
    await call("PATCH", "/v1/topics/ping", { always_on: null }),
    await call("PUT", "/v1/catalogue", { ...whole, topics: whole.topics.filter(({ name }) => name !== "ping") }),
  ];
  for (const { status, body } of refusals) {
    assert.deepEqual([status, body.code], [409, "conflict"]);
    assert.match(body.detail, /keep it, with "always_on": true/);
  }
  assert.equal((await call("PATCH", "/v1/topics/ping", { description: "A ping" })).status, 200);
});

test("a whole catalogue replaces the other and reaches another process by the control version", async () => {
  const other = await createCatalogueHolder(database, document);
  const small = { versions: ["1"], default_version: "1", permissions: {}, topics: [{ ...invoicePaid, since: "1" }, ping] };
  assert.equal((await call("PUT", "/v1/catalogue", small)).status, 200);
  assert.equal((await call("GET", "/v1/topics")).body.data[0]?.name, "invoice.paid");
  await other.refresh(1_000_000);
  assert.equal(other.current().topics.length, 2);
  assert.equal((await call("PUT", "/v1/catalogue", { topics: [] })).body.code, "invalid_catalogue");
  assert.equal((await call("PUT", "/v1/catalogue", document)).status, 200);
});

test("a key that is bound to a workspace reads the catalogue and cannot change it", async () => {
  boundTo = 1;
  try {
    assert.equal((await call("GET", "/v1/topics")).status, 200);
    assert.equal((await call("POST", "/v1/topics", invoicePaid)).body.code, "forbidden");
  } finally {
    boundTo = null;
  }
});

test("a topic or version that somebody has chosen cannot be taken away", async () => {
  await run(database.control, {
    name: "seed-losses",
    text: `with w as (insert into workspace (id, name, kind, region, version) values ('w1', 'W', 'paid', 'us', 1) returning ref),
      a as (insert into app (id, owner, name, description, visibility, api_version, permissions, redirect_urls, client_id, version)
        select 'app_1', ref, 'A', '', 'private', '2.11', '{}', '{}', 'c1', 1 from w returning ref)
      insert into subscription (id, app, url, topics, topics_off, policy, signatures, ordered, metadata, header_names, version)
        select 'sub_1', ref, 'https://example.com/', '{ticket.created}', '{}', '"durable"', '{}', false, '{}', '{}', 1 from a`,
    values: [],
  });
  const removed = await call("DELETE", "/v1/topics/ticket.created");
  assert.equal(removed.status, 409);
  assert.match(removed.body.errors[0]?.message ?? "", /"ticket.created" is chosen by the subscription sub_1 of app_1/);
  const moved = await call("PATCH", "/v1/topics/ticket.created", { since: "2.12" });
  assert.equal(moved.body.code, "conflict");
  const small = { versions: ["1"], default_version: "1", permissions: {}, topics: [ping] };
  const replaced = await call("PUT", "/v1/catalogue", small);
  assert.deepEqual(
    replaced.body.errors.map(({ pointer }) => pointer),
    ["/versions", "/topics"],
  );
});

test("a region's egress addresses are public, and nobody else's are invented", async () => {
  const us = await server.inject({ method: "GET", url: "/ip-ranges/us.json" });
  assert.deepEqual(us.json(), {
    ip_ranges: [
      { range: "192.0.2.7/32", region: "US", service: "BELLHOP-OUTBOUND" },
      { range: "2001:db8::/64", region: "US", service: "BELLHOP-OUTBOUND" },
    ],
    date: "2026-02-03",
  });
  const eu = await server.inject({ method: "GET", url: "/ip-ranges/eu.json" });
  assert.deepEqual(eu.json().ip_ranges, []);
  assert.equal((await server.inject({ method: "GET", url: "/ip-ranges/mars.json" })).statusCode, 404);
});
