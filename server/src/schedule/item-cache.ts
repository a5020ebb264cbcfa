// The items of events whose notifications are about to be sent: put here by the publish that stored them, fetched again by
// id when they are gone. Bounded by bytes; the oldest makes room.
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

export class ItemCache {
  readonly #items = new Map<string, CachedItem>();
  #bytes = 0;

  get(event: string): CachedItem | undefined {
    return this.#items.get(event);
  }

  put(row: Omit<ItemRow, "created_ms"> & { created_ms: number }): void {
    if (this.#items.has(row.id)) return;
    const { item, topic, traceparent } = row;
    this.#items.set(row.id, { item, topic, traceparent, createdAtS: Math.floor(row.created_ms / 1000), shapes: new Map() });
    this.#bytes += item.length + entryBytes;
    for (const oldest of this.#items.keys()) {
      if (this.#bytes <= bytesMax) break;
      this.drop(oldest);
    }
  }

  drop(event: string): void {
    const cached = this.#items.get(event);
    if (!cached || !this.#items.delete(event)) return;
    this.#bytes -= cached.item.length + entryBytes;
  }
}
