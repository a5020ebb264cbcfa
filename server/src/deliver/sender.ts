// Sends one request and says what came of it. It never follows a redirect, never decompresses, never retries and never
// throws: every way in which an exchange can end is an `Answer`. Connections belong to a pool (a subscription) and are
// shared with no other, not even at the same origin: one endpoint must not be able to answer for another.

import { createSecureContext } from "node:tls";
import type { SecureContextOptions } from "node:tls";
import type { AddressRules } from "./address.ts";
import { checkUrl } from "./address-url.ts";
import type { RefusedUrl } from "./address-url.ts";
import type { Answer, Clock, Exchange } from "./answer.ts";
import type { GuardOptions } from "./guard.ts";
import { dialTcp } from "./guard-dial.ts";
import type { Dial } from "./guard-dial.ts";
import type { AddressResolver } from "./resolver.ts";
import { Flight } from "./sender-flight.ts";
import { Pool } from "./sender-pool.ts";
import type { Target } from "./sender-pool.ts";

/** A pool without a flight is closed after this long, looked at every `SWEEP_MS`. */
export const POOL_IDLE_MS = 60_000;
const SWEEP_MS = 10_000;
/** Pools kept; beyond it the one unused for longest goes first. Pools with a flight are never closed. */
export const POOLS_MAX = 4_096;

export type SenderOptions = {
  readonly rules: AddressRules;
  readonly resolver: AddressResolver;
  readonly clock: Clock;
  /** How a TCP connection is started; tests put their own here. */
  readonly dial?: Dial;
  /** Authorities trusted instead of the public ones. */
  readonly ca?: SecureContextOptions["ca"];
  /** Told the cause of each answer that is `internal`. */
  readonly report?: (cause: Error) => void;
};

export class Sender {
  readonly #guard: GuardOptions;
  readonly #clock: Clock;
  readonly #report: (cause: Error) => void;
  /** By key. */
  readonly #pools = new Map<string, Pool>();
  readonly #sweeper: NodeJS.Timeout;
  readonly #closed = Promise.withResolvers<void>();
  #inFlight = 0;
  #closing = false;

  constructor(options: SenderOptions) {
    const { rules, resolver, clock, dial = dialTcp, ca } = options;
    // Built once: reading the authorities takes milliseconds.
    const secureContext = createSecureContext(ca === undefined ? {} : { ca });
    this.#guard = { rules, resolver, dial, secureContext, monotonicMs: clock.monotonicMs };
    this.#clock = clock;
    this.#report = options.report ?? (() => {});
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** Never rejects. */
  send(exchange: Exchange): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#inFlight += 1;
    const flight = new Flight(exchange, this.#clock, (answer, cause) => {
      if (answer.failure === "internal" && cause !== null) this.#report(cause);
      this.#left();
      resolve(answer);
    });
    if (this.#closing) flight.fail({ failure: "internal", detail: "Bellhop is shutting down." });
    else this.#enter(flight);
    return promise;
  }

  /** Takes nothing new, waits for what is under way (each ends by its own deadline), then closes every connection. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#sweeper);
    if (this.#inFlight === 0) this.#closed.resolve();
    await this.#closed.promise;
    for (const pool of this.#pools.values()) pool.retire();
    this.#pools.clear();
  }

  #left(): void {
    this.#inFlight -= 1;
    if (this.#closing && this.#inFlight === 0) this.#closed.resolve();
  }

  #enter(flight: Flight): void {
    const pool = this.#poolFor(flight.exchange);
    if (pool instanceof Pool) pool.enter(flight);
    else flight.fail({ failure: "address_refused", detail: pool.message });
  }

  /** The pool of the key, made anew when the URL has moved to another origin. */
  #poolFor({ pool: key, url: raw }: Exchange): Pool | RefusedUrl {
    const known = this.#pools.get(key);
    if (known?.target.raw === raw) return known;
    const checked = checkUrl(raw, this.#guard.rules);
    if (!checked.ok) return checked;
    const target: Target = { checked, raw, path: checked.url.pathname + checked.url.search };
    if (known?.target.checked.url.origin === checked.url.origin) {
      known.target = target;
      return known;
    }
    known?.retire();
    this.#makeRoom();
    const pool = new Pool(target, this.#guard);
    this.#pools.set(key, pool);
    return pool;
  }

  /** Looks at all of them, which costs less than keeping them in order for each request would. */
  #makeRoom(): void {
    if (this.#pools.size < POOLS_MAX) return;
    let oldest: [key: string, pool: Pool] | null = null;
    for (const entry of this.#pools)
      if (entry[1].inFlight === 0 && (oldest === null || entry[1].usedAtMs < oldest[1].usedAtMs)) oldest = entry;
    if (oldest !== null) this.#close(...oldest);
  }

  #sweep(): void {
    const idleSince = this.#clock.monotonicMs() - POOL_IDLE_MS;
    for (const [key, pool] of this.#pools) {
      if (pool.inFlight === 0 && pool.usedAtMs < idleSince) this.#close(key, pool);
    }
  }

  #close(key: string, pool: Pool): void {
    this.#pools.delete(key);
    pool.retire();
  }
}
