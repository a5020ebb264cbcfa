// How many requests each host takes at a time. Many subscriptions may share a host (automation vendors), so one that is
// broken must not close it for the others: the limit falls only when two answers in a row, of two subscriptions, were bad.
// What belongs to a single subscription is its own limit's affair.
import { Limit } from "./limit.ts";

const inFlightStart = 64;
const inFlightFloor = 8;
const inFlightMax = 512;
/** Idle hosts whose limit is remembered: this many at least, twice as many at most. */
const rememberedMax = 4_096;

type Host = {
  readonly limit: Limit;
  inFlight: number;
  /** Whose answer was bad, since the last one that was fast. */
  blamed: number | null;
};

export class Hosts {
  readonly #busy = new Map<string, Host>();
  /** Idle ones in two generations: the older is forgotten as a whole, so that forgetting costs nothing per host. */
  #idle = new Map<string, Host>();
  #idleBefore = new Map<string, Host>();

  /** Hosts in memory, busy and idle. */
  get size(): number {
    return this.#busy.size + this.#idle.size + this.#idleBefore.size;
  }

  isFull(name: string): boolean {
    const host = this.#busy.get(name);
    return host !== undefined && host.inFlight >= host.limit.value;
  }

  take(name: string): void {
    const host = this.#busy.get(name) ?? this.#remembered(name) ?? newHost();
    this.#busy.set(name, host);
    host.inFlight++;
  }

  give(name: string, subscription: number, startedMs: number, nowMs: number, outcome: "fast" | "slow" | "failed" | "neutral"): void {
    const host = this.#busy.get(name) as Host;
    if (outcome === "fast") hearFast(host, startedMs, nowMs);
    else if (outcome !== "neutral") hearBad(host, subscription, startedMs, nowMs, outcome);
    host.inFlight--;
    if (host.inFlight === 0) this.#rest(name, host);
  }

  #remembered(name: string): Host | undefined {
    const host = this.#idle.get(name) ?? this.#idleBefore.get(name);
    this.#idle.delete(name);
    this.#idleBefore.delete(name);
    return host;
  }

  /** A host about which nothing was learned is not worth remembering. */
  #rest(name: string, host: Host): void {
    this.#busy.delete(name);
    if (host.limit.value === inFlightStart && host.blamed === null) return;
    this.#idle.set(name, host);
    if (this.#idle.size < rememberedMax) return;
    this.#idleBefore = this.#idle;
    this.#idle = new Map();
  }
}

function newHost(): Host {
  return { limit: new Limit(inFlightStart, inFlightFloor, inFlightMax), inFlight: 0, blamed: null };
}

/** Only a host that is used to at least half of its limit shows that it would take more. */
function hearFast(host: Host, startedMs: number, nowMs: number): void {
  host.blamed = null;
  if (host.inFlight * 2 >= host.limit.value) host.limit.answered(startedMs, nowMs, "fast");
}

function hearBad(host: Host, subscription: number, startedMs: number, nowMs: number, outcome: "slow" | "failed"): void {
  if (host.blamed !== null && host.blamed !== subscription) host.limit.answered(startedMs, nowMs, outcome);
  host.blamed = subscription;
}
