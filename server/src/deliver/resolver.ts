// From a host name to its addresses. A cache in front of any resolver: short, bounded, and with one question at a time per
// name, so that neither a popular host nor a dead name server multiplies queries. What comes out is not yet vetted.

/** Why a name gave no address. */
export type ResolveFailure = "not_found" | "no_address" | "timeout" | "server_failure";

export type Resolution = { readonly addresses: readonly string[] } | { readonly failure: ResolveFailure };

/** What the guard asks. Never rejects. */
export type AddressResolver = { resolve(host: string): Promise<Resolution> };

/** What a source of answers gives: `ttlMs` says how long they may be believed. */
export type Lookup = Resolution & { readonly ttlMs: number };

/** An answer is believed this long at most, whatever its TTL; a failure this long. */
export const FOUND_MS_MAX = 30_000;
export const FAILED_MS = 5_000;
/** Names remembered; the one asked for the first time longest ago goes first. */
export const NAMES_MAX = 10_000;

type Entry = { readonly resolution: Resolution; readonly until: number };

export class CachedResolver implements AddressResolver {
  readonly #lookup: (host: string) => Promise<Lookup>;
  readonly #monotonicMs: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #asking = new Map<string, Promise<Resolution>>();

  constructor(lookup: (host: string) => Promise<Lookup>, monotonicMs: () => number) {
    this.#lookup = lookup;
    this.#monotonicMs = monotonicMs;
  }

  resolve(host: string): Promise<Resolution> {
    const entry = this.#entries.get(host);
    if (entry !== undefined && this.#monotonicMs() < entry.until) return Promise.resolve(entry.resolution);
    return this.#asking.get(host) ?? this.#ask(host);
  }

  #ask(host: string): Promise<Resolution> {
    const asked = this.#lookup(host)
      .then((lookup) => this.#remember(host, lookup))
      .finally(() => this.#asking.delete(host));
    this.#asking.set(host, asked);
    return asked;
  }

  #remember(host: string, lookup: Lookup): Resolution {
    const believedMs = "failure" in lookup ? FAILED_MS : Math.min(lookup.ttlMs, FOUND_MS_MAX);
    this.#entries.delete(host);
    if (this.#entries.size >= NAMES_MAX) this.#entries.delete(this.#entries.keys().next().value as string);
    this.#entries.set(host, { resolution: lookup, until: this.#monotonicMs() + believedMs });
    return lookup;
  }
}
