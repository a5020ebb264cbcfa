// Whose session a cookie's token belongs to. A session that is used lives on, up to a limit; that it was used is written
// rarely, since every request is a use.
import type { Scope } from "@bellhop/contract/route";
import type { Database } from "../store/database.ts";
import { touchSession, usableSession } from "../store/sessions.ts";
import { accountKey, sessionLifetime, sessionOf } from "./sessions.ts";
import type { Session } from "./sessions.ts";
import { createTokenFinder } from "./token-finder.ts";
import type { TokenFinder } from "./token-finder.ts";

const touchedEveryMs = 300_000;

/** The operator's account may do everything. */
export type FoundSession = { readonly key: string; readonly scopes: readonly Scope[]; readonly workspace: null; readonly session: Session };
export type SessionFinder = TokenFinder<FoundSession>;

/** `now` is a monotonic clock in milliseconds. */
export function createSessionFinder(database: Database, now: () => number = () => performance.now()): SessionFinder {
  return createTokenFinder(async (hash) => {
    const row = await usableSession(database.control, hash);
    if (!row) return null;
    const touched = row.seen_ago_ms > touchedEveryMs ? await touchSession(database.control, hash, sessionLifetime) : undefined;
    const session = sessionOf(hash, { ...row, ...touched });
    return { value: { key: accountKey(row.account), scopes: ["admin"], workspace: null, session }, expiresInMs: row.expires_in_ms };
  }, now);
}
