// Receivers that know nothing of Bellhop take what it sends: the bytes, both signatures, old and new secrets.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { prepare, preparePing } from "../../server/src/deliver/request.ts";
import type { Prepared } from "../../server/src/deliver/request.ts";
import { clientSecretKey, parseSigningSecret, shownSecret } from "../../server/src/deliver/sign-secret.ts";
import type { SigningKeys } from "../../server/src/deliver/sign.ts";
import { startExpressXHub, startStandardWebhooks, startXHubSignature } from "./servers.ts";
import type { Receiver } from "./servers.ts";

const clientSecret = "dGhlLXNlY3JldC1vZi1hbi1hcHAtaW4tYS10ZXN0MDE";
const key = clientSecretKey(clientSecret);
const keys: SigningKeys = { hubKey: key, webhookKeys: [key], asymmetricKey: null };
const wrongSecret = "YW5vdGhlci1zZWNyZXQtdGhhdC1pcy1ub3QtcmlnaHQ";

const receivers = [
  { name: "x-hub-signature", start: startXHubSignature },
  { name: "express-x-hub", start: startExpressXHub },
  { name: "standardwebhooks", start: (secret: string) => startStandardWebhooks(shownSecret(clientSecretKey(secret))) },
];

const seed = JSON.parse(readFileSync(new URL("../../cases/seed-notification.json", import.meta.url), "utf8"));
const emoji = '{"type":"company","name":"Café “Zoë” 🎟","line":"\u2028","escaped":"\\ud83c\\udf9f \\u00e9 \\/"}';

/** An item of so many bytes in UTF-8, with characters of every length. */
function itemOf(bytes: number): string {
  const [start, piece] = ['{"type":"conversation","body":"', "aé…🎟"];
  const rest = bytes - Buffer.byteLength(`${start}"}`);
  const whole = Math.floor(rest / Buffer.byteLength(piece));
  return `${start}${piece.repeat(whole)}${"x".repeat(rest - whole * Buffer.byteLength(piece))}"}`;
}

const topics: [topic: string, item: string][] = [
  ["ticket.created", JSON.stringify(seed.data.item)],
  ["company.created", emoji],
  ["conversation.user.created", itemOf(90_000)],
  ["contact.deleted", '{"type":"contact","id":"5","deleted":true}'],
  ["event.created", '{"big":1152921504606846977,"price":1.0,"list":[],"none":null}'],
];

function prepared(url: string, topic: string, item: string, signing = keys, number = 1): Prepared {
  const now = Math.floor(Date.now() / 1000);
  const id = "01936b1e-4c9a-7000-8000-000000000001";
  const notification = { id, workspaceId: "ws000001", item, topic, createdAt: now, traceparent: null };
  const target = { url, userAgent: "Bellhop/test", headers: [["Authorization", "Bearer x"]] as [string, string][], ...signing };
  const attempt = { number, firstSentAt: now, atSeconds: now, retryReason: number > 1 ? ("status" as const) : null };
  return prepare(notification, target, attempt);
}

async function send({ url, headers, body }: Prepared): Promise<number> {
  const pairs = headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ""] as [string, string]] : []));
  const answer = await fetch(url, { method: "POST", headers: pairs, body: new Uint8Array(body) });
  await answer.arrayBuffer();
  return answer.status;
}

async function started(t: TestContext, starting: Promise<Receiver>): Promise<Receiver> {
  const receiver = await starting;
  t.after(() => receiver.close());
  return receiver;
}

for (const { name, start } of receivers) {
  describe(name, () => {
    test("takes a ping and a later attempt, which is signed anew", async (t) => {
      const receiver = await started(t, start(clientSecret));
      const at = Math.floor(Date.now() / 1000);
      const target = { url: receiver.url, userAgent: "Bellhop/test", headers: [], ...keys };
      const ping = preparePing({ id: "00000000-0000-4000-8000-000000000001", workspaceId: "ws000001", at }, target);
      assert.equal(await send(ping), 200);
      assert.equal(await send(prepared(receiver.url, "company.created", emoji, keys, 2)), 200);
      const bodies = receiver.verified as { id: string | null; delivery_status: string | null }[];
      assert.deepEqual(
        bodies.map((body) => body.delivery_status),
        [null, "retry"],
      );
      assert.equal(bodies[0]?.id, null);
    });

    test("refuses a wrong secret, and a body that was changed on the way", async (t) => {
      const receiver = await started(t, start(wrongSecret));
      const mine = await started(t, start(clientSecret));
      for (const [topic, item] of topics) assert.equal(await send(prepared(receiver.url, topic, item)), 401, topic);
      const sent = prepared(mine.url, "company.created", emoji);
      const changed = Buffer.from(sent.body.toString().replace("ws000001", "ws000002"));
      assert.equal(await send({ ...sent, body: changed }), 401);
      assert.deepEqual([receiver.verified, receiver.refused, mine.verified, mine.refused], [[], topics.length, [], 1]);
    });
  });
}

test("while a rotation overlaps, receivers with the old secret take both headers and those with the new one the standard one", async (t) => {
  const [old, fresh] = [clientSecret, wrongSecret];
  const overlap = { ...keys, webhookKeys: [clientSecretKey(fresh), clientSecretKey(old)] };
  const accepts = async (starting: Promise<Receiver>) => {
    const receiver = await started(t, starting);
    return send(prepared(receiver.url, "company.created", emoji, overlap));
  };
  assert.equal(await accepts(startXHubSignature(old)), 200);
  assert.equal(await accepts(startExpressXHub(old)), 200);
  assert.equal(await accepts(startStandardWebhooks(shownSecret(clientSecretKey(old)))), 200);
  assert.equal(await accepts(startStandardWebhooks(shownSecret(clientSecretKey(fresh)))), 200);
  assert.equal(await accepts(startXHubSignature(fresh)), 401);
});

test("a subscription's own signing secret verifies as its owner holds it", async (t) => {
  const own = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
  const parsed = parseSigningSecret(own);
  assert.ok(parsed.ok);
  const receiver = await started(t, startStandardWebhooks(own));
  const signing = { ...keys, webhookKeys: [parsed.key] };
  assert.equal(await send(prepared(receiver.url, "company.created", emoji, signing)), 200);
});
