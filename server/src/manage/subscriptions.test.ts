import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import type { Exchange } from "@bellhop/contract/exchange";
import type { Mistake } from "@bellhop/contract/problems";
import { subscriptionLimits, subscriptionRoutes } from "@bellhop/contract/subscriptions";
import type { SavedSubscription, StateChange, SubscriptionView } from "@bellhop/contract/subscriptions";
import { createTestDatabase } from "../../../test/database.ts";
import type { TestDatabase } from "../../../test/database.ts";
import { loadCatalogueDocument } from "../catalogue-file.ts";
import { createChecking } from "../checking.ts";
import { compilePolicy } from "../deliver/address.ts";
import { dnsLookup } from "../deliver/resolver-dns.ts";
import { CachedResolver } from "../deliver/resolver.ts";
import { Sender } from "../deliver/sender.ts";
import { subscriptionHandlers } from "../http/handlers/subscriptions.ts";
import { createServer } from "../http/server.ts";
import { openDatabase } from "../store/database.ts";
import type { Database } from "../store/database.ts";
import { createSeal } from "../store/seal.ts";
import { one, rows, run, sql } from "../store/sql.ts";
import { createCatalogueHolder } from "./topics-holder.ts";

const app = "app_aaaaaaaaaaaaaaaa";
const trialApp = "app_bbbbbbbbbbbbbbbb";
const path = `/v1/apps/${app}/subscriptions`;
const clientSecret = "c".repeat(43);

type Received = { method: string; headers: Record<string, string>; body: Buffer };

let testDatabase: TestDatabase;
let database: Database;
let sender: Sender;
let server: FastifyInstance;
let boundTo: number | null = null;
let received: Received[] = [];
let answers: { head: number; post: number; body: string };
let url: string;

const receiver = createHttpServer((request, response) => void receive(request, response));

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat(await Array.fromAsync(request));
  received.push({ method: request.method ?? "", headers: request.headers as Record<string, string>, body });
  if (request.method === "HEAD") response.writeHead(answers.head, answers.head === 302 ? { location: "/else" } : {}).end();
  else response.writeHead(answers.post, { "x-answer": "yes" }).end(answers.body);
}

