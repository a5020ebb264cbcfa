// Where a notification goes and with which keys it is signed, as the subscription is now. Keys are made once per
// subscription as loaded, and again when a rotation's overlap ends.
import type { KeyObject } from "node:crypto";
import { chooseSecrets } from "../domain/secret-choice.ts";
import { clientSecretKey, parseSigningSecret } from "./sign-secret.ts";
import type { SigningKeys } from "./sign.ts";

/** A version of an app's client secret. */
export type Secret = { readonly number: number; readonly value: string; readonly endsAtMs: number | null };

export type SignedSubscription = { readonly signatures: readonly string[]; readonly signingSecret: string | null };

type Cached = { readonly keys: SigningKeys; readonly untilMs: number };

export type KeyCache = WeakMap<SignedSubscription, Cached>;

export function signingKeys(cache: KeyCache, subscription: SignedSubscription, secrets: readonly Secret[], nowMs: number): SigningKeys {
  const cached = cache.get(subscription);
  if (cached && nowMs < cached.untilMs) return cached.keys;
  const ends = secrets.map((secret) => secret.endsAtMs).filter((endsAtMs) => endsAtMs !== null && endsAtMs > nowMs);
  const made = { keys: makeKeys(subscription, secrets, nowMs), untilMs: Math.min(...(ends as number[]), Infinity) };
  cache.set(subscription, made);
  return made.keys;
}

function makeKeys(subscription: SignedSubscription, secrets: readonly Secret[], nowMs: number): SigningKeys {
  const chosen = chooseSecrets(secrets, nowMs);
  const keyOf = (number: number): KeyObject => clientSecretKey((secrets.find((secret) => secret.number === number) as Secret).value);
  const hubKey = subscription.signatures.includes("x-hub-signature") && chosen.hub !== null ? keyOf(chosen.hub) : null;
  const standard = subscription.signatures.includes("standard-webhooks");
  const own = subscription.signingSecret === null ? null : parseSigningSecret(subscription.signingSecret);
  const ownKeys = own?.ok ? [own.key] : chosen.valid.map(keyOf);
  return { hubKey, webhookKeys: standard ? ownKeys : [], asymmetricKey: null };
}
