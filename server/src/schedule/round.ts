// A queue that goes round its workspaces, so that one that publishes a thousand times as much as the others delays only itself.
import { Fifo } from "./fifo.ts";
import type { Work } from "./work.ts";

/** Workspaces without work whose place is kept: mostly the same ones have work again. */
const idleMax = 16;

type Waiting = { readonly workspace: number; readonly works: Fifo<Work>; hasTurn: boolean };

export class Round {
  readonly #waiting = new Map<number, Waiting>();
  /** Workspaces with work, the next one first. */
  readonly #turns = new Fifo<Waiting>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(work: Work): void {
    const waiting = this.#waiting.get(work.workspace) ?? this.#newWaiting(work.workspace);
    waiting.works.push(work);
    this.#length++;
    if (waiting.hasTurn) return;
    waiting.hasTurn = true;
    this.#turns.push(waiting);
  }

  /** The work whose turn it is, of a workspace that is not blocked. */
  peek(blocked: ReadonlySet<number>): Work | undefined {
    for (let looked = this.#turns.length; looked > 0; looked--) {
      const waiting = this.#turns.peek() as Waiting;
      const first = waiting.works.peek();
      if (first && !blocked.has(waiting.workspace)) return first;
      this.#endTurn();
    }
    return undefined;
  }

  /** Takes what `peek` gave; the next turn is another workspace's. */
  shift(work: Work): void {
    this.#waiting.get(work.workspace)?.works.shift();
    this.#length--;
    this.#endTurn();
  }

  remove(work: Work): boolean {
    const removed = this.#waiting.get(work.workspace)?.works.remove(work) === true;
    if (removed) this.#length--;
    return removed;
  }

  /** Takes the oldest of each workspace, as long as it is to go. */
  shiftWhile(goes: (work: Work) => boolean): Work[] {
    const gone: Work[] = [];
    for (const { works } of this.#waiting.values()) {
      for (let first = works.peek(); first && goes(first); first = works.peek()) {
        gone.push(works.shift() as Work);
        this.#length--;
      }
    }
    return gone;
  }

  *all(): IterableIterator<Work> {
    for (const { works } of this.#waiting.values()) yield* works.all();
  }

  #newWaiting(workspace: number): Waiting {
    const waiting = { workspace, works: new Fifo<Work>(), hasTurn: false };
    this.#waiting.set(workspace, waiting);
    return waiting;
  }

  /** Who has more to do comes again after the others. */
  #endTurn(): void {
    const waiting = this.#turns.shift() as Waiting;
    waiting.hasTurn = waiting.works.length > 0;
    if (waiting.hasTurn) this.#turns.push(waiting);
    else if (this.#waiting.size > idleMax) this.#waiting.delete(waiting.workspace);
  }
}
