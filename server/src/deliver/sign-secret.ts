// The texts in which people hold signing secrets, and the keys made of them. A key object is made once per secret and
// cached by the caller. An app's client secret keys both headers with the same bytes, the UTF-8 of its text; only its
// shown form differs (`whsec_` + base64 of those bytes).
import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, createSecretKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

const secretPrefix = "whsec_";
const privatePrefix = "whsk_";
const publicPrefix = "whpk_";
const secretBytesMin = 24;
const secretBytesMax = 64;
const seedBytes = 32;

/** Opens a PKCS #8 document of an ed25519 key; the 32 bytes of the seed follow. */
const ed25519Header = Buffer.from("302e020100300506032b657004220420", "hex");

export type ParsedSecret = { ok: true; key: KeyObject } | { ok: false; message: string };

/** The key of an app's client secret, for `X-Hub-Signature`, `X-Body-Signature` and `webhook-signature` alike. */
export function clientSecretKey(clientSecret: string): KeyObject {
  assert.ok(clientSecret.length > 0, "an empty client secret would sign for everybody");
  return createSecretKey(Buffer.from(clientSecret, "utf8"));
}

/** The form in which Standard Webhooks libraries take a key's bytes. */
export function shownSecret(key: KeyObject): string {
  return secretPrefix + key.export().toString("base64");
}

/** Reads a subscription's own `signing_secret` (`whsec_…`): 24 to 64 bytes in canonical base64. */
export function parseSigningSecret(text: string): ParsedSecret {
  const bytes = decodePrefixed(text, secretPrefix);
  if (bytes === null) return { ok: false, message: `A signing secret is ${secretPrefix} and base64.` };
  if (bytes.length < secretBytesMin || bytes.length > secretBytesMax) {
    return { ok: false, message: `A signing secret has ${secretBytesMin} to ${secretBytesMax} bytes, this one ${bytes.length}.` };
  }
  return { ok: true, key: createSecretKey(bytes) };
}

/** Reads an ed25519 private key (`whsk_…`): the 32 bytes of the seed, with or without the public key's 32 after them. */
export function parsePrivateKey(text: string): ParsedSecret {
  const bytes = decodePrefixed(text, privatePrefix);
  if (bytes === null || (bytes.length !== seedBytes && bytes.length !== 2 * seedBytes)) {
    return { ok: false, message: `A private key is ${privatePrefix} and base64 of 32 or 64 bytes.` };
  }
  const der = Buffer.concat([ed25519Header, bytes.subarray(0, seedBytes)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  if (bytes.length > seedBytes && !publicBytes(key).equals(bytes.subarray(seedBytes))) {
    return { ok: false, message: "The public half of the private key does not belong to it." };
  }
  return { ok: true, key };
}

/** The public key (`whpk_…`) that receivers check `v1a` with. */
export function shownPublicKey(privateKey: KeyObject): string {
  return publicPrefix + publicBytes(privateKey).toString("base64");
}

function publicBytes(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-seedBytes);
}

/** Null unless the text is the prefix and base64 as an encoder writes it: nothing is skipped or repaired. */
function decodePrefixed(text: string, prefix: string): Buffer | null {
  if (!text.startsWith(prefix)) return null;
  const encoded = text.slice(prefix.length);
  const bytes = Buffer.from(encoded, "base64");
  return bytes.toString("base64") === encoded ? bytes : null;
}
