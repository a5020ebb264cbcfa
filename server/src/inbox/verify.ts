// Checks a received request's signatures the way a receiver does: from the documentation, with node:crypto alone, and
// nothing of the code that signs.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export type Verdict = "right" | "wrong" | "absent";

/** Of `X-Hub-Signature` and of Standard Webhooks. */
export type Verdicts = { readonly hub: Verdict; readonly standard: Verdict };

export function judge(headers: IncomingHttpHeaders, body: Buffer, secrets: readonly string[]): Verdicts {
  return { hub: verifyHub(headers, body, secrets), standard: verifyStandard(headers, body, secrets) };
}

/** `X-Hub-Signature`: `sha1=` and hex of HMAC-SHA1 over the body, keyed with the secret's text. Any secret will do. */
function verifyHub(headers: IncomingHttpHeaders, body: Buffer, secrets: readonly string[]): Verdict {
  const given = headers["x-hub-signature"];
  if (typeof given !== "string") return "absent";
  const isRight = secrets.some((secret) => equal(given, `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`));
  return isRight ? "right" : "wrong";
}

/** Standard Webhooks `v1`: one of the signatures is that of one of the secrets. How old the request is does not matter here. */
function verifyStandard(headers: IncomingHttpHeaders, body: Buffer, secrets: readonly string[]): Verdict {
  const given = headers["webhook-signature"];
  if (typeof given !== "string") return "absent";
  const signed = Buffer.concat([Buffer.from(`${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.`), body]);
  const expected = secrets.map((secret) => `v1,${createHmac("sha256", keyOf(secret)).update(signed).digest("base64")}`);
  return given.split(" ").some((each) => expected.some((right) => equal(each, right))) ? "right" : "wrong";
}

/** A secret of the form `whsec_…` is base64, any other is its own bytes. */
function keyOf(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
}

function equal(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
