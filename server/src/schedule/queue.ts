// Everything that is to be sent and is in memory: who waits, who may go next. Subscriptions take turns; one that lacks a
// permit, or whose gate is closed, waits in the list of just that. Deterministic: time comes in.
import { DueHeap } from "./due-heap.ts";
import { Fifo } from "./fifo.ts";
import { IdTable } from "./id-table.ts";
import { Lane } from "./lane.ts";
import type { Lacking, Permits } from "./permits.ts";
import type { Work } from "./work.ts";

/** Notifications in memory; beyond it nothing more is read from the database. */
export const queuedMax = 50_000;
/** Of one subscription, once memory is half full: the rest is held on disk. */
const queuedPerSubscriptionMax = 512;
/** Lanes that are kept although they are idle. */
const lanesMin = 2_048;
/** What waited this long unsent gets a step on disk. */
export const unsentMaxMs = 25_000;

/** How many requests a subscription may have under way: null leaves it to its limit. When to ask again, if time opens it. */
export type LaneGate = { readonly atOnce: 0 | 1 | null; readonly opensAtMs: number | null };

export type Outcome = "fast" | "slow" | "failed" | "neutral";

export type QueuePorts = {
  readonly permits: Permits;
  readonly gate: (lane: Lane, nowMs: number) => LaneGate;
  /** Requests of a subscription at a time, as far as its endpoint takes them. */
  readonly limit: (lane: Lane) => number;
  readonly host: (work: Work) => string;
  readonly bytes: (work: Work) => number;
  /** Workspaces under a brake. */
  readonly blocked: () => ReadonlySet<number>;
  /** Some of an order slot is held on disk. */
  readonly spilled: (subscription: number, slot: number) => boolean;
};

export class Queue {
  readonly #ports: QueuePorts;
  readonly #lanes = new Map<number, Lane>();
  /** When there are as many, the idle ones are dropped. */
  #lanesMax = lanesMin;
  readonly #all = new IdTable<Work>();
  readonly #due = new DueHeap();
  readonly #ready = new Fifo<Lane>();
  readonly #waiting = { fast: new Set<Lane>(), slow: new Set<Lane>() };
  readonly #byHost = new Map<string, Set<Lane>>();
  readonly #gated = new Map<Lane, number | null>();
  /** What left memory while rows are read: id -> its newest step, the oldest first. */
  readonly #left = new Map<string, { readonly step: number; readonly moment: number }>();
  readonly #readers = new Set<number>();
  #moment = 0;
  #remember = false;
  /** The last `take` gave nothing although something waits: places are missing, not work. */
  isStarved = false;

  constructor(ports: QueuePorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#all.size;
  }

  get inFlight(): number {
    return this.#ports.permits.inFlight;
  }

  get(id: string): Work | undefined {
    return this.#all.get(id);
  }

  all(): IterableIterator<Work> {
    return this.#all.values();
  }

  lane(subscription: number): Lane | undefined {
    return this.#lanes.get(subscription);
  }

