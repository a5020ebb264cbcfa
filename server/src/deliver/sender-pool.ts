// The connections of one subscription to one origin. A slot is one undici client with one connection that carries one flight
// at a time, so it is always known whose connection is being made, which phase it is in and what to give up. A slot whose
// flight ended in any way but a whole answer is thrown away with its socket: nothing half-read is ever used again. undici
// itself closes a connection that receives an answer nobody asked for.

import { Client } from "undici";
import type { buildConnector } from "undici";
import type { CheckedUrl } from "./address-url.ts";
import type { Phase } from "./answer.ts";
import { Connecting, ConnectFailed } from "./guard.ts";
import type { GuardOptions } from "./guard.ts";
import type { Carrier, Flight } from "./sender-flight.ts";

/** An unused connection is kept this long, and less where the endpoint says so. */
const KEEP_ALIVE_MS = 30_000;
/** Requests on one connection, so that endpoints behind a balancer are spread over in time. */
const REQUESTS_PER_CONNECTION_MAX = 1_000;
export const HEADER_BYTES_MAX = 16_384;

/** Where a flight goes: the checked URL and what of it stands in the request line. */
export type Target = { readonly checked: CheckedUrl; readonly raw: string; readonly path: string };

export class Pool {
  /** The last URL asked for; later ones of the same origin replace it. */
  target: Target;
  /** When the last flight ended or began, in monotonic milliseconds. */
  usedAtMs = 0;
  inFlight = 0;
  readonly #guard: GuardOptions;
  readonly #idle: Slot[] = [];
  readonly #waiting: { flight: Flight; path: string }[] = [];
  #slots = 0;
  #connectionsMax = 1;
  #retired = false;

  constructor(target: Target, guard: GuardOptions) {
    this.target = target;
    this.#guard = guard;
  }

  /** Carries the flight as soon as a connection is free. */
  enter(flight: Flight): void {
    this.inFlight += 1;
    flight.pool = this;
    this.#connectionsMax = flight.exchange.connections;
    const slot = this.#idle.pop() ?? this.#newSlot();
    if (slot === null) this.#waiting.push({ flight, path: this.target.path });
    else slot.carry(flight, this.target.path);
  }

  /** One flight fewer, with or without having had a slot. */
  left(): void {
    this.inFlight -= 1;
    this.usedAtMs = this.#guard.monotonicMs();
  }

  release(slot: Slot, clean: boolean): void {
    const keep = clean && this.#slots <= this.#connectionsMax && (!this.#retired || this.#waiting.length > 0);
    if (keep) this.#idle.push(slot);
    else this.#discard(slot);
    // Not at once: undici is still inside the answer that freed the connection.
    if (this.#waiting.length > 0) queueMicrotask(() => this.#carryWaiting());
  }

  /** No new flights; connections close as their flights end. */
  retire(): void {
    this.#retired = true;
    for (const slot of this.#idle.splice(0)) this.#discard(slot);
  }

  #carryWaiting(): void {
    while (this.#waiting.length > 0) {
      if (this.#waiting[0]?.flight.done) {
        this.#waiting.shift();
        continue;
      }
      const slot = this.#idle.pop() ?? this.#newSlot();
      const next = slot === null ? undefined : this.#waiting.shift();
      if (slot === null || next === undefined) return;
      slot.carry(next.flight, next.path);
    }
    if (this.#retired) this.retire();
  }

  #newSlot(): Slot | null {
    if (this.#slots >= this.#connectionsMax) return null;
    this.#slots += 1;
    return new Slot(this, this.target.checked, this.#guard);
  }

  #discard(slot: Slot): void {
    this.#slots -= 1;
    slot.destroy();
  }
}

export class Slot implements Carrier {
  address: string | null = null;
  readonly #pool: Pool;
  readonly #checked: CheckedUrl;
  readonly #guard: GuardOptions;
  readonly #client: Client;
  #flight: Flight | null = null;
  #connecting: Connecting | null = null;

  constructor(pool: Pool, checked: CheckedUrl, guard: GuardOptions) {
    this.#pool = pool;
    this.#checked = checked;
    this.#guard = guard;
    this.#client = new Client(checked.url.origin, {
      connect: (_options, done) => this.#connect(done),
      allowH2: false,
      pipelining: 1,
      // The flight has one deadline of its own for everything.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      maxRequestsPerClient: REQUESTS_PER_CONNECTION_MAX,
    });
  }

  carry(flight: Flight, path: string): void {
    this.#flight = flight;
    flight.carrier = this;
    const { method, headers, body } = flight.exchange;
    this.#client.dispatch({ path, method, headers: headers as string[], body }, flight);
  }

  phase(): Exclude<Phase, "body"> {
    return this.#connecting?.phase ?? "first_byte";
  }

  release(clean: boolean): void {
    this.#flight = null;
    this.#pool.release(this, clean);
  }

  destroy(): void {
    this.#connecting?.cancel();
    this.#client.destroy(new Error("connection given up"), () => {});
  }

  #connect(done: buildConnector.Callback): void {
    const flight = this.#flight;
    const connecting = new Connecting(this.#checked, this.#guard);
    this.#connecting = connecting;
    if (flight !== null) flight.connecting = connecting;
    void connecting.open().then((opened) => {
      this.#connecting = null;
      this.address = connecting.address;
      if (opened instanceof ConnectFailed) done(opened, null);
      else done(null, opened);
    });
  }
}
