// Retries in memory, the earliest on top.
import type { Work } from "./work.ts";

export class DueHeap {
  readonly #heap: Work[] = [];

  get length(): number {
    return this.#heap.length;
  }

  peek(): Work | undefined {
    return this.#heap[0];
  }

  all(): readonly Work[] {
    return this.#heap;
  }

  push(work: Work): void {
    const heap = this.#heap;
    let at = heap.push(work) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Work).dueAtMs <= work.dueAtMs) break;
      heap[at] = heap[parent] as Work;
      at = parent;
    }
    heap[at] = work;
  }

  pop(): Work | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && last !== top) this.#sink(last);
    return top;
  }

  remove(work: Work): boolean {
    const at = this.#heap.indexOf(work);
    if (at < 0) return false;
    const rest = this.#heap.toSpliced(at, 1);
    this.#heap.length = 0;
    for (const each of rest) this.push(each);
    return true;
  }

  #sink(work: Work): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && (heap[child + 1] as Work).dueAtMs < (heap[child] as Work).dueAtMs) child++;
      if (work.dueAtMs <= (heap[child] as Work).dueAtMs) break;
      heap[at] = heap[child] as Work;
      at = child;
    }
    heap[at] = work;
  }
}
