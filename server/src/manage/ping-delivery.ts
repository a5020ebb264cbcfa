// What managing needs of delivering: stages do not know each other, so app.ts hands this in. The shapes are those of the
// delivery stage, as far as they are used here; nothing is a second implementation of it.
import type { KeyObject } from "node:crypto";
import type { AttemptFailure } from "@bellhop/contract/reasons";
import type { Mistake } from "@bellhop/contract/problems";

export type Headers = readonly (readonly [string, string])[];

/** A written and signed request; `headers` are name, value, name, value… */
export type Written = { readonly url: string; readonly headers: readonly string[]; readonly body: Buffer };

type OutgoingRequest = {
  readonly pool: string;
  readonly connections: number;
  readonly method: "POST" | "HEAD";
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  readonly timeoutMs: number;
};

/** What became of one request; times are null where it did not come to that. */
export type Outcome = {
  readonly status: number | null;
  readonly failure: AttemptFailure | null;
  readonly detail: string | null;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly bodyTruncated: boolean;
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  readonly dnsUs: number | null;
  readonly connectUs: number | null;
  readonly tlsUs: number | null;
  readonly firstByteUs: number | null;
  readonly totalUs: number;
};

type SigningKeys = {
  readonly hubKey: KeyObject | null;
  readonly webhookKeys: readonly KeyObject[];
  readonly asymmetricKey: KeyObject | null;
};
type Secret = { readonly number: number; readonly value: string; readonly endsAtMs: number | null };
type SignedSubscription = { readonly signatures: readonly string[]; readonly signingSecret: string | null };

export type Target = SigningKeys & { readonly url: string; readonly userAgent: string; readonly headers: Headers };

type PingFacts = { id: string; workspaceId: string; at: number };
type NotificationFacts = { id: string; workspaceId: string; item: string; topic: string; createdAt: number; traceparent: string | null };
type FirstAttempt = { number: number; firstSentAt: number; atSeconds: number; retryReason: null };

export type Delivery = {
  readonly userAgent: string;
  checkUrl(url: string): { ok: true; url: URL } | { ok: false; message: string };
  checkHeaders(headers: Headers): Mistake[];
  clientSecretKey(secret: string): KeyObject;
  /** The value of `X-Body-Signature`. */
  bodySignature(key: KeyObject, body: Buffer): string;
  parseSigningSecret(text: string): { ok: true; key: KeyObject } | { ok: false; message: string };
  signingKeys(subscription: SignedSubscription, secrets: readonly Secret[], nowMs: number): SigningKeys;
  preparePing(ping: PingFacts, target: Target): Written;
  prepare(notification: NotificationFacts, target: Target, attempt: FirstAttempt): Written;
  send(request: OutgoingRequest): Promise<Outcome>;
};
