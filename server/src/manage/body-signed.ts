// The calls beside notifications: one request to a URL of the app, with a small body whose HMAC-SHA256 is the header
// `X-Body-Signature`.
import { chooseSecrets } from "../domain/secret-choice.ts";
import type { Database } from "../store/database.ts";
import { secretRows } from "../store/directory-rows.ts";
import type { Seal } from "../store/seal.ts";
import type { Delivery, Outcome } from "./ping-delivery.ts";

const timeoutMs = 15_000;

export type BodySignedDeps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly delivery: Delivery;
  readonly nowMs: () => number;
};

/** `pool`: with whom connections are shared; `connections`: how many there are at most. */
export type BodySigned = { readonly pool: string; readonly connections: number; readonly url: string; readonly content: object };

export async function sendBodySigned(
  deps: BodySignedDeps,
  app: { readonly ref: number; readonly id: string },
  { content, ...where }: BodySigned,
): Promise<Outcome> {
  const { delivery } = deps;
  const key = delivery.clientSecretKey(await signingSecret(deps, app));
  const body = Buffer.from(JSON.stringify(content));
  const headers = ["Content-Type", "application/json", "Accept", "application/json", "User-Agent", delivery.userAgent];
  headers.push("X-Body-Signature", delivery.bodySignature(key, body));
  return delivery.send({ ...where, method: "POST", headers, body, timeoutMs });
}

/** Deployed receivers know the old secret while a rotation overlaps, as for `X-Hub-Signature`. */
async function signingSecret(
  { database, seal, nowMs }: BodySignedDeps,
  app: { readonly ref: number; readonly id: string },
): Promise<string> {
  const rows = await secretRows(database.control, [app.ref]);
  const versions = rows.map(({ number, ends_at }) => ({ number, endsAtMs: ends_at?.getTime() ?? null }));
  const { hub } = chooseSecrets(versions, nowMs());
  const row = rows.find(({ number }) => number === hub);
  return seal.open((row as (typeof rows)[number]).sealed, `secret:${app.id}:${hub}`);
}
