import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { brakeRoutes } from "@bellhop/contract/brakes";
import type { BrakeView } from "@bellhop/contract/brakes";
import type { Mistake } from "@bellhop/contract/problems";
import type { Scope } from "@bellhop/contract/route";
import { subscriptionRoutes } from "@bellhop/contract/subscriptions";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { id16, insertControl, startShow } from "../../../test/show-fixture.ts";
import type { Shown } from "../../../test/show-fixture.ts";
import { brakeHandlers } from "../http/handlers/brakes.ts";
import { subscriptionHandlers } from "../http/handlers/subscriptions.ts";
import { createServer } from "../http/server.ts";
import { activeBrakes } from "../store/brakes.ts";

const app = id16("app", 1);
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const reason = "It answers with everybody's data.";

let shown: Shown;
let server: FastifyInstance;
let boundTo: number | null = null;
let scopes: Scope[] = ["manage"];

before(async () => {
  shown = await startShow();
  const subscriptions = [1, 1, 2].map((owner) => ({ app: owner, topics: ["ticket.created"] }));
  const apps = [1, 2].map((owner) => ({ owner, installedIn: [owner] }));
  await insertControl(shown, 2, apps, subscriptions);
  await shown.database.control.query(`update subscription set policy = '"durable"'`);
  const { database } = shown;
  const deps = { database, nowMs: Date.now, catalogue: () => shown.catalogue, holdDays: 7 };
  server = createServer({
    routes: { ...brakeRoutes, ...subscriptionRoutes },
    handlers: { ...brakeHandlers(deps), ...subscriptionHandlers(deps as never) } as never,
    findKey: async () => ({ key: "key_test", scopes, workspace: boundTo }),
    log: pino({ level: "silent" }),
  });
});

after(async () => {
  await server?.close();
  await shown?.close();
});

beforeEach(async () => {
  boundTo = null;
  scopes = ["manage"];
  await shown.database.control.query("delete from brake");
});

type Body = BrakeView &
  SubscriptionView & {
    code: string;
    detail: string;
    errors: Mistake[];
    data: (BrakeView & SubscriptionView)[];
    next_cursor: string | null;
  };

