// The items of events whose notifications are about to be sent: put here by the publish that stores them, fetched again by
// id when they are gone. One goes when as many notifications are over as were going to need it; bounded by bytes, the
// oldest makes room.
import type { ItemRow } from "../store/scan.ts";

const bytesMax = 64 * 1024 * 1024;
/** What an entry costs beside its item. */
const entryBytes = 300;

export type CachedItem = {
  readonly item: string;
  readonly topic: string;
  readonly createdAtS: number;
  readonly traceparent: string | null;
  /** API version -> the item in its shape, made once per version. */
  readonly shapes: Map<string, string>;
};

type Entry = CachedItem & { uses: number };

export class ItemCache {
  readonly #items = new Map<string, Entry>();
  #bytes = 0;

  get(event: string): CachedItem | undefined {
    return this.#items.get(event);
  }

  /** `uses`: notifications that are going to need it. */
  put(row: ItemRow, uses: number): void {
    const known = this.#items.get(row.id);
    if (known) {
      known.uses += uses;
      return;
    }
    const { item, topic, traceparent } = row;
    this.#items.set(row.id, { item, topic, traceparent, createdAtS: Math.floor(row.created_ms / 1000), shapes: new Map(), uses });
    this.#bytes += item.length + entryBytes;
    for (const oldest of this.#items.keys()) {
      if (this.#bytes <= bytesMax) break;
      this.#drop(oldest);
    }
  }

  /** One notification of the event is over. */
  used(event: string): void {
    const entry = this.#items.get(event);
    if (entry && --entry.uses <= 0) this.#drop(event);
  }

  #drop(event: string): void {
    const entry = this.#items.get(event);
    if (!entry || !this.#items.delete(event)) return;
    this.#bytes -= entry.item.length + entryBytes;
  }
}
