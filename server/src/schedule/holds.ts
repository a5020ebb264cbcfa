// Which subscriptions have notifications held on disk, how far they were read, and how far they were drained for good.
type Hold = {
  readonly subscription: number;
  /** The last position read into memory. */
  readTo: number;
  /** Positions read and not yet followed by a step. */
  readonly open: Set<number>;
  /** There may be more on disk behind `readTo`. */
  more: boolean;
  reading: boolean;
  /** The cursor as it is stored. */
  stored: number;
};

const inMemoryMin = 32;

export class Holds {
  readonly #holds = new Map<number, Hold>();
  #lastPosition = 0;

  /** A new place in the queue of holds: later than every earlier one, across restarts too. */
  position(nowMs: number): number {
    this.#lastPosition = Math.max(this.#lastPosition + 1, Math.floor(nowMs * 1000));
    return this.#lastPosition;
  }

  /** Found at a takeover. `last`: its highest place so far; a clock that was set back must not put a new one below it. */
  resume(subscription: number, cursor: number, last: number): void {
    this.#lastPosition = Math.max(this.#lastPosition, cursor, last);
    const hold = this.#hold(subscription);
    hold.readTo = cursor;
    hold.stored = cursor;
    hold.more = true;
  }

  /** A hold of this subscription is on disk. */
  added(subscription: number): void {
    this.#hold(subscription).more = true;
  }

  /** Those that may take more into memory. */
  wanting(inMemory: (subscription: number) => number): Hold[] {
    return [...this.#holds.values()].filter((hold) => hold.more && !hold.reading && inMemory(hold.subscription) < inMemoryMin);
  }

  read(hold: Hold, positions: readonly number[], taken: readonly number[], complete: boolean): void {
    hold.readTo = positions.at(-1) ?? hold.readTo;
    for (const position of taken) hold.open.add(position);
    hold.more ||= !complete;
  }

  /** The held notification has its next step on disk. */
  drained(subscription: number, position: number): void {
    this.#holds.get(subscription)?.open.delete(position);
  }

  forget(): void {
    this.#holds.clear();
  }

  /** Cursors that moved since they were stored: everything up to them has its next step. */
  moved(): { subscription: number; position: number }[] {
    const moved: { subscription: number; position: number }[] = [];
    for (const hold of this.#holds.values()) {
      const position = hold.open.size === 0 ? hold.readTo : Math.min(...hold.open) - 1;
      if (position > hold.stored) moved.push({ subscription: hold.subscription, position });
    }
    return moved;
  }

  stored(subscription: number, position: number): void {
    const hold = this.#holds.get(subscription);
    if (hold) hold.stored = position;
  }

  #hold(subscription: number): Hold {
    let hold = this.#holds.get(subscription);
    if (!hold) {
      hold = { subscription, readTo: 0, open: new Set(), more: false, reading: false, stored: 0 };
      this.#holds.set(subscription, hold);
    }
    return hold;
  }
}
