// A queue that takes from its head without moving the rest.
const compactAt = 1_024;
/** Empty places that an empty queue keeps. */
const emptyMax = 32;

export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Before the first that comes after it; most come last. */
  insert(item: T, isBefore: (one: T, other: T) => boolean): void {
    let at = this.#items.length;
    while (at > this.#head && isBefore(item, this.#items[at - 1] as T)) at--;
    this.#items.splice(at, 0, item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head === this.#items.length) return undefined;
    this.#items[this.#head++] = undefined;
    const isEmpty = this.#head === this.#items.length && this.#head >= emptyMax;
    if (isEmpty || (this.#head >= compactAt && this.#head * 2 > this.#items.length)) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  *all(): IterableIterator<T> {
    for (let at = this.#head; at < this.#items.length; at++) yield this.#items[at] as T;
  }

  remove(item: T): boolean {
    const at = this.#items.indexOf(item, this.#head);
    if (at >= 0) this.#items.splice(at, 1);
    return at >= 0;
  }
}
