// What the inbox keeps of what arrived: bounded in number and in bytes, the oldest go first.
import type { InboxAnswer } from "@bellhop/contract/inbox-answers";
import type { Verdict } from "./verify.ts";

/** One request as it arrived. `hub` and `standard` say whether the two signatures were right. */
export type Received = {
  /** 1 for the first of all. */
  number: number;
  at: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  hub: Verdict;
  standard: Verdict;
  answer: InboxAnswer;
};

type Waiting = { isAwaited: (each: Received, all: readonly Received[]) => boolean; arrived: (received: Received) => void };

/** Bodies kept together, in characters. */
const keptCharactersMax = 32 * 1024 * 1024;

export class Mailbox {
  readonly #keepMax: number;
  readonly #waiting = new Set<Waiting>();
  #received: Received[] = [];
  #characters = 0;
  #total = 0;
  #newest = 0;

  constructor(keepMax: number) {
    this.#keepMax = keepMax;
  }

  /** Oldest first. */
  get received(): readonly Received[] {
    return this.#received;
  }

  /** How many ever arrived since it was emptied, also those no longer kept. */
  get total(): number {
    return this.#total;
  }

  add(arrived: Omit<Received, "number">): Received {
    const received = { number: ++this.#newest, ...arrived };
    this.#received.push(received);
    this.#characters += received.body.length;
    this.#total++;
    while (this.#received.length > this.#keepMax || this.#characters > keptCharactersMax) {
      this.#characters -= this.#received.shift()?.body.length ?? 0;
    }
    for (const waiting of this.#waiting) {
      if (!waiting.isAwaited(received, this.#received)) continue;
      this.#waiting.delete(waiting);
      waiting.arrived(received);
    }
    return received;
  }

  /** The first request for which the predicate holds, among those kept or the next to arrive. */
  waitFor(isAwaited: Waiting["isAwaited"]): Promise<Received> {
    const already = this.#received.find((each) => isAwaited(each, this.#received));
    if (already) return Promise.resolve(already);
    return new Promise((arrived) => this.#waiting.add({ isAwaited, arrived }));
  }

  empty(): void {
    this.#received = [];
    this.#characters = 0;
    this.#total = 0;
  }
}
