// Delivery through the door: what arrives, to the byte; what each answer leads to; what changes while a notification waits.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram } from "./in-process.ts";

const topic = "ticket.created";
const seed = JSON.parse(readFileSync(new URL("../cases/seed-notification.json", import.meta.url), "utf8")) as { data: { item: object } };
const isNotification = ({ body }: { body: string }): boolean => !body.includes('"topic":"ping"');

async function publishTo(
  program: TestProgram,
  { workspace }: Installed,
  item: object = { type: "ticket", id: "5" },
  more: object = {},
): Promise<string> {
  return program.notificationOf((await program.publish({ workspace_id: workspace, topic, item, ...more })).id);
}

test("a notification arrives as the contract says, to the byte", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: { headers: { Authorization: "Basic eA==" } } });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const id = await publishTo(program, installed, seed.data.item, { created_at: 1_767_225_602, traceparent });
  const { body, headers, hub, standard } = await installed.inbox.waitFor(isNotification);
  const sentAt = Number(headers["webhook-timestamp"]);
  const expected = {
    type: "notification_event",
    app_id: installed.workspace,
    data: { type: "notification_event_data", item: seed.data.item },
    links: {},
    id,
    topic,
    delivery_status: "pending",
    delivery_attempts: 1,
    delivered_at: 0,
    first_sent_at: sentAt,
    created_at: 1_767_225_602,
    self: null,
  };
  assert.equal(body, JSON.stringify(expected));
  assert.deepEqual([hub, standard], ["right", "right"]);
  assert.equal(headers["x-hub-signature"], `sha1=${createHmac("sha1", installed.secret).update(body).digest("hex")}`);
  assert.deepEqual(
    [
      headers["content-type"],
      headers["accept"],
      headers["webhook-id"],
      headers["x-bellhop-attempt"],
      headers["traceparent"],
      headers["authorization"],
    ],
    ["application/json", "application/json", id, "1", traceparent, "Basic eA=="],
  );
  assert.match(headers["user-agent"] ?? "", /^Bellhop\/\d/);
  assert.equal(headers["x-bellhop-retry-reason"], undefined);
  await program.settled(id, "delivered");
});

test("a failed attempt is tried again with the same id, until it works", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [1, 1, 1] } } });
  installed.inbox.behave(null, 503);
  const id = await publishTo(program, installed);
  await installed.inbox.waitFor(isNotification);
  installed.inbox.behave(null, 200);
  await program.settled(id, "delivered");
  const [first, second] = installed.inbox.received.filter(isNotification).map(({ body, headers }) => ({ body: JSON.parse(body), headers }));
  assert.deepEqual([first?.body.delivery_status, first?.body.delivery_attempts], ["pending", 1]);
  assert.deepEqual([second?.body.delivery_status, second?.body.delivery_attempts], ["retry", 2]);
  assert.equal(second?.body.id, first?.body.id);
  assert.equal(second?.body.first_sent_at, first?.body.first_sent_at);
  assert.deepEqual([second?.headers["x-bellhop-attempt"], second?.headers["x-bellhop-retry-reason"]], ["2", "status"]);
  const { data } = await program.must<{ data: { body_verified: boolean }[] }>("GET", `/v1/notifications/${id}/attempts`);
  assert.deepEqual(
    data.map(({ body_verified }) => body_verified),
    [true, true],
  );
});

test("429 waits as Retry-After says and does not use up the policy", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [1] } } });
  installed.inbox.behave(null, 429, 1);
  const id = await publishTo(program, installed);
  await installed.inbox.waitFor((_, all) => all.filter(isNotification).length === 3);
  installed.inbox.behave(null, 200);
  const delivered = await program.settled(id, "delivered");
  assert.ok((delivered["attempts"] as number) > 3);
});

test("429 and 503 are heard when they say how long to wait", async (t) => {
  const program = await startTestProgram(t);
  for (const status of [429, 503] as const) {
    const installed = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [1] } } });
    installed.inbox.behave(null, status, 90);
    const { next_attempt_at: next, last_attempt_at: last } = await program.settled(await publishTo(program, installed), "retrying");
    const waitS = (Date.parse(next as string) - Date.parse(last as string)) / 1000;
    assert.ok(waitS >= 90 && waitS < 100, `${status}: ${waitS} s`);
  }
});

