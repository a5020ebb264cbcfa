// Which subscriptions have notifications held on disk, in which queues, how far they were read, and how far they were
// drained for good.
import assert from "node:assert/strict";

type Hold = {
  readonly subscription: number;
  readonly queue: number;
  /** The last position read into memory. */
  readTo: number;
  /** Positions read and not yet followed by a step. */
  readonly open: Set<number>;
  /** There may be more on disk behind `readTo`. */
  more: boolean;
  reading: boolean;
  /** For each hold of it that is being written a place below its own: no read may go past the first, for it may miss that hold. */
  writing: number[];
  /** How far a sweep has come that ends everything up to `readTo`; null when none is under way. */
  sweptTo: number | null;
  /** The cursor as it is stored. */
  stored: number;
  /** While its subscription may not send: when to look for what is over, though nothing of it is sent. */
  lookAtMs: number;
};

export type { Hold };

const queuesPerSubscription = 512;

export class Holds {
  readonly #holds = new Map<number, Hold>();
  #lastPosition = 0;

  /** A new place in the queue of holds: later than every earlier one, across restarts too. */
  position(nowMs: number): number {
    this.#lastPosition = Math.max(this.#lastPosition + 1, Math.floor(nowMs * 1000));
    return this.#lastPosition;
  }

  /** Found at a takeover. `last`: its highest place so far; a clock that was set back must not put a new one below it. */
  resume(subscription: number, queue: number, cursor: number, last: number): void {
    this.#lastPosition = Math.max(this.#lastPosition, cursor, last);
    const hold = this.#hold(subscription, queue);
    hold.readTo = cursor;
    hold.stored = cursor;
    hold.more = true;
  }

  /** Holds are about to be written: to be called before they get their places. What it gives is for `written`. */
  writing(subscription: number, queue: number): number {
    this.#hold(subscription, queue).writing.push(this.#lastPosition);
    return this.#lastPosition;
  }

  /** They are on disk. */
  written(subscription: number, queue: number, below: number): void {
    const hold = this.#hold(subscription, queue);
    const at = hold.writing.indexOf(below);
    assert(at >= 0, "A hold was written that nobody began to write.");
    hold.writing.splice(at, 1);
    hold.more = true;
  }

  /** Everything up to this place is on disk, and not in the hands of whoever wrote it. */
  settledTo({ writing }: Hold): number {
    return writing[0] ?? Infinity;
  }

  /** Others wrote holds. */
  added(subscription: number, queue: number): void {
    this.#hold(subscription, queue).more = true;
  }

  all(): IterableIterator<Hold> {
    return this.#holds.values();
  }

  of(subscription: number): Hold[] {
    return [...this.#holds.values()].filter((hold) => hold.subscription === subscription);
  }

  read(hold: Hold, positions: readonly number[], taken: readonly number[], complete: boolean): void {
    hold.readTo = Math.max(hold.readTo, positions.at(-1) ?? 0);
    for (const position of taken) hold.open.add(position);
    hold.more ||= !complete;
  }

  /** A sweep ends everything up to this place: nobody need read it to send it. */
  leaveToSweep(hold: Hold, to: number): void {
    const target = Math.min(to, this.settledTo(hold));
    if (target <= hold.readTo) return;
    hold.sweptTo ??= hold.readTo;
    hold.readTo = target;
    hold.more = true;
  }

  /** Everything that was found behind `from`, up to `to`, is over: it need not be looked at again. */
  passed(hold: Hold, from: number, to: number): void {
    if (!hold.reading && hold.readTo === from) hold.readTo = Math.max(from, to);
  }

  /** It was read, and has no next step yet. */
  isOpen(subscription: number, queue: number, position: number): boolean {
    return this.#holds.get(key(subscription, queue))?.open.has(position) === true;
  }

  /** The held notification has its next step on disk; gives its queue, null when nothing of it is left anywhere. */
  drained(subscription: number, queue: number, position: number): Hold | null {
    const hold = this.#holds.get(key(subscription, queue));
    hold?.open.delete(position);
    return hold === undefined || isEmpty(hold) ? null : hold;
  }

  /** Nothing of this queue is left: not in memory, not on disk, not on its way there. */
  isEmpty(subscription: number, queue: number): boolean {
    const hold = this.#holds.get(key(subscription, queue));
    return hold === undefined || isEmpty(hold);
  }

  /** Read and not sent yet, or being written, of one queue; where there may be more on disk, no number. */
  undrained(subscription: number, queue: number): number {
    const hold = this.#holds.get(key(subscription, queue));
    if (!hold) return 0;
    return hold.more ? Infinity : hold.open.size + hold.writing.length;
  }

  /** Everything but what is being written: that goes on. */
  forget(): void {
    const known = [...this.#holds.values()];
    this.#holds.clear();
    for (const { subscription, queue, writing } of known) if (writing.length > 0) this.#hold(subscription, queue).writing.push(...writing);
  }

  /** Cursors that moved since they were stored: everything up to them has its next step. */
  moved(): { subscription: number; queue: number; position: number }[] {
    const moved: { subscription: number; queue: number; position: number }[] = [];
    for (const hold of this.#holds.values()) {
      const followed = hold.open.size === 0 ? hold.readTo : Math.min(...hold.open) - 1;
      const position = Math.min(followed, hold.sweptTo ?? Infinity);
      if (position > hold.stored) moved.push({ subscription: hold.subscription, queue: hold.queue, position });
    }
    return moved;
  }

  stored(subscription: number, queue: number, position: number): void {
    const hold = this.#holds.get(key(subscription, queue));
    if (hold) hold.stored = position;
  }

  #hold(subscription: number, queue: number): Hold {
    let hold = this.#holds.get(key(subscription, queue));
    if (!hold) {
      const places = { readTo: 0, open: new Set<number>(), writing: [], sweptTo: null, stored: 0 };
      hold = { subscription, queue, ...places, more: false, reading: false, lookAtMs: 0 };
      this.#holds.set(key(subscription, queue), hold);
    }
    return hold;
  }
}

const key = (subscription: number, queue: number): number => subscription * queuesPerSubscription + queue;

const isEmpty = (hold: Hold): boolean => !hold.more && !hold.reading && hold.writing.length === 0 && hold.open.size === 0;
