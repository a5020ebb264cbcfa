// The items of events whose notifications are about to be sent: put here by the publish that stores them, fetched again by
// id when they are gone. One goes when as many notifications are over as were going to need it; bounded by bytes, some
// other one makes room.
import type { ItemRow } from "../store/scan.ts";
import { IdTable } from "./id-table.ts";

const bytesMax = 64 * 1024 * 1024;
/** What an entry costs beside its item. */
const entryBytes = 300;

export type CachedItem = {
  readonly id: string;
  readonly item: string;
  readonly topic: string;
  readonly createdAtS: number;
  readonly traceparent: string | null;
  /** The item in the shape of an API version, made once per version. */
  readonly shapes: { readonly version: string; readonly text: string }[];
};

type Entry = CachedItem & { uses: number };

export class ItemCache {
  readonly #items = new IdTable<Entry>();
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
    const { id, item, topic, traceparent } = row;
    this.#bytes += item.length + entryBytes;
    while (this.#bytes > bytesMax && this.#items.size > 0) this.#drop((this.#items.any() as Entry).id);
    this.#items.set({ id, item, topic, traceparent, createdAtS: Math.floor(row.created_ms / 1000), shapes: [], uses });
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
