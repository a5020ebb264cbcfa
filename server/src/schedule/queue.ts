// Everything that is to be sent and is in memory: who waits, who may go next. Subscriptions take turns; each has its own
// limit of requests in flight, so one that hangs fills its own places and nobody else's. Deterministic: time comes in.
import { DueHeap } from "./due-heap.ts";
import { Fifo } from "./fifo.ts";
import type { Work } from "./work.ts";

export const maxInFlightDefault = 8;
export const inFlightMax = 2_048;
/** Notifications in memory; beyond it nothing more is read from the database. */
export const queuedMax = 50_000;
/** Of one subscription, once memory is half full: the rest is held on disk. */
const queuedPerSubscriptionMax = 512;
/** What waited this long unsent gets a step on disk. */
export const unsentMaxMs = 25_000;
/** Of this many turns of a subscription, one is for what is held. */
const holdTurn = 5;

type Lane = {
  readonly subscription: number;
  readonly now: Fifo<Work>;
  readonly held: Fifo<Work>;
  inFlight: number;
  turns: number;
  listed: boolean;
};

export class Queue {
  readonly #limitOf: (work: Work) => number;
  readonly #lanes = new Map<number, Lane>();
  readonly #all = new Map<string, Work>();
  readonly #due = new DueHeap();
  readonly #ready = new Fifo<Lane>();
  /** After a takeover of oneself: id -> newest step of what left memory since, so that an older read is known as such. */
  #left: Map<string, number> | null = null;
  #inFlight = 0;

  /** `limitOf`: how many requests of the work's subscription may be in flight. */
  constructor(limitOf: (work: Work) => number) {
    this.#limitOf = limitOf;
  }

  get size(): number {
    return this.#all.size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get(id: string): Work | undefined {
    return this.#all.get(id);
  }

  all(): IterableIterator<Work> {
    return this.#all.values();
  }

  /** Takes work in, unless it is here already; it waits until it is due. */
  admit(work: Work, nowMs: number): boolean {
    if (this.#all.has(work.id) || work.step < (this.#left?.get(work.id) ?? 0)) return false;
    this.#all.set(work.id, work);
    this.#place(work, nowMs);
    return true;
  }

  /** Moves retries whose time has come into their subscription's queue; gives the time of the next one. */
  wake(nowMs: number): number | null {
    for (let work = this.#due.peek(); work && work.dueAtMs <= nowMs; work = this.#due.peek()) {
      this.#due.pop();
      this.#enqueue(work, nowMs);
    }
    return this.#due.peek()?.dueAtMs ?? null;
  }

  /** The next work that may be sent now; its place is taken until `release`. */
  take(): Work | null {
    if (this.#inFlight >= inFlightMax) return null;
    for (let lane = this.#ready.shift(); lane; lane = this.#ready.shift()) {
      lane.listed = false;
      const next = this.#next(lane);
      if (!next) this.#dropIdle(lane);
      if (!next || lane.inFlight >= this.#limitOf(next.peek() as Work)) continue;
      const work = next.shift() as Work;
      work.state = "busy";
      lane.inFlight++;
      this.#inFlight++;
      this.#list(lane);
      return work;
    }
    return null;
  }

  /** The request is over: its place is free, the work stays until `finish` or `defer`. */
  release(work: Work): void {
    const lane = this.#lane(work.subscription);
    lane.inFlight--;
    this.#inFlight--;
    this.#list(lane);
  }

  /** Its next step is on disk and lies within what is read ahead. */
  defer(work: Work, nowMs: number): void {
    this.#place(work, nowMs);
  }

  /** Nothing is to be done with it in memory any more. */
  finish(work: Work): void {
    this.#all.delete(work.id);
    this.#left?.set(work.id, work.step);
    const lane = this.#lanes.get(work.subscription);
    if (lane) this.#dropIdle(lane);
  }

  /** Takes work in that is not to be sent now: a command writes its next step. */
  adopt(work: Work): void {
    work.state = "busy";
    this.#all.set(work.id, work);
  }

  /** Takes waiting work out of its queue for a command; false when it is busy. */
  withdraw(work: Work): boolean {
    if (work.state === "busy") return false;
    const lane = this.#lane(work.subscription);
    const removed = this.#due.remove(work) || lane.now.remove(work) || lane.held.remove(work);
    if (removed) work.state = "busy";
    return removed;
  }

  /** What has waited too long unsent, or is too much for one subscription: to be held on disk. Taken out of its queue. */
  overdue(nowMs: number): Work[] {
    const crowded = this.#all.size > queuedMax / 2;
    const found: Work[] = [];
    for (const lane of this.#lanes.values()) {
      while (
        lane.now.length > (crowded ? queuedPerSubscriptionMax : Infinity) ||
        nowMs - (lane.now.peek()?.queuedAtMs ?? nowMs) >= unsentMaxMs
      ) {
        const work = lane.now.shift() as Work;
        work.state = "busy";
        found.push(work);
      }
    }
    return found;
  }

  /** While what memory holds is read again, rows may be older than what was recorded meanwhile. */
  rememberLeaving(remember: boolean): void {
    this.#left = remember ? (this.#left ?? new Map()) : null;
  }

  /** How many of a subscription's held notifications are in memory. */
  heldInMemory(subscription: number): number {
    return this.#lanes.get(subscription)?.held.length ?? 0;
  }

  #place(work: Work, nowMs: number): void {
    if (work.dueAtMs > nowMs) {
      work.state = "waiting";
      this.#due.push(work);
    } else this.#enqueue(work, nowMs);
  }

  #enqueue(work: Work, nowMs: number): void {
    const lane = this.#lane(work.subscription);
    work.state = "queued";
    work.queuedAtMs = nowMs;
    (work.position === null ? lane.now : lane.held).push(work);
    this.#list(lane);
  }

  /** Due and fresh work first, one turn in five for what is held. */
  #next(lane: Lane): Fifo<Work> | null {
    if (lane.held.length > 0 && (lane.now.length === 0 || lane.turns++ % holdTurn === holdTurn - 1)) return lane.held;
    return lane.now.length > 0 ? lane.now : null;
  }

  #dropIdle(lane: Lane): void {
    const idle = lane.inFlight === 0 && lane.now.length === 0 && lane.held.length === 0;
    if (idle && !lane.listed) this.#lanes.delete(lane.subscription);
  }

  #list(lane: Lane): void {
    const first = lane.now.peek() ?? lane.held.peek();
    if (lane.listed || !first || lane.inFlight >= this.#limitOf(first)) return;
    lane.listed = true;
    this.#ready.push(lane);
  }

  #lane(subscription: number): Lane {
    let lane = this.#lanes.get(subscription);
    if (!lane) {
      lane = { subscription, now: new Fifo(), held: new Fifo(), inFlight: 0, turns: 0, listed: false };
      this.#lanes.set(subscription, lane);
    }
    return lane;
  }
}
