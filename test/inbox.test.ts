// The test inbox that local mode always has, as the API shows it.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import type { InboxView } from "@bellhop/contract/inbox";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";

const topics = ["ticket.created"];
const event = (workspace: string): object => ({ workspace_id: workspace, topic: "ticket.created", item: { type: "ticket", id: "7" } });
const shown = (program: TestProgram, query = ""): Promise<InboxView> => program.must<InboxView>("GET", `/v1/inbox${query}`);
const behave = (program: TestProgram, change: object): Promise<unknown> => program.must("PUT", "/v1/inbox/behaviour", change);

/** The newest that is not a ping, once there are so many. */
function arrived(program: TestProgram, count: number): Promise<InboxView["received"][number]> {
  return eventually(async () => {
    const received = (await shown(program)).received.filter(({ notification }) => notification !== null);
    return received.length >= count ? received[0] : null;
  });
}

test("what arrives is shown with its signatures judged by the secrets of every app that points there", async (t) => {
  const program = await startTestProgram(t);
  const { url } = await shown(program);
  const one = await program.makeInstalled({ topics, url: `${url}/one` });
  const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  const other = await program.makeInstalled({
    topics,
    url: `${url.replace("127.0.0.1", "localhost")}/two?a=b`,
    settings: { signing_secret: secret },
  });
  for (const [index, { workspace }] of [one, other].entries()) {
    await program.publish(event(workspace));
    const { notification, topic, signatures, answered, path, headers, body } = await arrived(program, index + 1);
    assert.deepEqual(signatures, { hub: "right", standard: "right" }, path);
    assert.deepEqual([topic, answered, path], ["ticket.created", 200, index === 0 ? "/one" : "/two?a=b"]);
    assert.equal(notification, (JSON.parse(body) as { id: string }).id);
    assert.equal(headers["webhook-id"], notification);
  }
  const { endpoints, total } = await shown(program, "?limit=1");
  assert.equal(total, 2);
  assert.deepEqual(
    endpoints.map(({ path, subscriptions }) => [path, subscriptions]),
    [
      ["/two", [{ app: other.app, subscription: other.subscription }]],
      ["/one", [{ app: one.app, subscription: one.subscription }]],
    ],
  );
});

test("a secret that was rotated this moment is right at once, and a stranger's request is not", async (t) => {
  const program = await startTestProgram(t);
  const { url } = await shown(program);
  const { workspace, app } = await program.makeInstalled({ topics, url: `${url}/hooks` });
  await program.publish(event(workspace));
  await arrived(program, 1);
  await program.must("POST", `/v1/apps/${app}/secrets`, { overlap_hours: 0 });
  await program.publish(event(workspace));
  assert.deepEqual((await arrived(program, 2)).signatures, { hub: "right", standard: "right" });
  await fetch(`${url}/hooks`, { method: "POST", body: "hello", headers: { "x-hub-signature": "sha1=00" } });
  const [newest] = (await shown(program)).received;
  assert.deepEqual([newest?.signatures, newest?.topic, newest?.body], [{ hub: "wrong", standard: "absent" }, null, "hello"]);
});

test("each path answers as it is told to, which it remembers over a restart, like its port", async (t) => {
  const program = await startTestProgram(t);
  const { url } = await shown(program);
  const { workspace } = await program.makeInstalled({ topics, url: `${url}/busy` });
  await behave(program, { path: "/busy", answer: 503, retry_after_s: 3 });
  await program.stop();
  await program.start();
  const again = await shown(program);
  assert.equal(again.url, url);
  assert.deepEqual(
    again.endpoints.map(({ path, behaviour }) => [path, behaviour]),
    [["/busy", { answer: 503, retry_after_s: 3 }]],
  );
  const { id } = await program.publish(event(workspace));
  await program.settled(await program.notificationOf(id), "retrying");
  assert.equal((await arrived(program, 1)).answered, 503);

  await behave(program, { answer: 200 });
  await behave(program, { path: "/other", answer: 200 });
  assert.deepEqual((await shown(program)).endpoints.map(({ path }) => path).toSorted(), ["/busy", "/other"]);
  await program.must("DELETE", "/v1/inbox");
  const emptied = await shown(program);
  assert.deepEqual([emptied.total, emptied.received, emptied.endpoints.map(({ path }) => path)], [0, [], ["/busy"]]);
});

test("what is no path or no answer is refused beside its field, and nothing changes", async (t) => {
  const program = await startTestProgram(t);
  for (const [change, pointer] of [
    [{ path: "busy", answer: 503 }, "/path"],
    [{ path: "/busy?a=b", answer: 503 }, "/path"],
    [{ path: "/busy", answer: 201 }, "/answer"],
    [{ path: "/busy", answer: 503, retry_after_s: -1 }, "/retry_after_s"],
  ] as const) {
    const { status, body } = await program.call<{ errors: { pointer: string }[] }>("PUT", "/v1/inbox/behaviour", change);
    assert.equal(status, 422);
    assert.ok(
      body.errors.some((each) => each.pointer === pointer),
      JSON.stringify(body),
    );
  }
  assert.deepEqual((await shown(program)).endpoints, []);
});

test("a workspace's own key does not see what comes for others", async (t) => {
  const program = await startTestProgram(t);
  await program.must("POST", "/v1/workspaces", { id: "one", name: "One", kind: "paid", region: "us" });
  const { token } = await program.must<{ token: string }>("POST", "/v1/keys", {
    name: "one",
    scopes: ["read", "manage"],
    workspace_id: "one",
  });
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await program.call("GET", "/v1/inbox", undefined, headers)).status, 403);
  assert.equal((await program.call("PUT", "/v1/inbox/behaviour", { answer: 503 }, headers)).status, 403);
  assert.equal((await program.call("DELETE", "/v1/inbox", undefined, headers)).status, 403);
});

test("outside of local mode there is none, and that is said", async (t) => {
  const program = await startTestProgram(t, { allowNetworks: ["127.0.0.0/8"] });
  for (const [method, path, body] of [
    ["GET", "/v1/inbox", undefined],
    ["PUT", "/v1/inbox/behaviour", { answer: 503 }],
    ["DELETE", "/v1/inbox", undefined],
  ] as const) {
    const refused = await program.call<{ code: string; detail: string }>(method, path, body);
    assert.deepEqual([refused.status, refused.body.code], [404, "not_found"]);
    assert.match(refused.body.detail, /only local mode/);
  }
});

test("when its port was taken meanwhile it listens on another, never on one of Bellhop's own", async (t) => {
  const program = await startTestProgram(t);
  const { url } = await shown(program);
  await program.stop();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(Number(new URL(url).port), "127.0.0.1", resolve));
  t.after(() => taken.close());
  await program.start();
  const again = await shown(program);
  assert.notEqual(again.url, url);
  assert.equal((await fetch(`${again.url}/any`, { method: "POST", body: "{}" })).status, 200);
});
