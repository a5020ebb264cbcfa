// What the stream said since the pages of the log were read.
import type { NotificationEntry } from "@bellhop/contract/notifications";

/** Of more the newest page is read again instead: it costs less than to go on. */
const rowsMax = 5_000;
/** However much happens, it is drawn no more often. */
const drawnEveryMs = 150;
/** An answer may be older than what the stream said while it was under way. */
const answerAgeMs = 2_000;

/** `changedMs`: when the stream said so; 0 where it is as it was read. */
export type Row = { readonly entry: NotificationEntry; readonly changedMs: number };

type Page = { readonly data: readonly NotificationEntry[]; readonly next_cursor: string | null };
type Holding = { readonly scrolled: boolean; readonly paused: boolean };

export class LiveRows {
  readonly #changed = new Map<string, Row>();
  readonly #waiting = new Map<string, NotificationEntry>();
  readonly #gone = new Set<string>();
  readonly #tell: () => void;
  #shown: readonly Row[] = [];
  #shownIds: ReadonlySet<string> = new Set();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** False: there is too much to remember. */
  arrive(entry: NotificationEntry, { scrolled, paused }: Holding, nowMs: number): boolean {
    if (this.#changed.size + this.#waiting.size >= rowsMax) return false;
    const isThere = this.#shownIds.has(entry.id) || this.#changed.has(entry.id);
    if (paused || (scrolled && !isThere)) this.#waiting.set(entry.id, entry);
    else this.#show(entry, nowMs);
    this.#draw();
    return true;
  }

  showWaiting(nowMs: number): void {
    for (const entry of this.#waiting.values()) this.#show(entry, nowMs);
    this.#waiting.clear();
    this.#draw();
  }

  /** After everything was read again at this time. */
  forgetBefore(ms: number): void {
    for (const [id, { changedMs }] of this.#changed) if (changedMs < ms) this.#changed.delete(id);
    this.#waiting.clear();
    this.#gone.clear();
    this.#draw();
  }

  /** The newest page as it is now: what is shown in its range and not in it has left the list. */
  compare(page: Page, readMs: number): void {
    const last = page.data.at(-1);
    // The server looked at some and found none: how far back it looked is not said, so nothing follows for what is shown.
    if (last === undefined && page.next_cursor !== null) return;
    const listed = new Set(page.data.map(({ id }) => id));
    const oldest = page.next_cursor === null || last === undefined ? "" : last.id;
    for (const { entry, changedMs } of this.#shown)
      if (entry.id >= oldest && !listed.has(entry.id) && changedMs < readMs - answerAgeMs) this.#gone.add(entry.id);
    this.#draw();
  }

  /** `isAll`: there are no older ones than those of the pages. */
  over(pages: readonly Page[], isAll: boolean): readonly Row[] {
    const listed = new Map<string, Row>();
    for (const { data } of pages) for (const entry of data) if (!this.#gone.has(entry.id)) listed.set(entry.id, this.#newer(entry));
    const oldest = isAll ? "" : (pages.at(-1)?.data.at(-1)?.id ?? "");
    const added = [...this.#changed.values()].filter(({ entry: { id } }) => id > oldest && !listed.has(id) && !this.#gone.has(id));
    const rows = [...listed.values()];
    this.#shown = added.length === 0 ? rows : [...added, ...rows].sort(byIdDown);
    this.#shownIds = new Set(this.#shown.map(({ entry }) => entry.id));
    return this.#shown;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #show(entry: NotificationEntry, nowMs: number): void {
    this.#changed.set(entry.id, { entry, changedMs: nowMs });
    this.#gone.delete(entry.id);
  }

  #newer(entry: NotificationEntry): Row {
    const changed = this.#changed.get(entry.id);
    return changed && changed.entry.attempts >= entry.attempts ? changed : { entry, changedMs: 0 };
  }

  #draw(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#tell();
    }, drawnEveryMs);
  }
}

/** Ids are in the order of time. */
const byIdDown = (left: Row, right: Row): number => (left.entry.id < right.entry.id ? 1 : left.entry.id > right.entry.id ? -1 : 0);
