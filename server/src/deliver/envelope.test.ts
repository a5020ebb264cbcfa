import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { envelope, pingEnvelope } from "./envelope.ts";

const cases = new URL("../../../cases/", import.meta.url);
const vectors = JSON.parse(readFileSync(new URL("signature-vectors.json", cases), "utf8")) as {
  x_hub_signature: { body: string }[];
};
const company = '{"type":"company","id":"c-1","name":"Café “Zoë” 🎟","app_id":"ws000001","custom_attributes":{}}';
const notification = {
  appId: "ws000001",
  item: company,
  id: "notif_00000000-0000-4000-8000-000000000001",
  topic: "company.created",
  firstSentAt: 1767225601,
  createdAt: 1767225600,
};

test("a ping, a first attempt and a retry are the vectors' bodies to the byte", () => {
  const bodies = vectors.x_hub_signature.map((vector) => vector.body);
  assert.deepEqual(
    [
      pingEnvelope({ appId: "ws000001", at: 1767225600 }),
      envelope({ ...notification, deliveryStatus: "pending", deliveryAttempts: 1 }),
      envelope({ ...notification, deliveryStatus: "retry", deliveryAttempts: 2 }),
    ],
    bodies,
  );
});

test("the seed notification comes out with the same fields in the same order", () => {
  const seed = JSON.parse(readFileSync(new URL("seed-notification.json", cases), "utf8"));
  const body = envelope({
    appId: seed.app_id,
    item: JSON.stringify(seed.data.item),
    id: seed.id,
    topic: seed.topic,
    deliveryStatus: seed.delivery_status,
    deliveryAttempts: seed.delivery_attempts,
    firstSentAt: seed.first_sent_at,
    createdAt: seed.created_at,
  });
  assert.equal(body, JSON.stringify(seed));
});

test("tokens that JavaScript would write differently pass through the item", () => {
  const item = '{"id":1152921504606846977,"price":1.0,"slash":"\\/","e":"\\u00e9","huge":1E400}';
  assert.ok(envelope({ ...notification, item, deliveryStatus: "pending", deliveryAttempts: 1 }).includes(`"item":${item}}`));
});

test("outside the item any text is what JSON.stringify gives", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), fc.json(), fc.nat(), (appId, topic, json, at) => {
      const item = JSON.stringify(JSON.parse(json));
      const fields = { appId, item, id: "notif_x", topic, firstSentAt: at, createdAt: at };
      const body = envelope({ ...fields, deliveryStatus: "retry", deliveryAttempts: 3 });
      const outside = body.replace(`"item":${item}`, () => `"item":0`);
      assert.equal(JSON.stringify(JSON.parse(outside)), outside);
    }),
  );
});
