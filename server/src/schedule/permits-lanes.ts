// Two accounts of the places there are for requests, by age in flight. Latency is known only when a request ends, and one
// that hangs ends after its deadline; so a request that has been under way for half a second is charged to the slow account
// from then on, and its place in the fast one is free at once. Its subscription stays slow until something of it is answered
// sooner: those that hung together are answered together, and would all begin again in the fast account. Nobody borrows. What
// is moved may put the slow account in debt: then no slow subscription starts anything, and more requests are in flight than
// there are places.
import assert from "node:assert/strict";
import { Fifo } from "./fifo.ts";

const slowAfterMs = 500;
/** Subscriptions that are remembered as slow while they send nothing: beyond it the one whose request ended first is forgotten. */
const rememberedMax = 10_000;

type Lane = "fast" | "slow";

/** A request's place, given back with `leave`. */
export type Place = { readonly subscription: number; readonly startedMs: number; lane: Lane; isOld: boolean; isOver: boolean };

export class Lanes {
  readonly #fastMax: number;
  readonly #slowMax: number;
  readonly #young = new Fifo<Place>();
  /** Of each subscription that has such: requests older than half a second. */
  readonly #old = new Map<number, number>();
  /** Those that had such, and nothing answered sooner since. Who had one last comes last. */
  readonly #wasOld = new Set<number>();
  #fast = 0;
  #slow = 0;

  constructor(places: number, fastShare: number) {
    this.#fastMax = Math.floor(places * fastShare);
    this.#slowMax = places - this.#fastMax;
  }

  get fast(): number {
    return this.#fast;
  }

  get slow(): number {
    return this.#slow;
  }

  isSlow(subscription: number): boolean {
    return this.#old.has(subscription) || this.#wasOld.has(subscription);
  }

  /** The lane whose places are all taken, of those this subscription may take. */
  lacking(subscription: number): Lane | null {
    if (this.isSlow(subscription)) return this.#slow < this.#slowMax ? null : "slow";
    return this.#fast < this.#fastMax ? null : "fast";
  }

  enter(subscription: number, startedMs: number): Place {
    const lane = this.isSlow(subscription) ? "slow" : "fast";
    const place: Place = { subscription, startedMs, lane, isOld: false, isOver: false };
    this.#young.push(place);
    this.#count(lane, 1);
    return place;
  }

  /** `answered`: by its receiver, which says something about how slow that is. */
  leave(place: Place, answered: boolean): void {
    assert.ok(!place.isOver, "a place was given back twice");
    place.isOver = true;
    this.#count(place.lane, -1);
    if (place.isOld) this.#leaveOld(place.subscription);
    else if (answered) this.#wasOld.delete(place.subscription);
  }

  /**
   * True when a place in the fast lane became free by it. Each place is looked at once, in the order they were taken; one
   * that is over goes at once, so that a clock that was set back keeps nobody young for long.
   */
  age(nowMs: number): boolean {
    let moved = false;
    for (let first = this.#young.peek(); first; first = this.#young.peek()) {
      if (!first.isOver && nowMs - first.startedMs <= slowAfterMs) break;
      this.#young.shift();
      if (!first.isOver) moved = this.#grewOld(first) || moved;
    }
    return moved;
  }

  #grewOld(place: Place): boolean {
    place.isOld = true;
    this.#old.set(place.subscription, (this.#old.get(place.subscription) ?? 0) + 1);
    if (place.lane === "slow") return false;
    this.#count("fast", -1);
    this.#count("slow", 1);
    place.lane = "slow";
    return true;
  }

  #count(lane: Lane, by: 1 | -1): void {
    if (lane === "fast") this.#fast += by;
    else this.#slow += by;
  }

  #leaveOld(subscription: number): void {
    const left = (this.#old.get(subscription) as number) - 1;
    if (left > 0) this.#old.set(subscription, left);
    else this.#old.delete(subscription);
    this.#wasOld.delete(subscription);
    this.#wasOld.add(subscription);
    if (this.#wasOld.size > rememberedMax) this.#wasOld.delete(this.#wasOld.values().next().value as number);
  }
}
