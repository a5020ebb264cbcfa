import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, test } from "node:test";
import { openControlDoor } from "../../../test/control-door.ts";
import type { ControlDoor } from "../../../test/control-door.ts";
import { createChecking } from "../checking.ts";
import { compilePolicy } from "../deliver/address.ts";
import { Sender } from "../deliver/sender.ts";
import { checksAtOnceMax, createHealthChecks } from "./health-check.ts";
import type { DailyRound } from "./daily-round.ts";

const minuteMs = 60_000;
const dayMinutes = 1_440;
const midnightMs = Date.UTC(2026, 5, 1);
const workspaces = ["w1", "w2", "w3"];

const rules = compilePolicy({
  allowHttp: true,
  allowNetworks: [],
  allowHosts: [],
  local: true,
  ownPorts: [],
  ownHosts: [],
  ownAddresses: [],
  nat64: "deny",
});

type Asked = { path: string; workspace: string; minute: number; body: string; signature: unknown; method: string | undefined };
type Say = { status?: number; body?: string | object; until?: Promise<unknown> };

let door: ControlDoor;
let sender: Sender;
let endpoint: Server;
let nowMs: number;
let asked: Asked[];
let troubles: unknown[];
/** What the endpoint says for a workspace. */
let say: (workspace: string) => Say;
let heard: () => void;

before(async () => {
  door = await openControlDoor();
  for (const id of workspaces) await door.call("POST", "/v1/workspaces", { id, name: id, kind: "paid", region: "us" });
  const lookup = { resolve: () => assert.fail("no name is asked for") };
  const clock = { wallMs: () => nowMs, monotonicMs: () => performance.now() };
  sender = new Sender({ rules, resolver: lookup as never, clock });
  endpoint = createServer((request, response) => void text(request).then((body) => answer(request, response, body))).listen(0, "127.0.0.1");
  await once(endpoint, "listening");
});

after(async () => {
  await sender?.close();
  endpoint?.close();
  await door?.close();
});

beforeEach(async () => {
  for (const table of ["brake", "installation", "secret", "app"]) await door.database.control.query(`delete from ${table}`);
  asked = [];
  troubles = [];
  nowMs = midnightMs;
  say = () => ({});
  heard = () => undefined;
});

async function answer({ url: path = "", method, headers }: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
  const workspace = String((JSON.parse(body) as Record<string, unknown>)["workspace_id"]);
  asked.push({ path, workspace, minute: (nowMs - midnightMs) / minuteMs, body, signature: headers["x-body-signature"], method });
  heard();
  const { status = 200, body: said = { state: "OK" }, until } = say(workspace);
  await until;
  response.writeHead(status).end(typeof said === "string" ? said : JSON.stringify(said));
}

function healthChecks(): DailyRound {
  return createHealthChecks({
    database: door.database,
    seal: door.seal,
    delivery: createChecking({ sender, rules, userAgent: "Bellhop/test" }),
    nowMs: () => nowMs,
    trouble: (_, error) => troubles.push(error),
  });
}

type App = { id: string; secret: string; token: string };

/** An app that is asked at `path`, installed in its owner's workspace `w1` and in these. */
async function makeApp(path: string | null, installedIn: readonly string[] = []): Promise<App> {
  const { body } = await door.call("POST", "/v1/apps", { name: "An app", workspace_id: "w1" });
  const id = String(body["id"]);
  const url = path && `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}${path}`;
  // The door takes no `http:`.
  await door.database.control.query("update app set health_url = $2 where id = $1", [id, url]);
  for (const workspace of installedIn) await door.call("POST", `/v1/apps/${id}/installations`, { workspace_id: workspace });
  return { id, secret: String(body["client_secret"]), token: String(body["installation_access_token"]) };
}

