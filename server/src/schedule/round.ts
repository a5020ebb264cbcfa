// A queue that goes round its workspaces, so that one that publishes a thousand times as much as the others delays only itself.
import { Fifo } from "./fifo.ts";
import type { Work } from "./work.ts";

export class Round {
  readonly #fifos = new Map<number, Fifo<Work>>();
  /** Workspaces with work, the next one first. */
  #turns = new Fifo<number>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(work: Work): void {
    let fifo = this.#fifos.get(work.workspace);
    if (!fifo) {
      fifo = new Fifo();
      this.#fifos.set(work.workspace, fifo);
      this.#turns.push(work.workspace);
    }
    fifo.push(work);
    this.#length++;
  }

  /** The work whose turn it is, of a workspace that is not blocked. */
  peek(blocked: ReadonlySet<number>): Work | undefined {
    for (let looked = this.#turns.length; looked > 0; looked--) {
      const workspace = this.#turns.peek() as number;
      const first = this.#fifos.get(workspace)?.peek();
      if (first && !blocked.has(workspace)) return first;
      this.#turns.shift();
      if (first) this.#turns.push(workspace);
      else this.#fifos.delete(workspace);
    }
    return undefined;
  }

  /** Takes what `peek` gave; the next turn is another workspace's. */
  shift(work: Work): void {
    const fifo = this.#fifos.get(work.workspace) as Fifo<Work>;
    fifo.shift();
    this.#length--;
    this.#turns.shift();
    if (fifo.length > 0) this.#turns.push(work.workspace);
    else this.#fifos.delete(work.workspace);
  }

  remove(work: Work): boolean {
    const removed = this.#fifos.get(work.workspace)?.remove(work) === true;
    if (removed) this.#length--;
    return removed;
  }

  /** Takes the oldest of each workspace, as long as it is to go. */
  shiftWhile(goes: (work: Work) => boolean): Work[] {
    const gone: Work[] = [];
    for (const fifo of this.#fifos.values()) {
      for (let first = fifo.peek(); first && goes(first); first = fifo.peek()) {
        gone.push(fifo.shift() as Work);
        this.#length--;
      }
    }
    return gone;
  }

  *all(): IterableIterator<Work> {
    for (const fifo of this.#fifos.values()) yield* fifo.all();
  }
}