before(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?a=1`;
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, () => undefined);
  const read = await loadCatalogueDocument("intercom");
  assert.ok(read.ok);
  const catalogue = await createCatalogueHolder(database, read.document);
  const seal = createSeal(Buffer.alloc(32, 1));
  const rules = compilePolicy({
    allowHttp: false,
    allowNetworks: [],
    allowHosts: [],
    local: true,
    ownPorts: [1],
    ownHosts: [],
    ownAddresses: [],
    nat64: "deny",
  });
  const clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };
  sender = new Sender({ rules, resolver: new CachedResolver(dnsLookup(), clock.monotonicMs), clock });
  server = createServer({
    routes: subscriptionRoutes,
    handlers: subscriptionHandlers({
      database,
      seal,
      delivery: createChecking({ sender, rules, userAgent: "Bellhop/test" }),
      catalogue: catalogue.current,
      nowMs: () => Date.now(),
      steering: { pause: async () => false, setLive: async () => false },
      holdDays: 7,
      publicUrl: "https://hub.test",
    }) as never,
    findKey: async () => ({ key: "key_test", scopes: ["manage"], workspace: boundTo }),
    log: pino({ level: "silent" }),
  });
  await seed(seal.seal(clientSecret, `secret:${app}:1`));
});

after(async () => {
  await server?.close();
  await sender?.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await database?.close();
  await testDatabase?.drop();
});

beforeEach(async () => {
  received = [];
  answers = { head: 200, post: 200, body: "thanks" };
  boundTo = null;
  await run(database.control, sql`update subscription set deleted_at = now() where deleted_at is null`);
});

async function seed(sealedSecret: Buffer): Promise<void> {
  await run(
    database.control,
    sql`insert into workspace (id, name, kind, region, version) values ('paid1', 'Paid', 'paid', 'us', 1), ('trial1', 'Trial', 'trial', 'us', 1)`,
  );
  await run(
    database.control,
    sql`insert into app (id, owner, name, description, visibility, api_version, permissions, redirect_urls, client_id, version)
        select case kind when 'paid' then ${app} else ${trialApp} end, ref, 'App', '', 'private', '2.11', '{read_tickets}', '{}', id, 1
        from workspace`,
  );
  await run(database.control, sql`insert into secret (app, number, sealed) select ref, 1, ${sealedSecret} from app where id = ${app}`);
}

/** Every answer's fields in one: a test reads those of the answer it asked for. */
type Body = SavedSubscription &
  Exchange & {
    code: string;
    errors: Mistake[];
    detail: string;
    data: (SubscriptionView & StateChange)[];
    next_cursor: string | null;
  };
type Called = { status: number; body: Body };

async function call(method: "GET" | "POST" | "PATCH" | "DELETE", at: string, body?: unknown): Promise<Called> {
  const headers = { authorization: "Bearer key", ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const answer = await server.inject({ method, url: at, headers, ...(body === undefined ? {} : { payload: JSON.stringify(body) }) });
  return { status: answer.statusCode, body: answer.body === "" ? ({} as Body) : (JSON.parse(answer.body) as Body) };
}

async function make(fields: object = {}, query = "?verify=false"): Promise<SavedSubscription> {
  const made = await call("POST", path + query, { url, topics: ["ticket.created"], ...fields });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

async function count(): Promise<number> {
  const row = await one<{ count: number }>(database.control, sql`select count(*) as count from subscription where deleted_at is null`);
  return row?.count ?? 0;
}

const hub = (body: Buffer): string => `sha1=${createHmac("sha1", clientSecret).update(body).digest("hex")}`;

test("making one asks for HEAD, then sends a ping that its receiver can verify", async () => {
  const made = await make({ name: "First", headers: { Authorization: "Bearer s3cret" } }, "");
  assert.deepEqual(
    received.map(({ method }) => method),
    ["HEAD", "POST"],
  );
  const ping = received[1] as Received;
  assert.equal(ping.headers["x-hub-signature"], hub(ping.body));
  assert.equal(ping.headers["authorization"], "Bearer s3cret");
  const signed = createHmac("sha256", clientSecret).update(`${ping.headers["webhook-id"]}.${ping.headers["webhook-timestamp"]}.`);
  assert.equal(ping.headers["webhook-signature"], `v1,${signed.update(ping.body).digest("base64")}`);
  assert.match(ping.headers["webhook-id"] ?? "", /^ping_/);
  const body = JSON.parse(ping.body.toString());
  assert.deepEqual([body.topic, body.app_id, body.id], ["ping", "paid1", null]);

  assert.match(made.id, /^sub_[a-z0-9]{16}$/);
  assert.equal(made.checks.head?.status, 200);
  assert.equal(made.checks.ping?.status, 200);
  assert.equal(made.checks.ping?.request.body, ping.body.toString());
  assert.equal(made.checks.ping?.answer?.body, "thanks");
  assert.deepEqual(made.topics, ["ping", "ticket.created"]);
  assert.equal(made.state, "live");
  assert.equal(made.timeout_ms, 15_000);
  assert.ok(!JSON.stringify(made).includes("s3cret"), "a header's value is never shown");
  assert.deepEqual(made.headers, { Authorization: "********" });
});

test("nothing is saved when nothing answers, and the cause is named", async () => {
  const closed = createHttpServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const nobody = `http://127.0.0.1:${(closed.address() as AddressInfo).port}/`;
  await new Promise((resolve) => closed.close(resolve));
  const refused = await call("POST", path, { url: nobody, topics: [] });
  assert.equal(refused.status, 422);
  assert.equal(refused.body.code, "url_unreachable");
  assert.match(refused.body.detail, /No connection/);
  assert.equal(await count(), 0);
});

test("any status to HEAD proves that something is there: 404 and a redirect are warnings", async () => {
  answers.head = 404;
  const missing = await make({}, "");
  assert.match(missing.checks.head?.warning ?? "", /404/);
  answers.head = 302;
  const moved = await make({}, "");
  assert.match(moved.checks.head?.warning ?? "", /redirect/);
});

test("a ping that fails is shown with its reason and changes nothing, not even on 410", async () => {
  answers.post = 410;
  const made = await make({}, "");
  assert.equal(made.checks.ping?.failure?.reason, "gone");
  assert.match(made.checks.ping?.failure?.fix ?? "", /./);
  assert.equal((await call("GET", `${path}/${made.id}`)).body.state, "live");
});

test("verify=false contacts nobody", async () => {
  const made = await make();
  assert.deepEqual(made.checks, { head: null, ping: null });
  assert.equal(received.length, 0);
});

