// A small world around the queue, for tests: a disk, holds on their way to it, endpoints that answer, a process that dies.
// It knows what may be sent next by looking at everything, and says so when the queue does not.
import assert from "node:assert/strict";
import { queueOfSlot, slotOfQueue } from "./hold-queues.ts";
import { Holds } from "./holds.ts";
import type { Hold } from "./holds.ts";
import { Permits } from "./permits.ts";
import { Queue } from "./queue.ts";
import type { LaneGate } from "./queue.ts";
import { freshWork, holdQueueOf } from "./work.ts";
import type { Work } from "./work.ts";

const subscriptions = [1, 2, 3];
const limit = 2;
const heldPage = 4;
const farMs = 600_000;
const soonMs = 1_000;

/** What is on disk of a notification. */
type Row = {
  readonly id: string;
  readonly subscription: number;
  readonly workspace: number;
  readonly slot: number | null;
  readonly rank: 0 | 1;
  step: number;
  /** Where it is held; null when its newest step is no hold behind others. */
  position: number | null;
  nextAtMs: number | null;
  isHead: boolean;
  over: boolean;
};

export class QueueWorld {
  nowMs = 1_000_000;
  readonly rows = new Map<string, Row>();
  readonly closed = new Set<number>();
  readonly blocked = new Set<number>();
  readonly inFlight = new Map<string, Work>();
  queue!: Queue;
  #permits!: Permits;
  #holds!: Holds;
  /** Steps on their way to disk, in order. */
  #writing: (() => void)[] = [];

  constructor() {
    this.#begin();
  }

  publish(subscription: number, workspace: number, slot: number | null, rank: 0 | 1): void {
    const id = `00000000-0000-7000-8000-${(this.rows.size + 1).toString(16).padStart(12, "0")}`;
    this.rows.set(id, { id, subscription, workspace, slot, rank, step: 0, position: null, nextAtMs: null, isHead: false, over: false });
    this.queue.admit(this.#work(id), this.nowMs);
  }

  advance(ms: number): void {
    this.nowMs += ms;
    this.queue.wake(this.nowMs);
  }

  /** Starts all that goes, and asserts that nothing is left that could go. */
  pump(): void {
    for (let work = this.queue.take(this.nowMs); work; work = this.queue.take(this.nowMs)) this.#sent(work);
    const left = [...this.queue.all()].find((work) => this.#couldGo(work));
    assert.equal(left?.id, undefined, "it could be sent, and is not given");
  }

  /** One of those under way is answered: delivered, or tried again soon, or only after it has left memory. */
  answer(which: number, result: "delivered" | "soon" | "far"): void {
    const works = [...this.inFlight.values()];
    const work = works[which % works.length];
    if (!work) return;
    this.inFlight.delete(work.id);
    this.queue.release(work, this.nowMs, "neutral");
    const nextAtMs = result === "delivered" ? null : this.nowMs + (result === "soon" ? soonMs : farMs);
    this.#write(work, { position: null, nextAtMs, isHead: nextAtMs !== null && work.slot !== null, over: nextAtMs === null }, () => {
      this.#leave(work);
      work.heldCause = null;
      work.dueAtMs = nextAtMs ?? work.dueAtMs;
      if (result === "soon") this.queue.defer(work, this.nowMs);
      else this.queue.finish(work, result === "delivered");
    });
  }

  /** The next step, or all of them, is on disk. */
  record(all = true): void {
    for (let left = all ? this.#writing.length : 1; left > 0; left--) this.#writing.shift()?.();
  }

  /** What waits too long, and what its closed gate stops, is held. */
  holdWaiting(): void {
    for (const lane of this.queue.lanes()) {
      const stopped = this.closed.has(lane.subscription) ? this.queue.unheld(lane, () => true) : [];
      for (const work of [...this.queue.overdue(lane, this.nowMs), ...stopped]) this.#hold(work);
    }
  }