  /** Those with something to do, as they are now: what is done to one may make others. */
  lanes(): Lane[] {
    return [...this.#lanes.values()].filter((lane) => !this.#isIdle(lane));
  }

  /** Takes work in, unless it is here already; it waits until it is due. */
  admit(work: Work, nowMs: number): boolean {
    if (this.#all.get(work.id) || this.isStale(work.id, work.step)) return false;
    this.#all.set(work);
    this.#place(work, nowMs);
    return true;
  }

  /** Something of an order slot was begun earlier and is not over, in memory or not. */
  occupy(work: Work): void {
    this.#lane(work).slots.occupy(work.slot as number, work.id);
  }

  /** Something of its order slot was begun and is not over. */
  isOccupied({ subscription, slot }: { subscription: number; slot: number }): boolean {
    return this.#lanes.get(subscription)?.slots.isOccupied(slot) === true;
  }

  /** That one, where it is held and may go as soon as its subscription may send. */
  admitHead(work: Work, nowMs: number): void {
    if (this.#all.get(work.id)) return;
    this.#all.set(work);
    this.#enqueue(work, nowMs);
  }

  /** Moves retries whose time has come into their lane, and lanes whose gate has opened; gives the next such time. */
  wake(nowMs: number): number | null {
    for (let work = this.#due.peek(); work && work.dueAtMs <= nowMs; work = this.#due.peek()) {
      this.#due.pop();
      this.#enqueue(work, nowMs);
    }
    let nextMs = this.#due.peek()?.dueAtMs ?? Infinity;
    for (const [lane, opensAtMs] of this.#gated) {
      if (opensAtMs !== null && opensAtMs <= nowMs) this.#list(lane);
      else nextMs = Math.min(nextMs, opensAtMs ?? Infinity);
    }
    return nextMs === Infinity ? null : nextMs;
  }

  /** Its gate, its limit or a brake may have changed: it is asked again. */
  reopen(subscription?: number): void {
    const lanes = subscription === undefined ? this.#lanes.values() : [this.#lanes.get(subscription)];
    for (const lane of lanes) if (lane && lane.listed !== "ready") this.#list(lane);
  }

  /** The next work that may be sent now; its permits are taken until `release`. */
  take(nowMs: number): Work | null {
    this.isStarved = false;
    return this.#takeWaiting("fast", nowMs) ?? this.#takeReady(nowMs) ?? this.#takeWaiting("slow", nowMs);
  }

  #takeReady(nowMs: number): Work | null {
    for (let looks = this.#ready.length; looks > 0; looks--) {
      const lane = this.#ready.shift() as Lane;
      const taken = lane.listed === "ready" ? this.#takeOf(lane, nowMs) : null;
      if (taken === "process") return null;
      if (taken !== null && typeof taken === "object") return taken;
    }
    return null;
  }

  /** Of those that wait for a place of this kind, the one that waits longest: who finds none, finds none for the others. */
  #takeWaiting(place: "fast" | "slow", nowMs: number): Work | null {
    const lanes = this.#waiting[place];
    for (const lane of lanes) {
      lanes.delete(lane);
      const taken = lane.listed === place ? this.#takeOf(lane, nowMs) : null;
      if (taken === place || taken === "process") return null;
      if (taken !== null && typeof taken === "object") return taken;
    }
    return null;
  }

  /** The next of the lane; or the kind of place that is missing, for which the lane waits now; or nothing of it can go. */
  #takeOf(lane: Lane, nowMs: number): Work | "fast" | "slow" | "process" | null {
    lane.listed = null;
    if (lane.length === 0) return null;
    const gate = this.#ports.gate(lane, nowMs);
    const work = lane.peek(this.#ports.blocked(), gate.atOnce === 1);
    if (!work) return null;
    const lack = this.#start(lane, work, gate, nowMs);
    if (lane.length > 0 && (lack === null || lack === "process")) this.#list(lane);
    if (lack === null) return work;
    if (lack !== "process" && lack !== "fast" && lack !== "slow") return null;
    this.isStarved = true;
    if (lack === "process") return lack;
    lane.listed = lack;
    this.#waiting[lack].add(lane);
    return lack;
  }

  /** Takes its permits and the work out of its lane, or puts the lane where it waits for what is lacking. */
  #start(lane: Lane, work: Work, { atOnce, opensAtMs }: LaneGate, nowMs: number): Lacking | "gate" | null {
    const { permits, limit, host, bytes } = this.#ports;
    if (atOnce === 0) {
      this.#gated.set(lane, opensAtMs);
      lane.listed = "gate";
      return "gate";
    }
    const flight = { subscription: lane.subscription, host: host(work), startedMs: nowMs, bytes: bytes(work) };
    const lack = permits.start(flight, atOnce ?? limit(lane), nowMs);
    if (lack === "host") this.#waitForHost(flight.host, lane);
    if (lack !== null) return lack;
    work.flight = flight;
    lane.take(work);
    work.state = "busy";
    return null;
  }

