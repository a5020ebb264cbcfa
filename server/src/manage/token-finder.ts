// Who a token belongs to, from memory: a request costs no statement for it. What was deleted stops working at once where
// `forget` is called, and in every other process when what is remembered runs out. Unknown tokens are remembered too,
// apart from the known ones, so that a flood of wrong tokens does not push good ones out.
import { Problem } from "../domain/problem.ts";
import { hashToken } from "./keys-token.ts";

/** How long an answer of the database is believed; together with the time it took to come it stays below 2 s. */
const believedMs = 1_000;
const knownMax = 10_000;
const unknownMax = 10_000;
/** Different tokens being looked up at the same time. */
const lookupsMax = 500;
const retryAfterS = 1;

export type TokenFinder<T> = { find(token: string): Promise<T | null>; forget(): void };

/** What the database says of a token's hash; `expiresInMs` null: not by itself. */
export type Found<T> = { readonly value: T; readonly expiresInMs: number | null };

type Remembered<T> = { readonly value: T; readonly untilMs: number };

/** `now` is a monotonic clock in milliseconds. */
export function createTokenFinder<T>(ask: (hash: Buffer) => Promise<Found<T> | null>, now: () => number): TokenFinder<T> {
  const known = new Map<string, Remembered<T>>();
  const unknown = new Map<string, Remembered<null>>();
  let lookups = new Map<string, Promise<T | null>>();

  const lookUp = async (hash: Buffer, name: string, asOf: typeof lookups): Promise<T | null> => {
    const startedMs = now();
    try {
      const found = await ask(hash).catch(refuseForNow);
      const value = found?.value ?? null;
      // What was read before a `forget` is good for those who asked before it, and for nobody later.
      if (asOf !== lookups) return value;
      const untilMs = startedMs + Math.min(believedMs, found?.expiresInMs ?? believedMs);
      if (value !== null) remember(known, knownMax, name, { value, untilMs });
      else remember(unknown, unknownMax, name, { value: null, untilMs });
      return value;
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