  readHeld(): void {
    for (const hold of this.#holds.all()) if (hold.more && !this.closed.has(hold.subscription)) this.#readHold(hold);
  }

  /** Retries whose time came while they were not in memory. */
  readDue(): void {
    for (const { id, nextAtMs, position } of this.rows.values())
      if (nextAtMs !== null && position === null && nextAtMs <= this.nowMs + soonMs) this.queue.admit(this.#work(id), this.nowMs);
  }

  gate(subscription: number, isOpen: boolean): void {
    if (isOpen) this.closed.delete(subscription);
    else this.closed.add(subscription);
    this.queue.reopen(subscription);
  }

  brake(workspace: number, isOn: boolean): void {
    if (isOn) this.blocked.add(workspace);
    else this.blocked.delete(workspace);
    this.queue.reopen();
  }

  /** One that waits is taken out of its queue, and ended or put back. */
  withdraw(which: number, end: boolean): void {
    const works = [...this.queue.all()].filter(({ state }) => state !== "busy");
    const work = works[which % works.length];
    if (!work || !this.queue.withdraw(work)) return;
    if (end)
      this.#write(work, { position: null, nextAtMs: null, isHead: false, over: true }, () => {
        this.#leave(work);
        this.queue.finish(work, true);
      });
    else this.#writing.push(() => (work.heldCause === null ? this.queue.defer(work, this.nowMs) : this.queue.putBack(work, this.nowMs)));
  }

  /** The process dies and another one begins with what is on disk. */
  crash(): void {
    this.#begin();
    for (const { id, isHead, position } of this.rows.values()) {
      if (position !== null) this.#holds.resume(this.#work(id).subscription, holdQueueOf(this.#work(id)), 0, position);
      if (!isHead) continue;
      this.queue.occupy(this.#work(id));
      if (this.#work(id).heldCause !== null) this.queue.admitHead(this.#work(id), this.nowMs);
    }
    for (const { id, step } of this.rows.values()) if (step === 0) this.#found(this.#work(id));
    this.readHeld();
  }

  /** What was under way has no step, and is older than what is held: it is next in its slot. */
  #found(work: Work): void {
    const { subscription, slot } = work;
    const held = [...this.rows.values()].filter((row) => row.position !== null && row.subscription === subscription && row.slot === slot);
    const isNext = held.length > 0 && held.every(({ id }) => work.id < id);
    if (slot !== null && isNext && !this.queue.isOccupied({ subscription, slot })) this.queue.occupy(work);
    this.queue.admit(work, this.nowMs);
  }

  /** Everything opens, everything is delivered; fails when something is left. */
  finishAll(): void {
    for (const subscription of subscriptions) this.gate(subscription, true);
    for (const workspace of this.blocked) this.brake(workspace, false);
    for (let turns = this.rows.size * 4 + 40; turns > 0 && [...this.rows.values()].some(({ over }) => !over); turns--) {
      this.record();
      this.advance(this.inFlight.size === 0 ? farMs : 1);
      this.readDue();
      this.readHeld();
      this.pump();
      while (this.inFlight.size > 0) this.answer(0, "delivered");
    }
    const left = [...this.rows.values()].filter(({ over }) => !over);
    assert.deepEqual(left, [], "it is never sent");
    assert.deepEqual([this.queue.size, this.queue.inFlight, this.queue.lanes().length], [0, 0, 0], "something is remembered for nothing");
  }

  #begin(): void {
    this.#permits = new Permits({ inFlightMax: 4, bytesMax: 1_000, fastShare: 0.5 });
    this.#holds = new Holds();
    this.#writing = [];
    this.inFlight.clear();
    this.queue = new Queue({
      permits: this.#permits,
      gate: (lane): LaneGate => (this.closed.has(lane.subscription) ? { atOnce: 0, opensAtMs: null } : { atOnce: null, opensAtMs: null }),
      limit: () => limit,
      host: () => "one.example",
      bytes: () => 1,
      blocked: () => this.blocked,
      spilled: (subscription, slot) => !this.#holds.isEmpty(subscription, queueOfSlot(slot)),
    });
  }

