import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import XHubSignature from "x-hub-signature";
import { prepare, preparePing, rebuild } from "./request.ts";
import { checkHeaders } from "./request-headers.ts";
import { clientSecretKey, shownSecret } from "./sign-secret.ts";

const key = clientSecretKey("test-client-secret");
const id = "00000000-0000-4000-8000-000000000001";
const now = Math.floor(Date.now() / 1000);
const notification = {
  id,
  workspaceId: "ws000001",
  item: '{"type":"company","id":"c-1","name":"Café “Zoë” 🎟"}',
  topic: "company.created",
  createdAt: 1767225600,
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
};
const target = {
  url: "https://example.test/hook?a=1",
  userAgent: "Bellhop/0.1.0 (+http://localhost:4100)",
  headers: [["Authorization", "Bearer abc"]] as [string, string][],
  hubKey: key,
  webhookKeys: [key],
  asymmetricKey: null,
};
const first = { number: 1, firstSentAt: now, atSeconds: now, retryReason: null };
const second = { number: 2, firstSentAt: now, atSeconds: now + 5, retryReason: "timeout" as const };

function names(headers: string[]): string[] {
  return headers.filter((_, index) => index % 2 === 0);
}

function values(headers: string[]): Record<string, string> {
  return Object.fromEntries(names(headers).map((name, index) => [name, headers[index * 2 + 1] ?? ""]));
}

test("a first attempt has every header in its order, and both signatures verify over the bytes sent", () => {
  const prepared = prepare(notification, target, first);
  assert.deepEqual(names(prepared.headers), [
    "Content-Type",
    "Accept",
    "User-Agent",
    "X-Hub-Signature",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "X-Bellhop-Attempt",
    "traceparent",
    "Authorization",
  ]);
  const sent = values(prepared.headers);
  assert.equal(sent["webhook-id"], `notif_${id}`);
  assert.equal(sent["X-Bellhop-Attempt"], "1");
  const oracle = new XHubSignature("sha1", "test-client-secret");
  assert.ok(oracle.verify(sent["X-Hub-Signature"] ?? "", prepared.body));
  const body = new Webhook(shownSecret(key)).verify(prepared.body.toString(), sent) as Record<string, unknown>;
  assert.equal(body["delivery_status"], "pending");
  assert.equal(body["id"], `notif_${id}`);
  assert.deepEqual(prepared.bodySha256, createHash("sha256").update(prepared.body).digest());
});

test("a later attempt says why, counts on, keeps id and first time, and is signed anew", () => {
  const [one, two] = [prepare(notification, target, first), prepare(notification, target, second)];
  const sent = values(two.headers);
  assert.equal(sent["X-Bellhop-Retry-Reason"], "timeout");
  assert.equal(sent["webhook-timestamp"], String(now + 5));
  assert.equal(sent["webhook-id"], values(one.headers)["webhook-id"]);
  const body = JSON.parse(two.body.toString());
  assert.equal(body.delivery_status, "retry");
  assert.equal(body.delivery_attempts, 2);
  assert.equal(body.first_sent_at, now);
  assert.notDeepEqual(one.signatures, two.signatures);
});

test("an attempt is rebuilt from its stored signatures exactly as it was sent, without any key", () => {
  const { hubKey: _hub, webhookKeys: _webhook, asymmetricKey: _asymmetric, ...place } = target;
  for (const attempt of [first, second]) {
    const sent = prepare(notification, target, attempt);
    assert.deepEqual(rebuild(notification, place, attempt, sent.signatures), sent);
  }
});

test("a fact that changed since shows in the hash of a rebuilt body", () => {
  const sent = prepare(notification, target, first);
  const changed = rebuild({ ...notification, item: '{"type":"company"}' }, target, first, sent.signatures);
  assert.notDeepEqual(changed.bodySha256, sent.bodySha256);
});

test("a target without secrets gets no signature headers", () => {
  const sent = prepare(notification, { ...target, hubKey: null, webhookKeys: [] }, first);
  assert.deepEqual(
    names(sent.headers).filter((name) => name.toLowerCase().endsWith("signature")),
    [],
  );
  assert.equal(sent.signatures.length, 1);
});

test("a ping is the documented body, signed, under an id of its own", () => {
  const ping = preparePing({ id, workspaceId: "ws000001", at: now }, target);
  const sent = values(ping.headers);
  assert.equal(sent["webhook-id"], `ping_${id}`);
  const body = new Webhook(shownSecret(key)).verify(ping.body.toString(), sent) as Record<string, unknown>;
  assert.equal(body["id"], null);
  assert.equal(body["created_at"], body["first_sent_at"]);
});

test("an ordinary set of headers may be saved", () => {
  const headers: [string, string][] = [
    ["Authorization", "Basic YTpi"],
    ["X-Api-Key", "é key\twith blanks"],
    ["Cookie", ""],
  ];
  assert.deepEqual(checkHeaders(headers), []);
});

test("headers of the connection, about the content, and our own are refused in any case", () => {
  const refused = ["Host", "HOST", "Connection", "TE", "Transfer-Encoding", "Upgrade", "Expect", "Proxy-Connection"];
  refused.push("Content-Type", "content-length", "Content-Encoding", "Accept", "User-Agent", "X-Hub-Signature");
  refused.push("webhook-id", "Webhook-Anything", "X-Bellhop-Attempt", "Traceparent", "X-Body-Signature");
  for (const name of refused) {
    const mistakes = checkHeaders([[name, "x"]]);
    assert.deepEqual(
      mistakes.map((mistake) => mistake.pointer),
      [`/headers/${name}`],
    );
  }
});

test("names that are no tokens and values that a header cannot carry are refused", () => {
  for (const name of ["", "a b", "a:b", "ü", "a\r\nb", ":path"]) assert.equal(checkHeaders([[name, "x"]]).length, 1, name);
  for (const value of ["a\r\nHost: b", "a\nb", "\0", "…", "🎟", "\u007f", " a", "a "]) {
    assert.equal(checkHeaders([["X-A", value]]).length, 1, JSON.stringify(value));
  }
});

test("too many headers, too many bytes and the same name twice are refused", () => {
  const many = Array.from({ length: 21 }, (_, index): [string, string] => [`X-${index}`, "x"]);
  assert.equal(checkHeaders(many)[0]?.pointer, "/headers");
  assert.deepEqual(checkHeaders(many.slice(1)), []);
  assert.equal(checkHeaders([["X-A", "x".repeat(4094)]])[0]?.pointer, "/headers");
  assert.deepEqual(checkHeaders([["X-A", "x".repeat(4093)]]), []);
  assert.deepEqual(
    checkHeaders([
      ["X-A/B~", "1"],
      ["x-a", "1"],
      ["X-A", "2"],
    ]).map((mistake) => mistake.pointer),
    ["/headers/X-A~1B~0", "/headers/X-A"],
  );
});
