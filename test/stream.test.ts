// What happens, as it happens: streams of the running program, read as a browser reads them.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import test from "node:test";
import type { TestContext } from "node:test";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";
import { listen } from "./listening.ts";
import type { Listening } from "./listening.ts";

const adminKey = "test-admin-key-0123456789";

async function open(t: TestContext, program: TestProgram, query = "", headers: Record<string, string> = {}): Promise<Listening> {
  const listening = await listen(`${program.url}/v1/stream${query}`, { authorization: `Bearer ${adminKey}`, ...headers });
  t.after(() => listening.close());
  return listening;
}

const ticket = (workspace: string, id = "1"): object => ({
  workspace_id: workspace,
  topic: "ticket.created",
  item: { type: "ticket", id },
});
const ids = ({ heard }: Listening): unknown[] => heard.filter(({ event }) => event === "notification").map(({ data }) => data["id"]);

test("a delivery appears in the open stream within a second of its attempt, as the line of the log that it is", async (t) => {
  const program = await startTestProgram(t);
  const { workspace, inbox } = await program.makeInstalled({ topics: ["ticket.created"] });
  const listening = await open(t, program);
  await program.publish(ticket(workspace));
  await inbox.waitFor(({ hub }) => hub === "right");
  const attemptedMs = performance.now();
  const { data, atMs } = await listening.event("notification", ({ status }) => status === "delivered");
  assert.ok(atMs - attemptedMs < 1_000, `${atMs - attemptedMs} ms`);
  const { data: list } = await program.must<{ data: object[] }>("GET", `/v1/notifications?id=${String(data["id"])}`);
  assert.deepEqual(list, [data]);
});

test("a stream has what fits its filters and nothing else, and a key of a workspace hears of that one only", async (t) => {
  const program = await startTestProgram(t);
  const [one, two] = [
    await program.makeInstalled({ topics: ["ticket.created"] }),
    await program.makeInstalled({ topics: ["ticket.created"] }),
  ];
  two.inbox.behave(null, 410);
  const key = await program.must<{ token: string }>("POST", "/v1/keys", { name: "own", scopes: ["read"], workspace_id: one.workspace });
  const everything = await open(t, program);
  const [byApp, failed, byObject, nothing] = [
    await open(t, program, `?app=${two.app}`),
    await open(t, program, "?q=status:failed%20code:4xx"),
    await open(t, program, "?q=object:7"),
    await open(t, program, "?topic=contact.*"),
  ];
  const own = await open(t, program, "", { authorization: `Bearer ${key.token}` });
  await program.publish(ticket(one.workspace, "7"));
  await program.publish(ticket(two.workspace, "8"));
  const mine = await everything.event("notification", ({ app, status }) => app === one.app && status === "delivered");
  const theirs = await everything.event("notification", ({ app, status }) => app === two.app && status === "failed");
  // What came after these came to all: rounds tell everybody.
  await program.publish(ticket(one.workspace, "7"));
  const last = await everything.event("notification", ({ id, app }) => app === one.app && id !== mine.data["id"]);
  for (const listening of [own, byObject]) await listening.event("notification", ({ id }) => id === last.data["id"]);
  for (const listening of [byApp, failed]) await listening.event("notification", ({ status }) => status === "failed");
  // A line says what is true when it is read: the news of the publish may say already what the next news says again.
  assert.deepEqual(new Set(ids(own)), new Set([mine.data["id"], last.data["id"]]));
  assert.deepEqual(new Set(ids(byObject)), new Set([mine.data["id"], last.data["id"]]));
  assert.deepEqual(new Set(ids(byApp)), new Set([theirs.data["id"]]));
  assert.deepEqual(new Set(ids(failed)), new Set([theirs.data["id"]]));
  assert.deepEqual(ids(nothing), []);
  assert.deepEqual(
    own.heard.filter(({ event }) => event === "subscription"),
    [],
  );
  const state = await byApp.event("subscription");
  assert.deepEqual(
    { ...state.data, at: null },
    { subscription: two.subscription, app: two.app, state: "disabled", cause: "gone", until: null, at: null },
  );
});

