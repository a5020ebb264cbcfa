// The hub's signature tester says whether a request is signed by a secret, and why not, whatever was done to either.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { checkSignatures, difference, readHeaders } from "../web/src/pages/tools/signature-check.ts";
import type { Checked, Finding } from "../web/src/pages/tools/signature-check.ts";

type Vector = { key: string; secret: string; id: string; timestamp: string; body: string; header: string };
type Vectors = { x_hub_signature: Vector[]; x_body_signature: Vector[]; standard_webhooks_v1: Vector[] };
const vectors = JSON.parse(readFileSync(new URL("../cases/signature-vectors.json", import.meta.url), "utf8")) as Vectors;
const [hub] = vectors.x_hub_signature as [Vector];
const [standard] = vectors.standard_webhooks_v1 as [Vector];
const hubHeaders = [["X-Hub-Signature", hub.header]] as const;

const standardHeaders = ({ id, timestamp, header }: Vector) =>
  [
    ["webhook-id", id],
    ["webhook-timestamp", timestamp],
    ["Webhook-Signature", header],
  ] as const;

async function one(checked: Omit<Checked, "nowMs"> & { nowMs?: number }): Promise<Finding> {
  const [found] = await checkSignatures({ nowMs: 0, ...checked });
  assert.ok(found);
  return found;
}

test("every vector is right with its secret", async () => {
  for (const { key, body, header } of vectors.x_hub_signature)
    assert.equal((await one({ headers: [["X-Hub-Signature", header]], body, secret: key })).verdict, "right");
  for (const { key, body, header } of vectors.x_body_signature)
    assert.equal((await one({ headers: [["X-Body-Signature", header]], body, secret: key })).verdict, "right");
  for (const vector of vectors.standard_webhooks_v1) {
    const nowMs = Number(vector.timestamp) * 1_000;
    assert.equal((await one({ headers: standardHeaders(vector), body: vector.body, secret: vector.secret, nowMs })).verdict, "right");
  }
});

test("a right signature that is older than receivers allow is said to be too old", async () => {
  const nowMs = (Number(standard.timestamp) + 301) * 1_000;
  const found = await one({ headers: standardHeaders(standard), body: standard.body, secret: standard.secret, nowMs });
  assert.equal(found.verdict, "old");
  assert.match(found.sentence, /too old/);
});

for (const [what, body, why] of [
  ["written again with spaces", JSON.stringify(JSON.parse(hub.body), null, 2), /parsed and written again/],
  ["with a line end behind it", `${hub.body}\n`, /line end behind it/],
] as const) {
  test(`a body ${what} is found out`, async () => {
    const found = await one({ headers: hubHeaders, body, secret: hub.key });
    assert.deepEqual([found.verdict, found.cause], ["wrong", "body"]);
    assert.match(found.sentence, why);
  });
}

test("a secret in quotation marks, or in its other form, is found out", async () => {
  const quoted = await one({ headers: hubHeaders, body: hub.body, secret: `"${hub.key}" ` });
  assert.deepEqual([quoted.cause, quoted.verdict], ["secret", "wrong"]);
  const shown = await one({ headers: hubHeaders, body: hub.body, secret: `whsec_${btoa(hub.key)}` });
  assert.match(shown.sentence, /not its whsec_ form/);
  const bare = await one({ headers: standardHeaders(standard), body: standard.body, secret: standard.secret.slice("whsec_".length) });
  assert.match(bare.sentence, /whsec_ is missing/);
});

test("with the app's secrets a wrong secret is told from a changed body, and without them neither is claimed", async () => {
  const wrongSecret = await one({ headers: hubHeaders, body: hub.body, secret: "another", known: [hub.key] });
  assert.equal(wrongSecret.cause, "secret");
  const changedBody = await one({ headers: hubHeaders, body: `${hub.body.slice(0, -1)},"x":1}`, secret: hub.key, known: [hub.key] });
  assert.equal(changedBody.cause, "body");
  assert.equal((await one({ headers: hubHeaders, body: hub.body, secret: "another" })).cause, "unknown");
});

test("against what was sent, the first byte that differs is named", async () => {
  const found = await one({ headers: hubHeaders, body: hub.body.replace("ping", "pong"), secret: hub.key, sent: hub.body });
  assert.equal(found.cause, "body");
  assert.match(found.sentence, /from byte \d+ on it has "ong/);
  assert.equal(difference("é1", "é2"), 'from byte 2 on it has "2" where "1" was sent.');
});

test("headers are read as they are pasted from a terminal or from JSON", () => {
  assert.deepEqual(readHeaders('webhook-id: notif_1\n  "X-Hub-Signature": "sha1=ab",\nnonsense'), [
    ["webhook-id", "notif_1"],
    ["X-Hub-Signature", "sha1=ab"],
  ]);
});
