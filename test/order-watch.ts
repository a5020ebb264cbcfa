// Looks at order from the receiver's side alone: what arrives for a key comes for the first time only after everything
// earlier of the key was accepted, and of one order slot nothing is open twice.
import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import type { Answer, Entry, Ledger } from "./ledger.ts";
import { slotOf } from "../server/src/domain/order-slot.ts";

/** An event of the test: the `place`th of its key; without a key it is free. */
export type Keyed = { readonly key: string | null; readonly place: number };

export const nameOf = ({ key, place }: Keyed): string => `${key ?? ""}/${place}`;

export function keyedOf(object: string): Keyed {
  const [key, place] = object.split("/") as [string, string];
  return { key: key === "" ? null : key, place: Number(place) };
}

export class OrderWatch {
  readonly violations: string[] = [];
  /** Replays ignore order. */
  readonly replayed = new Set<string>();
  /** What ended undelivered holds nothing back. */
  readonly ended = new Set<string>();
  readonly #ledger: Ledger;

  constructor(ledger: Ledger, answer: (entry: Entry) => Answer) {
    this.#ledger = ledger;
    ledger.answer = (entry) => {
      this.#look(entry);
      return answer(entry);
    };
  }

  /** The keys' events that were accepted, in the order of their first acceptance. */
  get accepted(): Set<string> {
    return new Set(this.#ledger.successes.map(({ object }) => object));
  }

  async allAccepted(events: readonly Keyed[], withinMs = 40_000): Promise<void> {
    await eventually(() => {
      const { accepted } = this;
      const missing = events.map(nameOf).filter((name) => !accepted.has(name) && !this.ended.has(name));
      assert.deepEqual(missing.slice(0, 8), [], `${missing.length} of ${events.length} are missing`);
      return true;
    }, withinMs);
    this.assertKept();
  }

  assertKept(): void {
    assert.deepEqual(this.violations, []);
  }

  #look(entry: Entry): void {
    const { key, place } = keyedOf(entry.object);
    if (key === null || this.replayed.has(entry.object)) return;
    const { accepted } = this;
    for (let earlier = 0; earlier < place; earlier++) {
      const name = nameOf({ key, place: earlier });
      if (!accepted.has(name) && !this.ended.has(name)) this.violations.push(`${entry.object} came before ${name} was accepted`);
    }
    const beside = this.#ledger.open.filter((each) => each !== entry && each.path === entry.path && this.#sharesSlot(each, key));
    for (const { object } of beside) this.violations.push(`${entry.object} came while ${object} was open`);
  }

  #sharesSlot({ object }: Entry, key: string): boolean {
    const other = keyedOf(object).key;
    return other !== null && !this.replayed.has(object) && slotHere(other) === slotHere(key);
  }
}

/** The tests that watch have one workspace, which is the first. */
const slotHere = (key: string): number => slotOf(1, key);

/** Two keys of one slot, and one of another. */
export function collidingKeys(): { first: string; second: string; apart: string } {
  for (let number = 0; ; number++) {
    const second = `other-${number}`;
    if (slotHere(second) === slotHere("first"))
      return { first: "first", second, apart: slotHere("apart") === slotHere("first") ? "apart too" : "apart" };
  }
}