test("410 ends the notification and disables the subscription until it is set live", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic] });
  const path = `/v1/apps/${installed.app}/subscriptions/${installed.subscription}`;
  installed.inbox.behave(null, 503);
  const earlier = await publishTo(program, installed);
  await program.settled(earlier, "retrying");
  installed.inbox.behave(null, 410);
  const id = await publishTo(program, installed);
  assert.equal((await program.settled(id, "failed"))["reason"], "gone");
  assert.equal((await program.settled(earlier, "failed"))["reason"], "subscription_disabled", "what waited ends too");
  const replayed = await program.call("POST", `/v1/notifications/${id}/replay`);
  assert.deepEqual([replayed.status, replayed.body["code"]], [409, "conflict"]);
  assert.equal((await program.must("GET", `/v1/notifications/${id}`))["reason"], "gone", "a refused replay changes nothing");
  await eventually(async () => ((await program.must(`GET`, path))["state"] === "disabled" ? true : null));
  installed.inbox.behave(null, 200);
  const refused = await program.publish({ workspace_id: installed.workspace, topic, item: {} });
  assert.deepEqual(refused.skipped, { subscription_disabled: 1 });
  await program.must("POST", `${path}/set-live`, { held: "send" });
  await program.settled(await publishTo(program, installed), "delivered");
  const { data } = await program.must<{ data: { state: string }[] }>("GET", `${path}/states`);
  assert.deepEqual(data.map(({ state }) => state).slice(0, 2), ["live", "disabled"]);
});

/** Makes a notification wait for its second attempt, changes something, and gives how it ended. */
async function endedAfter(program: TestProgram, installed: Installed, change: () => Promise<unknown>): Promise<unknown> {
  installed.inbox.behave(null, 503);
  const id = await publishTo(program, installed);
  await program.settled(id, "retrying");
  await change();
  return (
    await eventually(async () => {
      const notification = await program.must("GET", `/v1/notifications/${id}`);
      return notification["status"] === "retrying" ? null : notification;
    })
  )["reason"];
}

/** An hour until the second attempt: what changes must end it now, not when it is due. */
const waiting = { settings: { policy: { waits_s: [3_600] } } };

for (const [what, reason, change] of [
  [
    "its app is uninstalled",
    "uninstalled",
    (program: TestProgram, { app, workspace }: Installed) => program.must("DELETE", `/v1/apps/${app}/installations/${workspace}`),
  ],
  [
    "its permission is removed",
    "permission_removed",
    (program: TestProgram, { app }: Installed) => program.must("PATCH", `/v1/apps/${app}`, { permissions: ["read_admins"] }),
  ],
  [
    "its subscription is deleted",
    "subscription_deleted",
    (program: TestProgram, { app, subscription }: Installed) => program.must("DELETE", `/v1/apps/${app}/subscriptions/${subscription}`),
  ],
  [
    "its last topic is switched off",
    "subscription_off",
    (program: TestProgram, { app, subscription }: Installed) =>
      program.must("PATCH", `/v1/apps/${app}/subscriptions/${subscription}?verify=false`, { topics_off: [topic] }),
  ],
] as const) {
  test(`a notification that waits ends when ${what}`, async (t) => {
    const program = await startTestProgram(t);
    const installed = await program.makeInstalled({ topics: [topic], ...waiting });
    assert.equal(await endedAfter(program, installed, () => change(program, installed)), reason);
    await program.quiet();
    assert.equal(installed.inbox.received.filter(isNotification).length, 1, "no request after the end");
  });
}

test("URL, secret and headers are those of the moment of the request", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [1, 1, 1] } } });
  installed.inbox.behave(null, 503);
  const id = await publishTo(program, installed);
  await program.settled(id, "retrying");
  installed.inbox.behave(null, 200);
  await program.must("PATCH", `/v1/apps/${installed.app}/subscriptions/${installed.subscription}?verify=false`, {
    url: `${installed.inbox.url}/moved?to=here`,
  });
  await program.settled(id, "delivered");
  const paths = installed.inbox.received.filter(isNotification).map(({ path }) => path);
  assert.deepEqual([paths[0], paths.at(-1)], ["/hooks", "/moved?to=here"]);
  const { data } = await program.must<{ data: { request: { url: string } }[] }>("GET", `/v1/notifications/${id}/attempts`);
  const urls = data.map(({ request }) => request.url.replace(installed.inbox.url, ""));
  assert.deepEqual(new Set(urls), new Set(["/hooks", "/moved?to=here"]));
});

test("a rotation overlaps: both secrets in webhook-signature, the old one in X-Hub-Signature until the new is used", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic] });
  const rotated = await program.must<{ data: { number: number; client_secret: string }[] }>("POST", `/v1/apps/${installed.app}/secrets`, {
    overlap_hours: 1,
  });
  const fresh = rotated.data.find(({ number }) => number === 2)?.client_secret as string;
  const hubOf = (secret: string, body: string): string => `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`;
  const arrivedFor = async (id: string) => installed.inbox.waitFor(({ body }) => body.includes(id));

  const during = await arrivedFor(await publishTo(program, installed));
  assert.equal(during.headers["x-hub-signature"], hubOf(installed.secret, during.body));
  assert.equal(during.headers["webhook-signature"]?.split(" ").length, 2);
  await program.must("POST", `/v1/apps/${installed.app}/secrets/use-new`);
  const after = await arrivedFor(await publishTo(program, installed));
  assert.equal(after.headers["x-hub-signature"], hubOf(fresh, after.body));
  assert.equal(after.headers["webhook-signature"]?.split(" ").length, 1);
});