test("only a changed URL is asked for HEAD; any other change is saved whatever the endpoint does", async () => {
  const made = await make();
  answers = { head: 500, post: 500, body: "" };
  const renamed = await call("PATCH", `${path}/${made.id}`, { name: "Renamed" });
  assert.equal(renamed.status, 200);
  assert.equal(renamed.body.checks.head, null);
  assert.equal(renamed.body.checks.ping?.failure?.reason, "status");
  assert.equal(renamed.body.revision, 1);
  const moved = await call("PATCH", `${path}/${made.id}`, { url: `${url}&b=2` });
  assert.equal(moved.body.checks.head?.status, 500);
  assert.equal(moved.body.revision, 2);
  assert.equal((await call("PATCH", `${path}/${made.id}?verify=false`, { headers: { "X-One": "1" } })).body.revision, 3);
  assert.equal((await call("PATCH", `${path}/${made.id}?verify=false`, { topics: ["ticket.closed"] })).body.revision, 3);
});

const ticket = ["ticket.created"];
const refusals: readonly [what: string, body: object, code: string, pointer: string, says: RegExp][] = [
  ["a scheme that is not https", { url: "ftp://example.com/", topics: ticket }, "url_refused", "/url", /https/],
  ["a user name in the URL", { url: "https://me:pw@example.com/", topics: ticket }, "url_refused", "/url", /user name/],
  ["a fragment", { url: "https://example.com/#here", topics: ticket }, "url_refused", "/url", /fragment/],
  ["a private address", { url: "https://10.0.0.1/", topics: ticket }, "url_refused", "/url", /not public/],
  ["a link-local address", { url: "https://[fe80::1]/", topics: ticket }, "url_refused", "/url", /link-local/],
  ["an unknown topic", { url: "https://example.com/", topics: ["ticket.craeted"] }, "unknown_topic", "/topics/0", /ticket\.created/],
  ["a name of another version", { url: "https://example.com/", topics: ["user.email.updated"] }, "unknown_topic", "/topics/0", /2\.11/],
  ["ping switched off", { url: "https://example.com/", topics: [], topics_off: ["ping"] }, "unknown_topic", "/topics_off/0", /always/],
  [
    "a rate",
    { url: "https://example.com/", topics: ticket, rate_per_second: 5 },
    "invalid_request",
    "/rate_per_second",
    /not supported yet/,
  ],
  ["a filter", { url: "https://example.com/", topics: ticket, filter: {} }, "invalid_request", "/filter", /not supported yet/],
  ["a header of ours", { url: "https://example.com/", topics: ticket, headers: { Host: "x" } }, "invalid_request", "/headers/Host", /./],
  [
    "waits beyond four days",
    { url: "https://example.com/", topics: ticket, policy: { waits_s: [172_800, 172_800, 1] } },
    "invalid_request",
    "/policy/waits_s",
    /4 days/,
  ],
  [
    "a short secret",
    { url: "https://example.com/", topics: ticket, signing_secret: "whsec_c2hvcnQ=" },
    "invalid_request",
    "/signing_secret",
    /24/,
  ],
  [
    "large metadata",
    { url: "https://example.com/", topics: ticket, metadata: { a: "x".repeat(4_090) } },
    "invalid_request",
    "/metadata",
    /4096/,
  ],
  ["an unknown field", { url: "https://example.com/", topics: ticket, colour: "red" }, "invalid_request", "/colour", /./],
  ["a text for a number", { url: "https://example.com/", topics: ticket, timeout_ms: "5000" }, "invalid_request", "/timeout_ms", /./],
  ["a NUL in the name", { url: "https://example.com/", topics: ticket, name: "a\0b" }, "invalid_json", "/name", /./],
];

for (const [what, body, code, pointer, says] of refusals) {
  test(`refused, before anything is contacted: ${what}`, async () => {
    const refused = await call("POST", path, body);
    assert.equal(refused.body.code, code, JSON.stringify(refused.body));
    const mistake = refused.body.errors.find((each) => each.pointer === pointer);
    assert.ok(mistake, JSON.stringify(refused.body));
    assert.match(mistake.message, says);
    assert.equal(await count(), 0);
  });
}

test("all mistakes are listed at once", async () => {
  const refused = await call("POST", path, { url: "http://10.1.1.1/", topics: ["a", "b"], filter: 1, headers: { Host: "x" } });
  assert.equal(refused.body.code, "invalid_request");
  assert.deepEqual(
    refused.body.errors.map(({ pointer }) => pointer),
    ["/url", "/topics/0", "/topics/1", "/filter", "/headers/Host"],
  );
});

