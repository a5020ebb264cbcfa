// What waits for one subscription and is in memory, and which of it goes next: what is due and fresh by rank, a round over
// workspaces in each; order slots beside the first rank; one turn in five for what was held.
import { Fifo } from "./fifo.ts";
import { OrderSlots } from "./order-slots.ts";
import { Round } from "./round.ts";
import { slotOfQueue } from "./hold-queues.ts";
import type { Work } from "./work.ts";

/** Of this many turns of a subscription, one is for what is held. */
const holdTurn = 5;

type Source = { peek(blocked: ReadonlySet<number>): Work | undefined; shift(work: Work): void };

export class Lane {
  readonly subscription: number;
  readonly app: number;
  readonly slots: OrderSlots;
  readonly #fresh = new Round();
  /** Attempted before. */
  readonly #again = new Round();
  /** The lower rank. */
  readonly #rest = new Round();
  readonly #held = new Map<number, Fifo<Work>>();
  #turns = 0;
  /** Where the last `peek` found something. */
  #peeked: Source | null = null;
  /** In which list of the queue it is; none when nothing of it can go before one of its requests is over. */
  listed: "ready" | "fast" | "slow" | "host" | "gate" | null = null;

  /** `spilled`: some of an order slot is held on disk. */
  constructor(work: Work, spilled: (slot: number) => boolean) {
    this.subscription = work.subscription;
    this.app = work.app;
    this.slots = new OrderSlots(spilled);
  }

  get length(): number {
    let held = 0;
    for (const fifo of this.#held.values()) held += fifo.length;
    return this.unheld + this.slots.length + held;
  }

  /** Due and fresh work without an order. */
  get unheld(): number {
    return this.#fresh.length + this.#again.length + this.#rest.length;
  }

  get idle(): boolean {
    return this.length === 0 && this.slots.idle;
  }

  push(work: Work): void {
    if (work.slot !== null) this.slots.push(work);
    else if (work.position === null) this.#roundOf(work).push(work);
    else this.#heldIn(work.queue).push(work);
  }

  /**
   * The next that may go; `blocked`: workspaces under a brake. `probing`: one at a time, to see whether the endpoint takes
   * anything; then what failed before comes after what is new, which knows nothing of it.
   */
  peek(blocked: ReadonlySet<number>, probing: boolean): Work | null {
    if (this.#isAllFresh) return this.#peekAt(this.#fresh, blocked);
    for (const source of this.#inTurn(blocked, probing)) {
      const work = this.#peekAt(source, blocked);
      if (work) return work;
    }
    return null;
  }

  /** As nearly always. */
  get #isAllFresh(): boolean {
    return this.#again.length + this.#rest.length + this.slots.length === 0 && this.#held.size === 0;
  }

  #peekAt(source: Source, blocked: ReadonlySet<number>): Work | null {
    const work = source.peek(blocked) ?? null;
    if (work) this.#peeked = source;
    return work;
  }

  /** Takes what `peek` just gave; nothing may come between. */
  take(work: Work): void {
    this.#peeked?.shift(work);
    this.#turns++;
  }

  remove(work: Work): boolean {
    if (work.slot !== null) return this.slots.remove(work);
    return work.position === null ? this.#roundOf(work).remove(work) : this.#heldIn(work.queue).remove(work);
  }

  heldInMemory(queue: number): number {
    const slot = slotOfQueue(queue);
    return slot === null ? (this.#held.get(queue)?.length ?? 0) : this.slots.heldInMemory(slot);
  }

  /** Takes out what is not held yet, the oldest first, as long as it is to go. A head of a slot stays: it is next in any case. */
  shiftWhile(goes: (work: Work) => boolean): Work[] {
    return [...this.#rounds().flatMap((round) => round.shiftWhile(goes)), ...this.slots.shiftWhile(goes)];
  }

  /** Takes out what was held, so that it does not stand before others. What has an order stays. */
  takeHeld(goes: (work: Work) => boolean): Work[] {
    const gone: Work[] = [];
    for (const fifo of this.#held.values()) for (const work of [...fifo.all()].filter(goes)) if (fifo.remove(work)) gone.push(work);
    return gone;
  }

  *all(): IterableIterator<Work> {
    for (const round of this.#rounds()) yield* round.all();
    yield* this.slots.all();
    for (const fifo of this.#held.values()) yield* fifo.all();
  }

  #inTurn(blocked: ReadonlySet<number>, probing: boolean): Source[] {
    const held = [...this.#held].map(([queue, fifo]) => heldSource(fifo, () => this.#toTheEnd(queue)));
    if (probing) return [this.#fresh, this.slots, this.#again, this.#rest, ...held];
    const byAge = isOlder(this.#again.peek(blocked), this.#fresh.peek(blocked)) ? [this.#again, this.#fresh] : [this.#fresh, this.#again];
    const now = this.#turns % 2 === 0 ? [...byAge, this.slots, this.#rest] : [this.slots, ...byAge, this.#rest];
    return this.#turns % holdTurn === holdTurn - 1 ? [...held, ...now] : [...now, ...held];
  }

  #rounds(): Round[] {
    return [this.#fresh, this.#again, this.#rest];
  }

  #roundOf({ rank, progress }: Work): Round {
    if (rank === 1) return this.#rest;
    return progress.requests > 0 ? this.#again : this.#fresh;
  }

  /** Queues of holds take turns too. */
  #toTheEnd(queue: number): void {
    const fifo = this.#heldIn(queue);
    this.#held.delete(queue);
    if (fifo.length > 0) this.#held.set(queue, fifo);
  }

  #heldIn(queue: number): Fifo<Work> {
    let fifo = this.#held.get(queue);
    if (!fifo) this.#held.set(queue, (fifo = new Fifo()));
    return fifo;
  }
}

const isOlder = (one: Work | undefined, other: Work | undefined): boolean =>
  one !== undefined && (other === undefined || one.queuedAtMs < other.queuedAtMs);

function heldSource(fifo: Fifo<Work>, taken: () => void): Source {
  return {
    peek: (blocked) => {
      const first = fifo.peek();
      return first && !blocked.has(first.workspace) ? first : undefined;
    },
    shift: () => {
      fifo.shift();
      taken();
    },
  };
}