async function shown(app: App): Promise<Record<string, Record<string, unknown> | null>> {
  const { body } = await door.call("GET", `/v1/apps/${app.id}/installations`);
  const data = body["data"] as { workspace_id: string; health: Record<string, unknown> | null }[];
  return Object.fromEntries(data.map(({ workspace_id: workspace, health }) => [workspace, health]));
}

/** Looks each `step` minutes until this one. */
async function letPass(checks: DailyRound, untilMinute: number, step = 10): Promise<void> {
  while (nowMs < midnightMs + untilMinute * minuteMs) {
    nowMs += step * minuteMs;
    await checks.look();
  }
}

const clockOf = ({ path, workspace }: Asked): string => `${path} ${workspace}`;

test("for three days each installation is asked once a day, at a minute of its own, with a signed request", async () => {
  const first = await makeApp("/first", ["w2", "w3"]);
  const second = await makeApp("/second?a=b", ["w3"]);
  await makeApp(null, ["w2"]);
  await door.call("DELETE", `/v1/apps/${second.id}/installations/w1`);
  await letPass(healthChecks(), 3 * dayMinutes);
  const whom = ["/first w1", "/first w2", "/first w3", "/second?a=b w3"];
  assert.deepEqual(troubles, []);
  assert.deepEqual([...new Set(asked.map(clockOf))].toSorted(), whom);
  const minutes = whom.map((each) => asked.filter((one) => clockOf(one) === each).map(({ minute }) => minute));
  for (const [index, [one = 0, ...later]] of minutes.entries()) {
    assert.ok(one <= dayMinutes, `${whom[index]} waits for less than a day`);
    assert.deepEqual(later, [one + dayMinutes, one + 2 * dayMinutes]);
  }
  assert.ok(new Set(minutes.map(([one]) => one)).size > 1, "spread over the day");
  for (const { path, workspace, body, signature, method } of asked) {
    assert.deepEqual([method, body], ["POST", `{"workspace_id":"${workspace}"}`]);
    const { secret } = path === "/first" ? first : second;
    assert.equal(signature, createHmac("sha256", secret).update(body).digest("hex"));
  }
});

test("what the app says is kept with its time and shown; what cannot be read is unknown, and says why", async () => {
  const app = await makeApp("/", ["w2", "w3"]);
  const unwell = {
    state: "UNHEALTHY",
    message: "Sign in again",
    cta_type: "URL_CTA",
    cta_label: "Sign in",
    cta_url: "https://app.test/in",
  };
  const said: Record<string, Say> = { w1: { body: unwell }, w2: { status: 503, body: { state: "OK" } }, w3: { body: "fine, thanks" } };
  say = (workspace) => said[workspace] ?? {};
  assert.deepEqual(await shown(app), { w1: null, w2: null, w3: null });
  await letPass(healthChecks(), dayMinutes);
  const atOf = (workspace: string): string => {
    const { minute } = asked.find((one) => one.workspace === workspace) as Asked;
    return new Date(midnightMs + minute * minuteMs).toISOString();
  };
  const nothing = { state: "UNKNOWN", message: null, cta_type: null, cta_label: null, cta_url: null, by: "check" };
  const refused = { reason: "status", detail: "It answered 503." };
  const noObject = { reason: "not_json", detail: "The body is not a JSON object." };
  assert.deepEqual(await shown(app), {
    w1: { ...unwell, by: "check", at: atOf("w1"), unreadable: null },
    w2: { ...nothing, at: atOf("w2"), unreadable: refused },
    w3: { ...nothing, at: atOf("w3"), unreadable: noObject },
  });
});

test("an endpoint that is not there leaves its app unknown", async () => {
  const app = await makeApp("/");
  await door.database.control.query("update app set health_url = 'http://127.0.0.1:9/' where id = $1", [app.id]);
  await letPass(healthChecks(), dayMinutes);
  const { w1 } = await shown(app);
  assert.partialDeepStrictEqual(w1, { state: "UNKNOWN", unreadable: { reason: "no_answer" } });
});