test("an app whose workspace is on a trial saves nothing", async () => {
  const refused = await call("POST", `/v1/apps/${trialApp}/subscriptions`, { url, topics: ticket });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.code, "owner_not_entitled");
  assert.equal(received.length, 0);
});

test("the fifty-first subscription of an app is refused, however many are made at once", async () => {
  const made = await Promise.all(
    Array.from({ length: subscriptionLimits.perAppMax + 3 }, () => call("POST", `${path}?verify=false`, { url, topics: ticket })),
  );
  assert.equal(made.filter(({ status }) => status === 201).length, subscriptionLimits.perAppMax);
  assert.equal(made.filter(({ body }) => body.code === "limit_reached").length, 3);
});

test("the same URL and topic twice is a warning that names the other", async () => {
  const first = await make({ name: "One" });
  const second = await make({ topics: ["ticket.created", "ticket.closed"] });
  assert.equal(second.warnings.length, 1);
  assert.match(second.warnings[0] ?? "", new RegExp(`${first.id}.*ticket\\.created`));
  assert.deepEqual((await make({ topics: ["ticket.note.created"] })).warnings, []);
});

test("a topic whose permission the app lacks is saved and shown with its reason", async () => {
  const made = await make({ topics: ["ticket.created", "conversation.user.created"] });
  assert.deepEqual(made.topic_errors, { "conversation.user.created": "missing_permission" });
});

test("topics are switched off and on, and without any on the subscription is off", async () => {
  const made = await make({ topics: ["ticket.created"], topics_off: ["ticket.closed"] });
  assert.deepEqual(made.topics, ["ping", "ticket.created", "ticket.closed"]);
  assert.deepEqual(made.topics_off, ["ticket.closed"]);
  const off = await call("PATCH", `${path}/${made.id}?verify=false`, { topics_off: ["ticket.created", "ticket.closed"] });
  assert.deepEqual([off.body.state, off.body.state_cause], ["off", "no_topic_on"]);
  const on = await call("PATCH", `${path}/${made.id}?verify=false`, { topics_off: [] });
  assert.equal(on.body.state, "live");
  const states = await call("GET", `${path}/${made.id}/states`);
  assert.deepEqual(
    states.body.data.map(({ state, cause, by }) => [state, cause, by]),
    [
      ["live", null, "key_test"],
      ["off", "no_topic_on", "key_test"],
      ["live", null, "key_test"],
    ],
  );
  const page = await call("GET", `${path}/${made.id}/states?limit=2`);
  const rest = await call("GET", `${path}/${made.id}/states?limit=2&cursor=${page.body.next_cursor}`);
  assert.deepEqual([page.body.data.length, rest.body.data.length, rest.body.next_cursor], [2, 1, null]);
});

test("headers and metadata are merged by name, null takes one away", async () => {
  const made = await make({ headers: { Authorization: "a", "X-Keep": "k" }, metadata: { team: "a", env: "b" } });
  const changed = await call("PATCH", `${path}/${made.id}`, { headers: { authorization: "new", "x-keep": null }, metadata: { env: null } });
  assert.deepEqual(changed.body.headers, { authorization: "********" });
  assert.deepEqual(changed.body.metadata, { team: "a" });
  assert.equal(received.at(-1)?.headers["authorization"], "new");
});

