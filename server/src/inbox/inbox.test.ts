import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { prepare } from "../deliver/request.ts";
import { clientSecretKey, parseSigningSecret } from "../deliver/sign-secret.ts";
import { startInbox } from "./inbox.ts";
import type { Inbox, InboxOptions } from "./inbox.ts";

const key = clientSecretKey("test-client-secret");

async function started(t: TestContext, options: Partial<InboxOptions> = {}): Promise<Inbox> {
  const inbox = await startInbox({ secrets: () => ["test-client-secret"], ...options });
  t.after(() => inbox.close());
  return inbox;
}

async function post(url: string, hubKey = key, webhookKey = key): Promise<Response> {
  const notification = {
    id: "00000000-0000-4000-8000-000000000001",
    workspaceId: "ws000001",
    item: '{"type":"company","name":"Zoë 🎟"}',
    topic: "company.created",
    createdAt: 1767225600,
    traceparent: null,
  };
  const target = { url, userAgent: "Bellhop/test", headers: [], hubKey, webhookKeys: [webhookKey], asymmetricKey: null };
  const attempt = { number: 1, firstSentAt: 1767225601, atSeconds: 1767225601, retryReason: null };
  const { headers, body } = prepare(notification, target, attempt);
  const pairs = headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ""] as [string, string]] : []));
  return fetch(url, { method: "POST", headers: pairs, body: new Uint8Array(body) });
}

async function listed(inbox: Inbox, query = ""): Promise<{ total: number; received: { path: string }[] }> {
  return (await fetch(`${inbox.url}/${query}`)).json() as Promise<{ total: number; received: { path: string }[] }>;
}

/** Asked under a name, as a browser does for a page of that name. */
async function statusAs(inbox: Inbox, host: string): Promise<number> {
  const asked = get(inbox.url, { headers: { host } });
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  answer.resume();
  return answer.statusCode as number;
}

function tell(inbox: Inbox, behaviour: unknown): Promise<Response> {
  return fetch(`${inbox.url}/behaviour`, { method: "PUT", body: JSON.stringify(behaviour) });
}

test("what arrives is kept with its headers, body and path, and both signatures are found right", async (t) => {
  const logged: string[] = [];
  const inbox = await started(t, { log: (received) => logged.push(received.path), now: () => new Date(0) });
  const answer = await post(`${inbox.url}/hooks/1?a=b`);
  assert.equal(answer.status, 200);
  const [received] = inbox.received;
  assert.ok(received);
  assert.deepEqual([received.path, received.hub, received.standard], ["/hooks/1?a=b", "right", "right"]);
  assert.equal(received.at, "1970-01-01T00:00:00.000Z");
  assert.equal(received.headers["user-agent"], "Bellhop/test");
  assert.equal(JSON.parse(received.body).data.item.name, "Zoë 🎟");
  assert.deepEqual(logged, ["/hooks/1?a=b"]);
});

test("each signature is judged alone: right under any valid secret, wrong, or absent", async (t) => {
  const own = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
  const ownKey = parseSigningSecret(own);
  assert.ok(ownKey.ok);
  const inbox = await started(t, { secrets: () => ["other", "test-client-secret", own] });
  await post(`${inbox.url}/a`, key, ownKey.key);
  await post(`${inbox.url}/b`, clientSecretKey("wrong"), key);
  await post(`${inbox.url}/c`, key, clientSecretKey("wrong"));
  await fetch(`${inbox.url}/d`, { method: "POST", body: "{}" });
  assert.deepEqual(
    inbox.received.map(({ hub, standard }) => [hub, standard]),
    [
      ["right", "right"],
      ["wrong", "right"],
      ["right", "wrong"],
      ["absent", "absent"],
    ],
  );
});

test("it answers what it is told to, at one path or at all, with Retry-After where asked", async (t) => {
  const inbox = await started(t);
  assert.equal((await tell(inbox, { answer: 429, retry_after: 7, path: "/busy" })).status, 204);
  const busy = await post(`${inbox.url}/busy?x=1`);
  assert.deepEqual([busy.status, busy.headers.get("retry-after")], [429, "7"]);
  assert.equal((await post(`${inbox.url}/other`)).status, 200);
  for (const answer of [410, 503, 200]) {
    await tell(inbox, { answer });
    assert.equal((await post(`${inbox.url}/busy`)).status, answer);
  }
});

