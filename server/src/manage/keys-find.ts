// Who a token belongs to, from memory: a publish costs no statement for its key. A deleted key stops working at once where
// `forget` is called, and in every other process when what is remembered runs out. Unknown tokens are remembered too,
// apart from the known ones, so that a flood of wrong tokens does not push good ones out.
import type { Scope } from "@bellhop/contract/route";
import { Problem } from "../domain/problem.ts";
import type { Database } from "../store/database.ts";
import { usableKey } from "../store/keys.ts";
import { hashToken } from "./keys-token.ts";

/** How long an answer of the database is believed; together with the time it took to come it stays below 2 s. */
const believedMs = 1_000;
const knownMax = 10_000;
const unknownMax = 10_000;
/** Different tokens being looked up at the same time. */
const lookupsMax = 500;
const retryAfterS = 1;

export type FoundKey = { readonly key: string; readonly scopes: readonly Scope[]; readonly workspace: number | null };
export type KeyFinder = { find(token: string): Promise<FoundKey | null>; forget(): void };

type Remembered<T> = { readonly value: T; readonly untilMs: number };

/** `now` is a monotonic clock in milliseconds. */
export function createKeyFinder(database: Database, now: () => number = () => performance.now()): KeyFinder {
  const known = new Map<string, Remembered<FoundKey>>();
  const unknown = new Map<string, Remembered<null>>();
  let lookups = new Map<string, Promise<FoundKey | null>>();

  const lookUp = async (hash: Buffer, name: string, asOf: typeof lookups): Promise<FoundKey | null> => {
    const startedMs = now();
    try {
      const row = await usableKey(database.control, hash).catch(refuseForNow);
      const found = row ? { key: row.id, scopes: row.scopes, workspace: row.workspace } : null;
      // What was read before a `forget` is good for those who asked before it, and for nobody later.
      if (asOf !== lookups) return found;
      const untilMs = startedMs + Math.min(believedMs, row?.expires_in_ms ?? believedMs);
      if (found) remember(known, knownMax, name, { value: found, untilMs });
      else remember(unknown, unknownMax, name, { value: null, untilMs });
      return found;
    } finally {
      asOf.delete(name);
    }
  };

  return {
    async find(token) {
      const hash = hashToken(token);
      const name = hash.toString("base64url");
      const remembered = known.get(name) ?? unknown.get(name);
      if (remembered && now() < remembered.untilMs) return remembered.value;
      const waiting = lookups.get(name);
      if (waiting) return waiting;
      if (lookups.size >= lookupsMax) throw new Problem("unavailable", "Too many keys are being checked at once.", [], retryAfterS);
      known.delete(name);
      unknown.delete(name);
      const lookup = lookUp(hash, name, lookups);
      lookups.set(name, lookup);
      return lookup;
    },
    forget() {
      known.clear();
      unknown.clear();
      lookups = new Map();
    },
  };
}

function remember<T>(map: Map<string, Remembered<T>>, sizeMax: number, name: string, entry: Remembered<T>): void {
  const oldest = map.keys().next();
  if (map.size >= sizeMax && !oldest.done) map.delete(oldest.value);
  map.set(name, entry);
}

function refuseForNow(cause: unknown): never {
  const problem = new Problem("unavailable", "The key cannot be checked: the database does not answer.", [], retryAfterS);
  problem.cause = cause;
  throw problem;
}
