// Signatures over the exact bytes of a body. Keys come in as cached `KeyObject`s and raw bytes go out: the log keeps
// the bytes (they cannot be made again once a secret is gone) and headers are written from them.
import { createHmac, sign as signWith } from "node:crypto";
import type { KeyObject } from "node:crypto";

/**
 * The keys of one send. During a rotation `webhookKeys` has all valid ones, newest first, while `hubKey` is the one
 * that deployed receivers know: the old one, until somebody chooses the new. Null or empty: that signature is not sent.
 */
export type SigningKeys = {
  hubKey: KeyObject | null;
  webhookKeys: readonly KeyObject[];
  /** An ed25519 private key, for `v1a`. */
  asymmetricKey: KeyObject | null;
};

/** Raw signatures of one request: SHA-1 (20 bytes), SHA-256 (32 bytes each), ed25519 (64 bytes). */
export type Signatures = { hub: Buffer | null; webhook: readonly Buffer[]; asymmetric: Buffer | null };

/** HMAC-SHA1 over the body. */
export function hubSignature(key: KeyObject, body: Buffer): Buffer {
  return createHmac("sha1", key).update(body).digest();
}

/** Standard Webhooks `v1`: HMAC-SHA256 over `id.timestamp.body`. `timestamp` in unix seconds. */
export function webhookSignature(key: KeyObject, id: string, timestamp: number, body: Buffer): Buffer {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
}

/** Standard Webhooks `v1a`: ed25519 over the same content. */
export function asymmetricSignature(key: KeyObject, id: string, timestamp: number, body: Buffer): Buffer {
  return signWith(null, Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]), key);
}

/** The value of `X-Body-Signature`: bare lower-case hex of HMAC-SHA256 over the body. */
export function bodySignature(key: KeyObject, body: Buffer): string {
  return createHmac("sha256", key).update(body).digest("hex");
}

/** Every signature that the keys ask for. */
export function signAll(keys: SigningKeys, id: string, timestamp: number, body: Buffer): Signatures {
  return {
    hub: keys.hubKey && hubSignature(keys.hubKey, body),
    webhook: keys.webhookKeys.map((key) => webhookSignature(key, id, timestamp, body)),
    asymmetric: keys.asymmetricKey && asymmetricSignature(keys.asymmetricKey, id, timestamp, body),
  };
}

/** The value of `X-Hub-Signature`. */
export function hubHeader(signature: Buffer): string {
  return `sha1=${signature.toString("hex")}`;
}

/** The value of `webhook-signature`: `v1` in the order of the keys, then `v1a`, which most receivers skip. */
export function webhookHeader(signatures: Signatures): string {
  const parts = signatures.webhook.map((signature) => `v1,${signature.toString("base64")}`);
  if (signatures.asymmetric) parts.push(`v1a,${signatures.asymmetric.toString("base64")}`);
  return parts.join(" ");
}
