// Which versions of an app's client secret sign. While a rotation overlaps, `webhook-signature` carries all valid ones,
// and `X-Hub-Signature`, which has room for one, stays with the old one, because deployed receivers know only that.
import assert from "node:assert/strict";

/** `endsAtMs`: milliseconds since 1970; null for the newest, which has no end. */
export type SecretVersion = { readonly number: number; readonly endsAtMs: number | null };

/** `hub` signs `X-Hub-Signature`; `valid` sign `webhook-signature`, newest first. */
export type SecretChoice = { readonly hub: number; readonly valid: readonly number[] };

export function chooseSecrets(versions: readonly SecretVersion[], nowMs: number): SecretChoice {
  const valid = versions
    .filter(({ endsAtMs }) => endsAtMs === null || endsAtMs > nowMs)
    .map(({ number }) => number)
    .toSorted((a, b) => b - a);
  const hub = valid.at(-1);
  assert(hub !== undefined, "an app always has a secret without an end");
  return { hub, valid };
}

/** A client secret in the form in which Standard Webhooks libraries take its bytes. */
export function whsecOf(clientSecret: string): string {
  return `whsec_${Buffer.from(clientSecret, "utf8").toString("base64")}`;
}
