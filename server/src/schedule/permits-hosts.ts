// How many requests each host takes at a time. Many subscriptions may share a host (automation vendors), so one that is
// broken must not close it for the others: the limit falls only when two answers in a row, of two subscriptions, were bad.
// What belongs to a single subscription is its own limit's affair.
import { Limit } from "./limit.ts";

const inFlightStart = 64;
const inFlightFloor = 8;
const inFlightMax = 512;
/** Idle hosts in memory. Half of them stay when there are more: what was learned about a host outlives it being idle. */
const rememberedMax = 4_096;

type Host = {
  readonly limit: Limit;
  inFlight: number;
  /** Whose answer was bad, since the last one that was fast. */
  blamed: number | null;
};

export class Hosts {
  readonly #hosts = new Map<string, Host>();
  #sweepAt = rememberedMax;

  /** Hosts in memory, busy and idle. */
  get size(): number {
    return this.#hosts.size;
  }

  isFull(name: string): boolean {
    const host = this.#hosts.get(name);
    return host !== undefined && host.inFlight >= host.limit.value;
  }

  take(name: string): void {
    (this.#hosts.get(name) ?? this.#newHost(name)).inFlight++;
  }

  give(name: string, subscription: number, startedMs: number, nowMs: number, outcome: "fast" | "slow" | "failed" | "neutral"): void {
    const host = this.#hosts.get(name) as Host;
    if (outcome === "fast") hearFast(host, startedMs, nowMs);
    else if (outcome !== "neutral") hearBad(host, subscription, startedMs, nowMs, outcome);
    host.inFlight--;
  }

  #newHost(name: string): Host {
    if (this.#hosts.size >= this.#sweepAt) this.#sweep();
    const host = { limit: new Limit(inFlightStart, inFlightFloor, inFlightMax), inFlight: 0, blamed: null };
    this.#hosts.set(name, host);
    return host;
  }

  /** Idle ones go: first those about which nothing was learned, then those that have been here for longest. */
  #sweep(): void {
    for (const [name, host] of this.#hosts) if (host.inFlight === 0 && !isLearned(host)) this.#hosts.delete(name);
    for (const [name, host] of this.#hosts) {
      if (this.#hosts.size <= rememberedMax / 2) break;
      if (host.inFlight === 0) this.#hosts.delete(name);
    }
    this.#sweepAt = this.#hosts.size + rememberedMax / 2;
  }
}

const isLearned = ({ limit, blamed }: Host): boolean => limit.value !== inFlightStart || blamed !== null;

/** Only a host that is used to at least half of its limit shows that it would take more. */
function hearFast(host: Host, startedMs: number, nowMs: number): void {
  host.blamed = null;
  if (host.inFlight * 2 >= host.limit.value) host.limit.answered(startedMs, nowMs, "fast");
}

function hearBad(host: Host, subscription: number, startedMs: number, nowMs: number, outcome: "slow" | "failed"): void {
  if (host.blamed !== null && host.blamed !== subscription) host.limit.answered(startedMs, nowMs, outcome);
  host.blamed = subscription;
}