async function call(method: "GET" | "POST" | "DELETE", url: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const headers = { authorization: "Bearer key", ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const answer = await server.inject({ method, url, headers, ...(body === undefined ? {} : { payload: JSON.stringify(body) }) });
  return { status: answer.statusCode, body: answer.body === "" ? ({} as Body) : (JSON.parse(answer.body) as Body) };
}

async function make(fields: object): Promise<Body> {
  const made = await call("POST", "/v1/brakes", { until: inAnHour(), reason, ...fields });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

async function version(): Promise<number> {
  return (await shown.database.control.query("select version from control_version")).rows[0].version;
}

test("a brake names a workspace, an app, a subscription or a host, and whoever sends hears of it", async () => {
  const before = await version();
  const until = inAnHour();
  const made = [
    await make({ workspace_id: "ext:customer-1", until }),
    await make({ app: "ext:app-1", until }),
    await make({ subscription: id16("sub", 1), until }),
    await make({ host: "NOW.example.:8443", until }),
  ];
  assert.deepEqual(
    made.map(({ workspace_id, app: named, subscription, host }) => [workspace_id, named, subscription, host]),
    [
      ["w1", null, null, null],
      [null, app, null, null],
      [null, null, id16("sub", 1), null],
      [null, null, null, "now.example"],
    ],
  );
  for (const brake of made) {
    assert.match(brake.id, /^brk_[a-z0-9]{16}$/);
    assert.deepEqual(
      [brake.until, brake.reason, brake.created_by, brake.ends, brake.lifted_at],
      [until, reason, "key_test", "active", null],
    );
  }
  assert.equal(await version(), before + 4);
  const untilMs = Date.parse(until);
  assert.deepEqual(
    (await activeBrakes(shown.database.read))
      .map(({ workspace, app: named, subscription, host, until_ms }) => [workspace, named, subscription, host, until_ms])
      .toSorted(byText),
    [
      [null, 1, null, null, untilMs],
      [1, null, null, null, untilMs],
      [null, null, 1, null, untilMs],
      [null, null, null, "now.example", untilMs],
    ].toSorted(byText),
  );
});

const byText = (a: unknown, b: unknown): number => String(a).localeCompare(String(b));

const mistaken: readonly [what: string, body: object, pointers: string[]][] = [
  ["nothing named", {}, [""]],
  ["two named", { app, host: "now.example" }, ["/app", "/host"]],
  ["a URL for a host", { host: "https://now.example/hook" }, ["/host"]],
  ["no host at all", { host: " " }, ["/host"]],
  ["a time that has passed", { app, until: "2020-01-01T00:00:00Z" }, ["/until"]],
  ["a time too far ahead", { app, until: "2999-01-01T00:00:00Z" }, ["/until"]],
  ["no such day", { app, until: "2026-02-30T00:00:00Z" }, ["/until"]],
  ["no time", { app, until: undefined }, ["/until"]],
  ["no reason", { app, reason: "" }, ["/reason"]],
  ["too long a reason", { app, reason: "x".repeat(301) }, ["/reason"]],
  ["an unknown field", { app, forever: true }, ["/forever"]],
];

for (const [what, body, pointers] of mistaken) {
  test(`a brake with ${what} is refused`, async () => {
    const refused = await call("POST", "/v1/brakes", { until: inAnHour(), reason, ...body });
    assert.deepEqual([refused.status, refused.body.code], [422, "invalid_request"]);
    assert.deepEqual(
      refused.body.errors.map(({ pointer }) => pointer),
      pointers,
    );
    assert.equal((await activeBrakes(shown.database.read)).length, 0);
  });
}

test("what is not there cannot be named", async () => {
  const codes = [];
  for (const named of [{ workspace_id: "nobody" }, { app: id16("app", 9) }, { subscription: id16("sub", 9) }]) {
    const { status, body } = await call("POST", "/v1/brakes", { until: inAnHour(), reason, ...named });
    codes.push([status, body.code, ...body.errors.map(({ pointer }) => pointer)]);
  }
  assert.deepEqual(codes, [
    [404, "unknown_workspace", "/workspace_id"],
    [404, "unknown_app", "/app"],
    [404, "not_found", "/subscription"],
  ]);
});

test("brakes are the operator's: no key of a workspace, and no key that only reads, may make one", async () => {
  const { id } = await make({ app });
  boundTo = 1;
  const wanted = { app, until: inAnHour(), reason };
  const answers = [await call("POST", "/v1/brakes", wanted), await call("GET", "/v1/brakes"), await call("DELETE", `/v1/brakes/${id}`)];
  assert.deepEqual(
    answers.map(({ status, body }) => [status, body.code]),
    answers.map(() => [403, "forbidden"]),
  );
  boundTo = null;
  scopes = ["read"];
  assert.equal((await call("GET", "/v1/brakes")).status, 200);
  assert.equal((await call("POST", "/v1/brakes", wanted)).status, 403);
});

test("the list is newest first, says how each ended, and can be asked for what holds now", async () => {
  const lifted = await make({ app });
  const over = await make({ host: "over.example" });
  const active = await make({ workspace_id: "w2" });
  await shown.database.control.query("update brake set until = now() - interval '1 second' where id = $1", [over.id]);
  assert.equal((await call("DELETE", `/v1/brakes/${lifted.id}`)).status, 204);
  const page = (await call("GET", "/v1/brakes?limit=2")).body;
  const rest = (await call("GET", `/v1/brakes?limit=2&cursor=${page.next_cursor}`)).body;
  assert.deepEqual(
    [...page.data, ...rest.data].map(({ id, ends, lifted_at }) => [id, ends, lifted_at !== null]),
    [
      [active.id, "active", false],
      [over.id, "ended", false],
      [lifted.id, "lifted", true],
    ],
  );
  const only = async (query: string): Promise<string[]> => (await call("GET", `/v1/brakes?${query}`)).body.data.map(({ id }) => id);
  assert.deepEqual(await only("active=true"), [active.id]);
  assert.deepEqual(await only("active=false"), [over.id, lifted.id]);
  assert.equal((await call("GET", "/v1/brakes?cursor=nonsense")).body.code, "invalid_cursor");
});

test("a lifted brake holds no more; lifting it again, or one that ended, changes nothing", async () => {
  const { id } = await make({ app });
  assert.equal((await call("DELETE", `/v1/brakes/${id}`)).status, 204);
  assert.equal((await activeBrakes(shown.database.read)).length, 0);
  const once = (await call("GET", "/v1/brakes")).body.data;
  assert.equal((await call("DELETE", `/v1/brakes/${id}`)).status, 204);
  assert.deepEqual((await call("GET", "/v1/brakes")).body.data, once);
  assert.equal((await call("DELETE", `/v1/brakes/brk_${"z".repeat(16)}`)).status, 404);
  const audit = await shown.database.control.query("select after is null as lifted from audit where subject = $1 order by id", [id]);
  assert.deepEqual(audit.rows, [{ lifted: false }, { lifted: true }]);
});

test("a subscription shows the brakes on it, its app, its host and the workspaces that have the app, and no others", async () => {
  await shown.database.control.query("update subscription set url = 'https://Else.example:8443/hook' where ref = 2");
  const onApp = await make({ app });
  const onOne = await make({ subscription: id16("sub", 1) });
  const onHost = await make({ host: "else.example" });
  const lifted = await make({ app });
  await call("DELETE", `/v1/brakes/${lifted.id}`);
  const onWorkspace = await make({ workspace_id: "w1" });
  boundTo = 1;
  const path = `/v1/apps/${app}/subscriptions`;
  const { data } = (await call("GET", path)).body;
  const shownOn = data.map(({ id, brakes }) => [id, brakes.map((brake) => [brake.id, brake.names])]);
  assert.deepEqual(shownOn, [
    [
      id16("sub", 2),
      [
        [onWorkspace.id, "workspace"],
        [onHost.id, "host"],
        [onApp.id, "app"],
      ],
    ],
    [
      id16("sub", 1),
      [
        [onWorkspace.id, "workspace"],
        [onOne.id, "subscription"],
        [onApp.id, "app"],
      ],
    ],
  ]);
  const { brakes } = (await call("GET", `${path}/${id16("sub", 1)}`)).body;
  assert.deepEqual(brakes[1], { id: onOne.id, names: "subscription", until: onOne.until, reason });
  boundTo = 2;
  assert.deepEqual((await call("GET", `/v1/apps/${id16("app", 2)}/subscriptions/${id16("sub", 3)}`)).body.brakes, []);
});