test("the newest word counts, whether it was asked for or not", async () => {
  const app = await makeApp("/");
  const checks = healthChecks();
  await letPass(checks, dayMinutes);
  assert.partialDeepStrictEqual(await shown(app), { w1: { state: "OK", by: "check" } });
  await door.call("POST", "/v1/app_install/status", { state: "UNHEALTHY", message: "Down" }, app.token);
  assert.partialDeepStrictEqual(await shown(app), { w1: { state: "UNHEALTHY", by: "report" } });
  await letPass(checks, 2 * dayMinutes);
  assert.equal(asked.length, 2, "a report does not stand for a check");
  assert.partialDeepStrictEqual(await shown(app), { w1: { state: "OK", by: "check" } });
});

test("under a brake nobody is asked, and what was said last stays", async () => {
  const app = await makeApp("/");
  const checks = healthChecks();
  await letPass(checks, dayMinutes);
  const before = await shown(app);
  const brake = (what: string, value: unknown): Promise<unknown> =>
    door.database.control.query(
      `insert into brake (id, ${what}, until, reason, created_by) values ('brk_' || $2, $1, now() + interval '1 day', 'why', 'key_1')`,
      [value, what],
    );
  await brake("host", "127.0.0.1");
  await letPass(checks, 2 * dayMinutes);
  assert.equal(asked.length, 1);
  assert.deepEqual(await shown(app), before);
  await door.database.control.query("delete from brake");
  await door.database.control.query(
    "insert into brake (id, app, until, reason, created_by) select 'brk_2', ref, now() + interval '1 day', 'why', 'key_1' from app",
  );
  await letPass(checks, 3 * dayMinutes);
  assert.equal(asked.length, 1);
  await door.database.control.query("delete from brake");
  await letPass(checks, 4 * dayMinutes);
  assert.equal(asked.length, 2);
});

test("a restart asks nobody twice, and makes up for those of the hours it took, not of longer", async () => {
  await makeApp("/", ["w2", "w3"]);
  await letPass(healthChecks(), dayMinutes);
  const [first = 0, ...others] = asked.map(({ minute }) => minute);
  assert.deepEqual(
    others.map((minute) => minute - first < 30),
    [true, true],
  );
  await letPass(healthChecks(), dayMinutes + 10);
  assert.equal(asked.length, 3);

  const lookAt = async (minute: number): Promise<number> => {
    nowMs = midnightMs + minute * minuteMs;
    asked = [];
    await healthChecks().look();
    return asked.length;
  };
  assert.equal(await lookAt(first + dayMinutes + 120), 3, "two hours late");
  assert.equal(await lookAt(first + dayMinutes + 121), 0, "asked already");
  assert.equal(await lookAt(first + 2 * dayMinutes + 240), 0, "four hours late: it is tomorrow's");
  assert.equal(await lookAt(first + 3 * dayMinutes + 60), 3);
});

test("a bounded number is asked at once; a stop waits for them and asks no more", async () => {
  const many = checksAtOnceMax * 2;
  for (let each = 0; each < many; each++) await makeApp("/");
  await door.database.control.query("alter table installation alter column health_minute drop expression");
  await door.database.control.query("update installation set health_minute = 1");
  const full = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  say = () => ({ until: released.promise });
  heard = () => void (asked.length === checksAtOnceMax && full.resolve());
  const checks = healthChecks();
  const passed = letPass(checks, 1, 1);
  await full.promise;
  const stopped = checks.stop();
  released.resolve();
  await Promise.all([stopped, passed]);
  assert.equal(asked.length, checksAtOnceMax);
  await letPass(checks, 10);
  assert.equal(asked.length, checksAtOnceMax);
  const { rows } = await door.database.control.query<{ kept: number }>(
    "select count(*) as kept from installation where health_by = 'check'",
  );
  assert.deepEqual(rows, [{ kept: checksAtOnceMax }]);
});