test("a signing secret is shown once, when it is made, and then signs", async () => {
  const made = await make({ signing_secret: "generate" });
  const secret = made.signing_secret ?? "";
  assert.match(secret, /^whsec_/);
  const read = (await call("GET", `${path}/${made.id}`)).body;
  assert.equal(read.has_signing_secret, true);
  assert.ok(!("signing_secret" in read));
  await call("POST", `${path}/${made.id}/test`, {});
  const { headers, body } = received.at(-1) as Received;
  const key = Buffer.from(secret.slice(6), "base64");
  const signature = createHmac("sha256", key)
    .update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`)
    .update(body)
    .digest("base64");
  assert.equal(headers["webhook-signature"], `v1,${signature}`);
  assert.equal(headers["x-hub-signature"], hub(body));
});

test("a topic's sample is sent as a real notification in the version's shape", async () => {
  const made = await make();
  const sent = await call("POST", `${path}/${made.id}/test`, { topic: "ticket.created" });
  assert.equal(sent.status, 200);
  const { headers, body } = received.at(-1) as Received;
  const notification = JSON.parse(body.toString());
  assert.match(notification.id, /^notif_[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.equal(notification.topic, "ticket.created");
  assert.deepEqual([notification.app_id, notification.delivery_status, notification.delivery_attempts], ["paid1", "pending", 1]);
  assert.equal(notification.data.item.type, "ticket");
  assert.equal(headers["webhook-id"], notification.id);
  assert.equal(headers["x-bellhop-attempt"], "1");
  assert.equal(sent.body.request.body, body.toString());
  assert.equal(sent.body.answer?.headers.find(([name]) => name === "x-answer")?.[1], "yes");
  const stored = await one<{ count: number }>(database.control, sql`select count(*) as count from event`);
  assert.equal(stored?.count, 0);
});

test("an edited sample keeps its tokens, and an unknown topic is refused", async () => {
  const made = await make();
  const headers = { authorization: "Bearer key", "content-type": "application/json" };
  const payload = `{"topic":"ticket.closed","item": {"id": 1152921504606846976, "n": 1.0, "s": "\\u00e9"}}`;
  const answer = await server.inject({ method: "POST", url: `${path}/${made.id}/test`, headers, payload });
  assert.equal(answer.statusCode, 200, answer.body);
  assert.match(received.at(-1)?.body.toString() ?? "", /"item":\{"id":1152921504606846976,"n":1\.0,"s":"\\u00e9"\}/);
  assert.equal((await call("POST", `${path}/${made.id}/test`, { topic: "ticket.craeted" })).body.code, "unknown_topic");
  const ping = await call("POST", `${path}/${made.id}/test`, { item: { id: 1 } });
  assert.deepEqual([ping.body.code, ping.body.errors[0]?.pointer], ["invalid_request", "/item"]);
  const refused = await call("POST", `${path}/${made.id}/test`, { topic: 1, item: [], more: 2 });
  assert.deepEqual(refused.body.errors.map(({ pointer }) => pointer).toSorted(), ["/item", "/more", "/topic"]);
});

test("a deleted subscription is gone from every answer", async () => {
  const made = await make();
  assert.equal((await call("DELETE", `${path}/${made.id}`)).status, 204);
  assert.equal((await call("GET", `${path}/${made.id}`)).status, 404);
  assert.equal((await call("DELETE", `${path}/${made.id}`)).status, 404);
  assert.deepEqual((await call("GET", path)).body.data, []);
});

test("the list is newest first and goes on by cursor", async () => {
  const ids = [(await make()).id, (await make()).id, (await make()).id].toReversed();
  const page = (await call("GET", `${path}?limit=2`)).body;
  const rest = (await call("GET", `${path}?limit=2&cursor=${page.next_cursor}`)).body;
  assert.deepEqual(
    [...page.data, ...rest.data].map(({ id }) => id),
    ids,
  );
  assert.equal(rest.next_cursor, null);
  assert.equal((await call("GET", `${path}?cursor=nonsense!`)).body.code, "invalid_cursor");
});

test("another workspace's key sees neither the app nor its subscriptions", async () => {
  const made = await make();
  boundTo = 2;
  for (const at of [path, `${path}/${made.id}`, `${path}/${made.id}/states`]) assert.equal((await call("GET", at)).status, 404);
  assert.equal((await call("DELETE", `${path}/${made.id}`)).status, 404);
  assert.equal((await call("POST", `${path}/${made.id}/test`, {})).status, 404);
});

test("the audit names headers and revision and never a secret", async () => {
  const made = await make({ headers: { "X-Token": "s3cret" }, signing_secret: "generate" });
  const entries = await rows<{ after: Record<string, unknown> }>(database.control, sql`select after from audit where subject = ${made.id}`);
  const [entry] = entries;
  assert.deepEqual([entry?.after["revision"], entry?.after["url"], entry?.after["header_names"]], [1, url, ["X-Token"]]);
  assert.equal(entry?.after["has_signing_secret"], true);
  assert.ok(!/s3cret|whsec_/.test(JSON.stringify(entries)));
});

test("the old API refuses and says where the hub is", async () => {
  const answer = await server.inject({ method: "POST", url: "/subscriptions", payload: {} });
  assert.equal(answer.statusCode, 403);
  assert.equal(answer.json().code, "subscriptions_by_hub_only");
  assert.match(answer.json().detail, /https:\/\/hub\.test/);
});
