// Who a key's token belongs to.
import type { Scope } from "@bellhop/contract/route";
import type { Database } from "../store/database.ts";
import { usableKey } from "../store/keys.ts";
import { createTokenFinder } from "./token-finder.ts";
import type { TokenFinder } from "./token-finder.ts";

export type FoundKey = { readonly key: string; readonly scopes: readonly Scope[]; readonly workspace: number | null };
export type KeyFinder = TokenFinder<FoundKey>;

/** `now` is a monotonic clock in milliseconds. */
export function createKeyFinder(database: Database, now: () => number = () => performance.now()): KeyFinder {
  return createTokenFinder(async (hash) => {
    const row = await usableKey(database.control, hash);
    return row ? { value: { key: row.id, scopes: row.scopes, workspace: row.workspace }, expiresInMs: row.expires_in_ms } : null;
  }, now);
}