test("whoever comes back with the last id is told what it missed, once, and of a gap where that is no longer known", async (t) => {
  const program = await startTestProgram(t);
  const { workspace } = await program.makeInstalled({ topics: ["ticket.created"] });
  const before = await open(t, program);
  await program.publish(ticket(workspace));
  const { data } = await before.event("notification", ({ status }) => status === "delivered");
  before.close();
  await program.publish(ticket(workspace));
  await program.quiet();
  const again = await open(t, program, "", { "last-event-id": before.lastId as string });
  await again.event("notification", ({ status }) => status === "delivered");
  assert.equal(again.heard.length, 1);
  assert.ok(again.heard.every(({ event, data: line }) => event === "notification" && line["id"] !== data["id"]));
  await program.stop();
  await program.start();
  const later = await open(t, program, "", { "last-event-id": again.lastId as string });
  assert.deepEqual((await later.event("gap")).data, { reason: "restarted" });
  const [epoch] = (later.lastId as string).split("-");
  const ahead = await open(t, program, "", { "last-event-id": `${epoch}-999999` });
  assert.deepEqual((await ahead.event("gap")).data, { reason: "too_old" });
});

test("of more than can be read by a person a sample is sent, with what it is a sample of", async (t) => {
  const program = await startTestProgram(t);
  const { workspace } = await program.makeInstalled({ topics: ["ticket.created"] });
  const listening = await open(t, program);
  const lines = Array.from({ length: 900 }, (_, index) => JSON.stringify(ticket(workspace, String(index))));
  await program.publishLines(lines);
  const { data } = await listening.event("rate");
  const { per_second: perSecond, shown } = data as { per_second: number; shown: number };
  assert.ok(shown <= 200 && perSecond > shown, JSON.stringify(data));
  await program.quiet();
  await listening.event("rate", (rate) => rate["per_second"] === rate["shown"]);
});

test("progress of a replay is told until it is over", async (t) => {
  const program = await startTestProgram(t);
  const { workspace, subscription } = await program.makeInstalled({ topics: ["ticket.created"] });
  const { id: event } = await program.publish(ticket(workspace));
  await program.settled(await program.notificationOf(event), "delivered");
  const listening = await open(t, program, `?subscription=${subscription}`);
  const range = { since: program.nowMs / 1_000 - 60, until: program.nowMs / 1_000 + 60 };
  const { id } = await program.must<{ id: string }>("POST", "/v1/replays", { subscription, include: "all", ...range });
  const replay = await listening.event("replay", ({ state }) => state === "done");
  assert.equal(replay.data["id"], id);
  assert.deepEqual(replay.data, await program.must("GET", `/v1/replays/${id}`));
});

test("a state that somebody changes is told to who listens to the app", async (t) => {
  const program = await startTestProgram(t);
  const { app, subscription } = await program.makeInstalled({ topics: ["ticket.created"] });
  const listening = await open(t, program, `?app=${app}`);
  await program.must("POST", `/v1/apps/${app}/subscriptions/${subscription}/pause`, {});
  const { data } = await listening.event("subscription");
  assert.deepEqual([data["subscription"], data["state"], data["cause"]], [subscription, "paused", "by_hand"]);
});

test("a hundred streams may be open, and one that is closed makes room", async (t) => {
  const program = await startTestProgram(t);
  const all = await Promise.all(Array.from({ length: 100 }, () => open(t, program)));
  const refused = await open(t, program);
  assert.deepEqual([refused.status, refused.heard[0]?.data["code"]], [422, "limit_reached"]);
  assert.equal((await program.call("HEAD", "/v1/stream")).status, 422);
  all[0]?.close();
  // The server hears of it in its own time.
  let next = await open(t, program);
  for (let tries = 0; next.status !== 200 && tries < 1_000; tries++) next = await open(t, program);
  assert.equal(next.status, 200);
});

test("a program that stops ends its streams at once, also of a reader that reads nothing", async (t) => {
  const program = await startTestProgram(t);
  const listening = await open(t, program);
  const { hostname, port } = new URL(program.url);
  const silent = connect(Number(port), hostname);
  t.after(() => silent.destroy());
  silent.on("error", () => undefined);
  silent.write(`GET /v1/stream HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${adminKey}\r\n\r\n`);
  await once(silent, "readable");
  const beganMs = performance.now();
  await program.stop();
  assert.ok(performance.now() - beganMs < 2_500, `${performance.now() - beganMs} ms`);
  await listening.until(() => listening.ended);
});

test("filters that are wrong are refused before anything is streamed", async (t) => {
  const program = await startTestProgram(t);
  const refused = await program.call("GET", "/v1/stream?q=statsu:failed");
  assert.deepEqual([refused.status, refused.body["code"]], [400, "invalid_query"]);
  assert.equal((await program.call("GET", "/v1/stream?limit=5")).body["code"], "invalid_query");
  assert.equal((await program.call("HEAD", "/v1/stream")).status, 200);
});
