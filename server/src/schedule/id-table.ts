// What is in memory for milliseconds, by its id. A `Map` would do but for the garbage collector. V8 gives a map a new table
// whenever it has had as many entries as the old one holds, and the old table points to the new one; so one old table that
// has come into the old generation keeps alive, until the next full collection, every later table and all that was in them:
// at thousands a second, tens of megabytes and a third of the processor. These slots are used again and hold on to nothing.

const slotsMin = 1_024;
/** How much of an id tells it apart: what comes before says the day and the hour. */
const hashedMax = 26;

export class IdTable<T extends { readonly id: string }> {
  #slots: (T | undefined)[] = Array.from({ length: slotsMin }, () => undefined);
  #size = 0;
  #hand = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): T | undefined {
    return this.#slots[this.#find(id)];
  }

  /** In the place of what has the same id. */
  set(value: T): void {
    const at = this.#find(value.id);
    if (this.#slots[at] === undefined) this.#size++;
    this.#slots[at] = value;
    if (this.#size * 2 > this.#slots.length) this.#grow();
  }

  delete(id: string): boolean {
    let hole = this.#find(id);
    if (this.#slots[hole] === undefined) return false;
    this.#size--;
    // Whoever was put behind it for want of a place closer to their own moves up.
    for (let at = this.#next(hole); ; at = this.#next(at)) {
      const value = this.#slots[at];
      if (value === undefined) break;
      const own = this.#placeOf(value.id);
      if (this.#distance(own, at) < this.#distance(hole, at)) continue;
      this.#slots[hole] = value;
      hole = at;
    }
    this.#slots[hole] = undefined;
    return true;
  }

  /** One of them, asked again another one. */
  any(): T | undefined {
    if (this.#size === 0) return undefined;
    do this.#hand = this.#next(this.#hand);
    while (this.#slots[this.#hand] === undefined);
    return this.#slots[this.#hand];
  }

  /** In no order; nothing may come or go meanwhile. */
  *values(): IterableIterator<T> {
    for (const value of this.#slots) if (value !== undefined) yield value;
  }

  /** Where the id is, or would be. */
  #find(id: string): number {
    let at = this.#placeOf(id);
    for (let value = this.#slots[at]; value !== undefined && value.id !== id; value = this.#slots[at]) at = this.#next(at);
    return at;
  }

  #next(at: number): number {
    return (at + 1) & (this.#slots.length - 1);
  }

  #distance(from: number, to: number): number {
    return (to - from) & (this.#slots.length - 1);
  }

  #placeOf(id: string): number {
    let hash = 0;
    for (let at = Math.max(0, id.length - hashedMax); at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01_00_01_93);
    return (hash ^ (hash >>> 15)) & (this.#slots.length - 1);
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = Array.from({ length: before.length * 2 }, () => undefined);
    for (const value of before) if (value !== undefined) this.#slots[this.#find(value.id)] = value;
    before.fill(undefined);
  }
}
