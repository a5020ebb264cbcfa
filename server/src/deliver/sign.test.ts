import assert from "node:assert/strict";
import { createSecretKey, generateKeyPairSync, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { asymmetricSignature, bodySignature, hubHeader, hubSignature } from "./sign.ts";
import { signAll, webhookHeader, webhookSignature } from "./sign.ts";
import { packSignatures, unpackSignatures } from "./sign-pack.ts";
import { clientSecretKey, parsePrivateKey, parseSigningSecret, shownPublicKey, shownSecret } from "./sign-secret.ts";

type Vector = { key: string; secret: string; id: string; timestamp: string; body: string; header: string };
const file = new URL("../../../cases/signature-vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Record<string, Vector[]>;

function signingKey(secret: string) {
  const parsed = parseSigningSecret(secret);
  assert.ok(parsed.ok);
  return parsed.key;
}

function webhookOnly(key: ReturnType<typeof signingKey>, vector: Vector) {
  const body = Buffer.from(vector.body);
  return signAll({ hubKey: null, webhookKeys: [key], asymmetricKey: null }, vector.id, Number(vector.timestamp), body);
}

test("every vector of X-Hub-Signature is met", () => {
  for (const { key, body, header } of vectors["x_hub_signature"] ?? []) {
    assert.equal(hubHeader(hubSignature(clientSecretKey(key), Buffer.from(body))), header);
  }
  assert.equal(vectors["x_hub_signature"]?.length, 3);
});

test("every vector of X-Body-Signature is met", () => {
  for (const { key, body, header } of vectors["x_body_signature"] ?? []) {
    assert.equal(bodySignature(clientSecretKey(key), Buffer.from(body)), header);
  }
  assert.equal(vectors["x_body_signature"]?.length, 1);
});

test("every vector of Standard Webhooks v1 is met", () => {
  for (const vector of vectors["standard_webhooks_v1"] ?? []) {
    assert.equal(webhookHeader(webhookOnly(signingKey(vector.secret), vector)), vector.header);
  }
  assert.equal(vectors["standard_webhooks_v1"]?.length, 2);
});

test("published vectors of v1 and v1a are met, also with an empty body", () => {
  const body = '{"test": 2432232314}';
  const vector = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", body } as Vector;
  assert.equal(
    webhookHeader(webhookOnly(signingKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), vector)),
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  );
  const empty = { id: "msg_1", timestamp: "1700000000", body: "" } as Vector;
  assert.equal(
    webhookHeader(webhookOnly(signingKey("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"), empty)),
    "v1,1mgOj6TVhp3BSMcTTSkIcSqwMImLcuoATUkCX45722Q=",
  );
  const parsed = parsePrivateKey("whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==");
  assert.ok(parsed.ok);
  assert.equal(shownPublicKey(parsed.key), "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=");
  const signed = asymmetricSignature(parsed.key, vector.id, 1614265330, Buffer.from(body));
  assert.equal(
    webhookHeader({ hub: null, webhook: [], asymmetric: signed }),
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
  );
});

test("during a rotation both secrets sign, newest first, and X-Hub-Signature stays with the old one", () => {
  const [old, fresh] = [clientSecretKey("old-secret"), clientSecretKey("new-secret")];
  const body = Buffer.from("{}");
  const now = Math.floor(Date.now() / 1000);
  const signed = signAll({ hubKey: old, webhookKeys: [fresh, old], asymmetricKey: null }, "notif_1", now, body);
  assert.deepEqual(signed.hub, hubSignature(old, body));
  const header = webhookHeader(signed);
  const first = `v1,${webhookSignature(fresh, "notif_1", now, body).toString("base64")}`;
  assert.ok(header.startsWith(`${first} v1,`));
  const headers = { "webhook-id": "notif_1", "webhook-timestamp": String(now), "webhook-signature": header };
  for (const key of [old, fresh]) assert.deepEqual(new Webhook(shownSecret(key)).verify("{}", headers), {});
  assert.throws(() => new Webhook(shownSecret(clientSecretKey("other-secret"))).verify("{}", headers));
});

test("the standardwebhooks library signs the same for any id, time and text", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 24, maxLength: 64 }),
      fc.uuid(),
      fc.nat(),
      fc.string({ unit: "grapheme" }),
      (bytes, id, at, text) => {
        const key = createSecretKey(bytes);
        const ours = `v1,${webhookSignature(key, id, at, Buffer.from(text)).toString("base64")}`;
        assert.equal(ours, new Webhook(shownSecret(key)).sign(id, new Date(at * 1000), text));
        const parsed = parseSigningSecret(shownSecret(key));
        assert.ok(parsed.ok && parsed.key.equals(key));
      },
    ),
  );
});

test("a signing secret that is short, long, not canonical base64 or without its prefix is refused", () => {
  const texts = ["", "whsec_", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "whsec_AAECAwQ=", `whsec_${"A".repeat(88)}`];
  texts.push("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX ", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGA");
  texts.push("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUF-_X", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGB==");
  for (const text of texts) assert.equal(parseSigningSecret(text).ok, false, text);
});

test("a private key of the wrong length or with a foreign public half is refused", () => {
  const seed = Buffer.alloc(32, 7);
  const foreign = Buffer.concat([seed, Buffer.alloc(32, 8)]);
  for (const bytes of [Buffer.alloc(31), Buffer.alloc(33), foreign]) {
    assert.equal(parsePrivateKey(`whsk_${bytes.toString("base64")}`).ok, false);
  }
  assert.equal(parsePrivateKey(`whsk_${seed.toString("base64")}`).ok, true);
});

test("v1a verifies with the public key over id, time and body", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signed = asymmetricSignature(privateKey, "notif_1", 5, Buffer.from("{}"));
  assert.equal(signed.length, 64);
  assert.ok(verify(null, Buffer.from("notif_1.5.{}"), publicKey, signed));
});

test("packed signatures come back as they were, in every combination", () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((a) => Buffer.from(a));
  const optional = (length: number) => fc.option(bytes(length));
  fc.assert(
    fc.property(optional(20), fc.array(bytes(32), { maxLength: 4 }), optional(64), (hub, webhook, asymmetric) => {
      assert.deepEqual(unpackSignatures(packSignatures({ hub, webhook, asymmetric })), { hub, webhook, asymmetric });
    }),
  );
  assert.equal(packSignatures({ hub: Buffer.alloc(20), webhook: [Buffer.alloc(32)], asymmetric: null }).length, 53);
});

test("packed signatures that are cut or of an unknown layout are not read", () => {
  const packed = packSignatures({ hub: Buffer.alloc(20), webhook: [Buffer.alloc(32)], asymmetric: null });
  for (const bytes of [Buffer.alloc(0), packed.subarray(0, 10), packed.subarray(0, 52), Buffer.of(0x20)]) {
    assert.throws(() => unpackSignatures(bytes), /packed signatures/);
  }
});
