// Order per key within one subscription: 256 slots, in each one notification at a time. The one that was begun holds its
// slot until it is delivered or over, whether it is under way, waits for its retry, or left memory for that.
import { Fifo } from "./fifo.ts";
import type { Work } from "./work.ts";

type Slot = {
  /** The notification that was begun and is not over. */
  head: string | null;
  /** The head, when it is in memory and may go. */
  again: Work | null;
  /** Taken out to be written or judged: until each is on disk, over or back, nothing that came later may pass it. */
  readonly away: Set<string>;
  readonly now: Fifo<Work>;
  /** Read from disk, by their place there. */
  readonly held: Fifo<Work>;
  listed: boolean;
};

export class OrderSlots {
  /** Some of the slot's notifications are held on disk, or on their way there: they go before what came later. */
  readonly #spilled: (slot: number) => boolean;
  readonly #slots = new Map<number, Slot>();
  readonly #ready = new Fifo<number>();
  #length = 0;

  constructor(spilled: (slot: number) => boolean) {
    this.#spilled = spilled;
  }

  /** Work that waits here, heads included. */
  get length(): number {
    return this.#length;
  }

  push(work: Work): void {
    const number = work.slot as number;
    const slot = this.#slot(number);
    slot.away.delete(work.id);
    if (slot.head === work.id) slot.again = work;
    else if (work.position === null) slot.now.insert(work, (one, other) => one.id < other.id);
    else slot.held.insert(work, (one, other) => (one.position as number) < (other.position as number));
    this.#length++;
    this.#list(number, slot);
  }

  /** A notification was begun earlier and is not over, whether or not it is in memory. */
  occupy(number: number, id: string): void {
    this.#slot(number).head = id;
  }

  peek(blocked: ReadonlySet<number>): Work | undefined {
    for (let looked = this.#ready.length; looked > 0; looked--) {
      const number = this.#ready.peek() as number;
      const slot = this.#slot(number);
      const first = this.#nextOf(number, slot);
      if (first && !blocked.has(first.workspace)) return first;
      this.#ready.shift();
      if (first) this.#ready.push(number);
      else slot.listed = false;
    }
    return undefined;
  }

  /** Takes what `peek` gave: it holds its slot from now on. */
  shift(work: Work): void {
    const slot = this.#slot(work.slot as number);
    if (slot.again === work) slot.again = null;
    else if (slot.held.peek() === work) slot.held.shift();
    else slot.now.shift();
    slot.head = work.id;
    this.#length--;
    this.#ready.shift();
    slot.listed = false;
  }

  /** It is over, or has no place in the order any more. */
  leave(work: Work): void {
    const slot = this.#slots.get(work.slot as number);
    if (!slot) return;
    slot.away.delete(work.id);
    if (slot.head === work.id) slot.head = null;
    this.#list(work.slot as number, slot);
  }

  /** It lies on disk: behind others of its slot, or as the head that keeps its slot. */
  laidDown(work: Work): void {
    const slot = this.#slots.get(work.slot as number);
    if (!slot?.away.delete(work.id)) return;
    this.#list(work.slot as number, slot);
  }

  remove(work: Work): boolean {
    const slot = this.#slots.get(work.slot as number);
    if (!slot) return false;
    const isHead = slot.again === work;
    const removed = isHead || slot.now.remove(work) || slot.held.remove(work);
    if (isHead) slot.again = null;
    else if (removed) slot.away.add(work.id);
    if (removed) this.#length--;
    this.#list(work.slot as number, slot);
    return removed;
  }

  isHead(work: Work): boolean {
    return this.#slots.get(work.slot as number)?.head === work.id;
  }

  /** Another one of its slot was begun and is not over. */
  isTaken(work: Work): boolean {
    const head = this.#slots.get(work.slot as number)?.head ?? null;
    return head !== null && head !== work.id;
  }

  isOccupied(number: number): boolean {
    return (this.#slots.get(number)?.head ?? null) !== null;
  }

  heldInMemory(number: number): number {
    return this.#slots.get(number)?.held.length ?? 0;
  }

  /** Nothing of the slot is on disk any more. */
  unspilled(number: number): void {
    const slot = this.#slots.get(number);
    if (slot) this.#list(number, slot);
  }

  /** Takes out heads that wait to be sent again, as long as they are to go: each still holds its slot. */
  takeHeads(goes: (work: Work) => boolean): Work[] {
    const gone: Work[] = [];
    for (const slot of this.#slots.values()) {
      if (slot.again === null || !goes(slot.again)) continue;
      gone.push(slot.again);
      slot.again = null;
      this.#length--;
    }
    return gone;
  }

  /** The oldest of each slot, as long as they are to go; nothing of a slot from which some are away. */
  shiftWhile(goes: (work: Work) => boolean): Work[] {
    const gone: Work[] = [];
    for (const slot of this.#slots.values()) {
      if (slot.away.size > 0) continue;
      for (let first = slot.now.peek(); first && goes(first); first = slot.now.peek()) {
        slot.away.add(first.id);
        gone.push(slot.now.shift() as Work);
        this.#length--;
      }
    }
    return gone;
  }

  *all(): IterableIterator<Work> {
    for (const slot of this.#slots.values()) {
      if (slot.again) yield slot.again;
      yield* slot.now.all();
      yield* slot.held.all();
    }
  }

  /** Nothing waits, or was begun and is not over. */
  get idle(): boolean {
    if (this.#length > 0) return false;
    for (const slot of this.#slots.values()) if (slot.head !== null || slot.away.size > 0) return false;
    return true;
  }

  #slot(number: number): Slot {
    let slot = this.#slots.get(number);
    if (!slot) {
      slot = { head: null, again: null, away: new Set(), now: new Fifo(), held: new Fifo(), listed: false };
      this.#slots.set(number, slot);
    }
    return slot;
  }

  #list(number: number, slot: Slot): void {
    if (slot.listed || !this.#nextOf(number, slot)) return;
    slot.listed = true;
    this.#ready.push(number);
  }

  /** After a crash one that was under way may be older than what is held: the older goes first. */
  #nextOf(number: number, slot: Slot): Work | null {
    if (slot.head !== null) return slot.again;
    if (slot.away.size > 0) return null;
    const [held, fresh] = [slot.held.peek(), slot.now.peek()];
    if (held && fresh) return held.id < fresh.id ? held : fresh;
    return held ?? (fresh && !this.#spilled(number) ? fresh : null);
  }
}