  #waitForHost(host: string, lane: Lane): void {
    lane.listed = "host";
    this.#byHost.set(host, (this.#byHost.get(host) ?? new Set()).add(lane));
  }

  /** The request is over, or did not come to be: its permits are free, the work stays until `finish` or `defer`. */
  release(work: Work, nowMs: number, outcome: Outcome): void {
    const { flight } = work;
    if (!flight) return;
    work.flight = null;
    this.#ports.permits.finish(flight, nowMs, outcome);
    for (const lane of this.#byHost.get(flight.host) ?? []) if (lane.listed === "host") this.#list(lane);
    this.#byHost.delete(flight.host);
    const lane = this.#lane(work);
    if (lane.length > 0) this.#list(lane);
    else this.#rest(lane);
  }

  /** Its next step is on disk and lies within what is read ahead. */
  defer(work: Work, nowMs: number): void {
    this.#place(work, nowMs);
  }

  /** Nothing is to be done with it in memory any more. `over`: nor later; else it holds its order slot. */
  finish(work: Work, over: boolean): void {
    this.#all.delete(work.id);
    if (this.#remember || this.#readers.size > 0) {
      this.#left.delete(work.id);
      this.#left.set(work.id, { step: work.step, moment: ++this.#moment });
    }
    const lane = this.#lanes.get(work.subscription);
    if (!lane) return;
    if (work.slot !== null) {
      if (over) lane.slots.leave(work);
      else lane.slots.laidDown(work);
      this.#list(lane);
    }
    this.#rest(lane);
  }

  /** Takes work in that is not to be sent now: a command writes its next step. */
  adopt(work: Work): void {
    work.state = "busy";
    this.#all.set(work);
  }

  /** Takes waiting work out of its queue for a command; false when it is busy. */
  withdraw(work: Work): boolean {
    if (work.state === "busy") return false;
    const removed = this.#due.remove(work) || this.#lane(work).remove(work);
    if (removed) work.state = "busy";
    return removed;
  }

  /** What has waited too long unsent, or is too much for one subscription: to be held on disk. Taken out of its queue. */
  overdue(lane: Lane, nowMs: number): Work[] {
    const crowded = this.#all.size > queuedMax / 2;
    const isOld = (work: Work): boolean => nowMs - work.queuedAtMs >= unsentMaxMs;
    return this.#taken([
      ...lane.shiftWhile((work) => isOld(work) || (crowded && lane.length > queuedPerSubscriptionMax)),
      ...lane.slots.takeHeads((work) => work.step === 0 && isOld(work)),
    ]);
  }

  /** What of the lane is not held yet. Taken out of its queue. */
  unheld(lane: Lane, goes: (work: Work) => boolean): Work[] {
    return this.#taken([...lane.shiftWhile(goes), ...lane.slots.takeHeads((work) => work.heldCause === null && goes(work))]);
  }

  /** What of the lane came from among the held. Taken out of its queue. */
  held(lane: Lane, goes: (work: Work) => boolean): Work[] {
    return this.#taken(lane.takeHeld(goes));
  }

  /** While what memory holds is read again, rows may be older than what was recorded meanwhile. */
  rememberLeaving(remember: boolean): void {
    this.#remember = remember;
    this.#forgetLeft();
  }

  /** The same for one read, rows taken in included. */
  async remembering<T>(read: () => Promise<T>): Promise<T> {
    const reader = ++this.#moment;
    this.#readers.add(reader);
    try {
      return await read();
    } finally {
      this.#readers.delete(reader);
      this.#forgetLeft();
    }
  }

  /** The row was read before what is on disk by now. */
  isStale(id: string, step: number): boolean {
    return step < (this.#left.get(id)?.step ?? 0);
  }

  #forgetLeft(): void {
    if (this.#remember) return;
    const oldest = Math.min(...this.#readers);
    for (const [id, { moment }] of this.#left) {
      if (moment > oldest) break;
      this.#left.delete(id);
    }
  }

  /** How many of a subscription's held notifications are in memory. */
  heldInMemory(subscription: number, queue: number): number {
    return this.#lanes.get(subscription)?.heldInMemory(queue) ?? 0;
  }

  /** Nothing of an order slot is held on disk any more. */
  unspilled(subscription: number, slot: number): void {
    const lane = this.#lanes.get(subscription);
    lane?.slots.unspilled(slot);
    if (lane) this.#list(lane);
  }

  isHead(work: Work): boolean {
    return this.#lanes.get(work.subscription)?.slots.isHead(work) === true;
  }

  /** Another one of its order slot was begun and is not over. */
  isSlotTaken(work: Work): boolean {
    return this.#lanes.get(work.subscription)?.slots.isTaken(work) === true;
  }

  /** As it was before it was taken out, whenever it is due. */
  putBack(work: Work, nowMs: number): void {
    this.#enqueue(work, nowMs);
  }

  /** It is not bound to its order any more. */
  leaveSlot(work: Work): void {
    const lane = this.#lanes.get(work.subscription);
    if (!lane || work.slot === null) return;
    lane.slots.leave(work);
    this.#list(lane);
  }

  #taken(works: Work[]): Work[] {
    for (const work of works) work.state = "busy";
    return works;
  }

  #place(work: Work, nowMs: number): void {
    if (work.dueAtMs > nowMs) {
      work.state = "waiting";
      this.#due.push(work);
    } else this.#enqueue(work, nowMs);
  }

  #enqueue(work: Work, nowMs: number): void {
    const lane = this.#lane(work);
    work.state = "queued";
    work.queuedAtMs = nowMs;
    lane.push(work);
    if (lane.listed === null) this.#list(lane);
  }

  /** What an idle lane was told of its gate may not be true any more when it has work again. */
  #rest(lane: Lane): void {
    if (lane.listed !== "gate" || !this.#isIdle(lane)) return;
    lane.listed = null;
    this.#gated.delete(lane);
  }

  #isIdle(lane: Lane): boolean {
    return lane.idle && this.#ports.permits.inFlightOf(lane.subscription) === 0;
  }

  /** Idle lanes are kept, since most have work again soon, until there are too many. */
  #dropIdle(): void {
    if (this.#lanes.size < this.#lanesMax) return;
    for (const lane of this.#lanes.values()) {
      if (!this.#isIdle(lane) || (lane.listed !== null && lane.listed !== "gate")) continue;
      this.#lanes.delete(lane.subscription);
      this.#gated.delete(lane);
    }
    this.#lanesMax = Math.max(lanesMin, this.#lanes.size * 2);
  }

  /** Whatever it waited for: it is looked at when its turn comes. */
  #list(lane: Lane): void {
    if (lane.listed === "ready") return;
    this.#gated.delete(lane);
    lane.listed = "ready";
    this.#ready.push(lane);
  }

  #lane(work: Work): Lane {
    let lane = this.#lanes.get(work.subscription);
    if (!lane) {
      this.#dropIdle();
      lane = new Lane(work, (slot) => this.#ports.spilled(work.subscription, slot));
      this.#lanes.set(work.subscription, lane);
    }
    return lane;
  }
}