test("each installed app gets its own; an app on an older version gets its name and shape", async (t) => {
  const program = await startTestProgram(t);
  const owner = await program.makeInstalled({ topics: ["contact.deleted"] });
  const older = await program.makeInstalled({ topics: ["user.deleted"], app: { api_version: "2.4" } });
  await program.must("POST", `/v1/apps/${older.app}/installations`, { workspace_id: owner.workspace });
  const item = { type: "contact", id: "c1", deleted: true };
  const { notifications } = await program.publish({ workspace_id: owner.workspace, topic: "contact.deleted", item });
  assert.equal(notifications, 2);
  const parse = async ({ inbox }: Installed) =>
    JSON.parse((await inbox.waitFor(isNotification)).body) as { topic: string; app_id: string; data: { item: { type: string } } };
  const [newest, old] = [await parse(owner), await parse(older)];
  assert.deepEqual([newest.topic, newest.data.item.type, newest.app_id], ["contact.deleted", "contact", owner.workspace]);
  assert.deepEqual([old.topic, old.data.item.type, old.app_id], ["user.deleted", "user", owner.workspace]);
});

test("a notification is replayed once more with the same id, and says so", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [60] } } });
  const delivered = await publishTo(program, installed);
  await program.settled(delivered, "delivered");
  await program.must("POST", `/v1/notifications/${delivered}/replay`);
  const again = await installed.inbox.waitFor((each) => each.headers["x-bellhop-retry-reason"] === "replay");
  assert.equal(JSON.parse(again.body).id, delivered);
  installed.inbox.behave(null, 503);
  const failing = await publishTo(program, installed);
  await program.settled(failing, "retrying");
  installed.inbox.behave(null, 200);
  await program.must("POST", `/v1/notifications/${failing}/replay`);
  assert.equal((await program.settled(failing, "delivered"))["attempts"], 2);
});

test("a replay of a delivered one that fails stays delivered and is not repeated", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [1] } } });
  const id = await publishTo(program, installed);
  await program.settled(id, "delivered");
  installed.inbox.behave(null, 503);
  await program.must("POST", `/v1/notifications/${id}/replay`);
  const twice = await eventually(async () => {
    const notification = await program.must("GET", `/v1/notifications/${id}`);
    return notification["attempts"] === 2 ? notification : null;
  });
  assert.deepEqual([twice["status"], twice["next_attempt_at"]], ["delivered", null]);
});

test("a canceled notification is not sent again", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [60] } } });
  installed.inbox.behave(null, 503);
  const id = await publishTo(program, installed);
  await program.settled(id, "retrying");
  await program.must("POST", `/v1/notifications/${id}/cancel`);
  await program.settled(id, "canceled");
  const again = await program.call("POST", `/v1/notifications/${id}/cancel`);
  assert.equal(again.status, 409);
});

test("what fails while its app or its workspace is changed is tried again", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: { timeout_ms: 1_000, policy: { waits_s: [60] } } });
  const { app, workspace, inbox } = installed;
  const changes = {
    "/v1/apps": { name: "Another App", workspace_id: workspace, permissions: [] },
    [`/v1/apps/${app}/secrets`]: { overlap_hours: 1 },
  };
  inbox.behave(null, "never");
  const failed = (): Promise<number> => program.metric('bellhop_attempts_failed_total\\{reason="timeout"\\}').catch(() => 0);
  for (const [index, [path, change]] of Object.entries(changes).entries()) {
    const id = await publishTo(program, installed);
    await inbox.waitFor(({ body }) => body.includes(id));
    await program.must("POST", path, change);
    // Whoever looks at the notification brings into memory what was forgotten.
    await eventually(async () => ((await failed()) > index ? true : null));
    await program.settled(id, "retrying");
  }
});

test("an app is told of its uninstall by a request signed with its secret", async (t) => {
  const program = await startTestProgram(t);
  const { app, workspace, inbox, secret } = await program.makeInstalled({ topics: [topic] });
  await program.must("PATCH", `/v1/apps/${app}`, { uninstall_url: `${inbox.url}/uninstalled` });
  await program.must("DELETE", `/v1/apps/${app}/installations/${workspace}`);
  const { body, headers } = await inbox.waitFor(({ path }) => path === "/uninstalled");
  assert.equal(body, `{"app_id":"${workspace}"}`);
  assert.equal(headers["x-body-signature"], createHmac("sha256", secret).update(body).digest("hex"));
});

test("a workspace on trial makes nothing for its apps, and what waits still goes out", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [1, 1] } } });
  installed.inbox.behave(null, 503);
  const id = await publishTo(program, installed);
  await program.settled(id, "retrying");
  await program.must("PATCH", `/v1/workspaces/${installed.workspace}`, { kind: "trial" });
  installed.inbox.behave(null, 200);
  const { skipped } = await program.publish({ workspace_id: installed.workspace, topic, item: {} });
  assert.deepEqual(skipped, { owner_not_entitled: 1 });
  await program.settled(id, "delivered");
  await program.must("PATCH", `/v1/workspaces/${installed.workspace}`, { kind: "paid" });
  assert.equal((await program.publish({ workspace_id: installed.workspace, topic, item: {} })).notifications, 1);
});
