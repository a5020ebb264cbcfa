// Whether a request may start. It takes four permits together or none: of its subscription, its host, its lane and the
// process. Who lacks one is told which, and waits for that one only, holding nothing meanwhile.
import assert from "node:assert/strict";
import { Hosts } from "./permits-hosts.ts";
import { Lanes } from "./permits-lanes.ts";
import type { Place } from "./permits-lanes.ts";

/** `bytes`: of the body, 0 when unknown. A flight is known by its identity: finish it with the value it was started with. */
export type Flight = {
  readonly subscription: number;
  readonly host: string;
  readonly startedMs: number;
  readonly bytes: number;
  /** Kept here by `start`, as long as it is under way. */
  place?: Place | null;
};

export type Lacking = "subscription" | "host" | "fast" | "slow" | "process";

type Limits = {
  /** Places for requests. Requests that grow old may lift what is in flight above it, up to twice as many. */
  readonly inFlightMax: number;
  /** Bodies in flight. The last one to start may go beyond it, so that no body is too large ever to start. */
  readonly bytesMax: number;
  /** The part of the places that is for fast sends; the rest is for those of slow subscriptions. */
  readonly fastShare: number;
};

const limitsDefault: Limits = { inFlightMax: 2_048, bytesMax: 64 * 1_024 * 1_024, fastShare: 0.7 };
const overdraft = 2;

export class Permits {
  readonly #limits: Limits;
  readonly #lanes: Lanes;
  readonly #hosts = new Hosts();
  readonly #bySubscription = new Map<number, number>();
  #inFlight = 0;
  #bytes = 0;
  /** Fast places became free while nobody was asking about that. */
  #moved = false;

  constructor(limits: Limits = limitsDefault) {
    this.#limits = limits;
    this.#lanes = new Lanes(limits.inFlightMax, limits.fastShare);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Requests charged to each lane; the slow one may be in debt. */
  get lanes(): { readonly fast: number; readonly slow: number } {
    return { fast: this.#lanes.fast, slow: this.#lanes.slow };
  }

  /** Requests charged to each lane by now, and its places. */
  occupied(nowMs: number): Record<"fast" | "slow", { readonly used: number; readonly of: number }> {
    this.#age(nowMs);
    const { inFlightMax, fastShare } = this.#limits;
    const fast = Math.floor(inFlightMax * fastShare);
    return { fast: { used: this.#lanes.fast, of: fast }, slow: { used: this.#lanes.slow, of: inFlightMax - fast } };
  }

  inFlightOf(subscription: number): number {
    return this.#bySubscription.get(subscription) ?? 0;
  }

  /** It has a request in flight that is older than half a second, or had one and nothing answered sooner since. */
  isSlow(subscription: number): boolean {
    return this.#lanes.isSlow(subscription);
  }

  /** Takes the permits and gives null, or takes none and gives the one that lacks. */
  start(flight: Flight, subscriptionLimit: number, nowMs: number): Lacking | null {
    const { subscription, host, startedMs, bytes } = flight;
    assert.ok(!flight.place, "a flight was started twice");
    const lacking = this.lacking(subscription, host, subscriptionLimit, nowMs);
    if (lacking !== null) return lacking;
    flight.place = this.#lanes.enter(subscription, startedMs);
    this.#inFlight++;
    this.#hosts.take(host);
    this.#bySubscription.set(subscription, this.inFlightOf(subscription) + 1);
    this.#bytes += bytes;
    return null;
  }

  /** What `start` would give now. */
  lacking(subscription: number, host: string, subscriptionLimit: number, nowMs: number): Lacking | null {
    this.#age(nowMs);
    if (this.inFlightOf(subscription) >= subscriptionLimit) return "subscription";
    if (this.#hosts.isFull(host)) return "host";
    return this.#lanes.lacking(subscription) ?? this.#lackingProcess();
  }

  /** `neutral`: says nothing about the receiver: 429, a mistake of our own, not sent at all. */
  finish(flight: Flight, nowMs: number, outcome: "fast" | "slow" | "failed" | "neutral"): void {
    const { subscription, host, startedMs, bytes } = flight;
    this.#age(nowMs);
    assert.ok(flight.place, "a flight was finished that was not started");
    this.#lanes.leave(flight.place, outcome !== "neutral");
    flight.place = null;
    this.#inFlight--;
    this.#hosts.give(host, subscription, startedMs, nowMs, outcome);
    const left = this.inFlightOf(subscription) - 1;
    if (left === 0) this.#bySubscription.delete(subscription);
    else this.#bySubscription.set(subscription, left);
    this.#bytes -= bytes;
  }

  /** Charges what grew old to the slow lane. True when fast places became free by that since this was last asked. */
  age(nowMs: number): boolean {
    this.#age(nowMs);
    const moved = this.#moved;
    this.#moved = false;
    return moved;
  }

  #age(nowMs: number): void {
    this.#moved = this.#lanes.age(nowMs) || this.#moved;
  }

  #lackingProcess(): "process" | null {
    const { inFlightMax, bytesMax } = this.#limits;
    return this.inFlight >= inFlightMax * overdraft || this.#bytes >= bytesMax ? "process" : null;
  }
}