test("a behaviour that does not exist is refused and changes nothing", async (t) => {
  const inbox = await started(t);
  const refused = [{ answer: 201 }, { answer: "soon" }, {}, [], null, { answer: 200, path: 7 }, { answer: 503, retry_after: -1 }];
  for (const behaviour of refused) assert.equal((await tell(inbox, behaviour)).status, 422, JSON.stringify(behaviour));
  assert.equal((await post(inbox.url)).status, 200);
});

test("never leaves the sender waiting until the inbox closes, and still keeps what arrived", async (t) => {
  const inbox = await started(t);
  inbox.behave(null, "never");
  const unanswered = post(`${inbox.url}/`).then(
    () => "answered",
    () => "ended",
  );
  const received = await inbox.waitFor((each) => each.answer === "never");
  assert.equal(received.hub, "right");
  await inbox.close();
  assert.equal(await unanswered, "ended");
});

test("late answers after its time", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const inbox = await started(t, { lateMs: 60_000 });
  inbox.behave("/slow", "late");
  const answer = post(`${inbox.url}/slow`);
  await inbox.waitFor((each) => each.path === "/slow");
  t.mock.timers.tick(59_999);
  assert.equal((await post(`${inbox.url}/other`)).status, 200);
  t.mock.timers.tick(1);
  assert.equal((await answer).status, 200);
});

test("waiting resolves for what is there already and for what comes", async (t) => {
  const inbox = await started(t);
  const three = inbox.waitFor((_, all) => all.length === 3);
  for (const path of ["/1", "/2", "/3"]) await post(inbox.url + path);
  assert.equal((await three).path, "/3");
  assert.equal((await inbox.waitFor((each) => each.path === "/2")).path, "/2");
});

test("the list is newest first, as long as asked, bounded, and can be emptied", async (t) => {
  const inbox = await started(t, { keepMax: 3 });
  for (const path of ["/1", "/2", "/3", "/4"]) await post(inbox.url + path);
  const all = await listed(inbox);
  assert.deepEqual([all.total, all.received.map((each) => each.path)], [4, ["/4", "/3", "/2"]]);
  assert.deepEqual(
    (await listed(inbox, "?limit=1")).received.map((each) => each.path),
    ["/4"],
  );
  assert.equal((await fetch(inbox.url, { method: "DELETE" })).status, 204);
  assert.deepEqual(await listed(inbox), { total: 0, received: [] });
});

test("the list keeps what may be a secret, and is not read under another name", async (t) => {
  const inbox = await started(t);
  const authorization = "Bearer abc";
  await fetch(`${inbox.url}/hooks`, { method: "POST", headers: { authorization, "webhook-id": "notif_1" }, body: "{}" });
  assert.equal(inbox.received[0]?.headers["authorization"], authorization);
  const { received } = (await (await fetch(inbox.url)).json()) as { received: { headers: Record<string, string> }[] };
  assert.deepEqual([received[0]?.headers["authorization"], received[0]?.headers["webhook-id"]], ["(10 characters)", "notif_1"]);
  const { port } = new URL(inbox.url);
  assert.equal(await statusAs(inbox, `localhost:${port}`), 200);
  for (const name of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example"])
    assert.equal(await statusAs(inbox, name), 421, name);
});

test("a probe is answered, a body beyond 2 MiB and other methods are refused", async (t) => {
  const inbox = await started(t);
  inbox.behave(null, 503);
  assert.equal((await fetch(`${inbox.url}/hook`, { method: "HEAD" })).status, 200);
  assert.equal((await fetch(`${inbox.url}/hook`, { method: "POST", body: "x".repeat(3 * 1024 * 1024) })).status, 413);
  assert.equal((await fetch(`${inbox.url}/hook`)).status, 405);
  assert.equal((await fetch(`${inbox.url}/hook`, { method: "PUT", body: "{}" })).status, 405);
  assert.equal(inbox.received.length, 0);
});

test("a strange path and a sender that gives up do no harm", async (t) => {
  const inbox = await started(t);
  const port = Number(new URL(inbox.url).port);
  const cut = connect(port, "127.0.0.1");
  cut.write("POST // HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  const strange = connect(port, "127.0.0.1");
  strange.write("POST // HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  await inbox.waitFor((each) => each.path === "//");
  for (const socket of [cut, strange]) await once(socket.destroy(), "close");
  assert.equal((await post(`${inbox.url}/whole`)).status, 200);
  assert.deepEqual(
    inbox.received.map((each) => each.path),
    ["//", "/whole"],
  );
});