  #work(id: string): Work {
    const row = this.rows.get(id) as Row;
    const { subscription, workspace, slot, rank } = row;
    const fresh = { id, event: id, subscription, app: 1, workspace, shard: 0, rank, slot, topic: "t", apiVersion: "1" };
    const work = freshWork(fresh, 0, this.nowMs);
    const held = row.position !== null || (row.isHead && row.nextAtMs === null);
    return Object.assign(work, {
      step: row.step,
      position: row.position,
      queue: holdQueueOf(work),
      dueAtMs: row.nextAtMs ?? this.nowMs,
      heldCause: held ? "backlog" : null,
    });
  }

  #sent(work: Work): void {
    assert.ok(!this.closed.has(work.subscription) && !this.blocked.has(work.workspace), "it is sent though it is stopped");
    assert.ok(!this.inFlight.has(work.id) && this.rows.get(work.id)?.over === false, "it is sent twice");
    if (work.slot !== null) assert.equal(this.#firstOfSlot(work)?.id, work.id, "it is sent before an earlier one of its slot");
    this.inFlight.set(work.id, work);
    const count = [...this.inFlight.values()].filter(({ subscription }) => subscription === work.subscription).length;
    assert.ok(count <= limit);
  }

  #firstOfSlot({ subscription, slot }: { subscription: number; slot: number | null }): Row | undefined {
    return [...this.rows.values()].find((row) => !row.over && row.subscription === subscription && row.slot === slot);
  }

  #couldGo(work: Work): boolean {
    const { subscription, workspace, slot } = work;
    if (work.state !== "queued" || this.closed.has(subscription) || this.blocked.has(workspace)) return false;
    if (this.#permits.lacking(subscription, "one.example", limit, this.nowMs) !== null) return false;
    if (slot === null) return work.position === null;
    if (this.#firstOfSlot(work)?.id !== work.id) return false;
    const isTouched = [...this.queue.all()].some(
      (each) => each.state === "busy" && each.slot === slot && each.subscription === subscription,
    );
    const isBehindDisk = work.position === null && !this.queue.isHead(work) && !this.#holds.isEmpty(subscription, queueOfSlot(slot));
    return !isTouched && !isBehindDisk;
  }

  #write(work: Work, step: Pick<Row, "position" | "nextAtMs" | "isHead" | "over">, done: () => void): void {
    this.#writing.push(() => {
      work.step++;
      Object.assign(this.rows.get(work.id) as Row, step, { step: work.step });
      done();
    });
  }

  #hold(work: Work): void {
    const isHead = work.slot !== null && this.queue.isHead(work);
    const number = holdQueueOf(work);
    const below = isHead ? null : this.#holds.writing(work.subscription, number);
    const position = isHead ? null : this.#holds.position(this.nowMs);
    this.#write(work, { position, nextAtMs: null, isHead, over: false }, () => {
      work.heldCause = "backlog";
      this.#leave(work);
      if (below !== null) this.#holds.written(work.subscription, number, below);
      if (isHead) this.queue.putBack(work, this.nowMs);
      else this.queue.finish(work, false);
    });
  }

  #leave(work: Work): void {
    if (work.position === null) return;
    const { subscription, queue: number, position } = work;
    work.position = null;
    const slot = slotOfQueue(number);
    if (this.#holds.drained(subscription, number, position) === null && slot !== null) this.queue.unspilled(subscription, slot);
  }

  #readHold(hold: Hold): void {
    const { subscription, queue: number, readTo } = hold;
    const behind = [...this.rows.values()]
      .filter((row) => row.position !== null && row.position > readTo && row.subscription === subscription && this.#isIn(row, number))
      .toSorted((one, other) => (one.position as number) - (other.position as number));
    const page = behind.slice(0, heldPage);
    hold.more = false;
    for (const { id } of page) this.queue.admit(this.#work(id), this.nowMs);
    const positions = page.map(({ position }) => position as number);
    const taken = page.filter(({ id, position }) => this.queue.get(id)?.position === position).map(({ position }) => position as number);
    this.#holds.read(hold, positions, taken, page.length < heldPage);
    const slot = slotOfQueue(number);
    if (this.#holds.isEmpty(subscription, number) && slot !== null) this.queue.unspilled(subscription, slot);
  }

  #isIn({ slot, rank }: Row, number: number): boolean {
    return slot === null ? number === (rank === 0 ? 0 : 257) : number === queueOfSlot(slot);
  }
}
