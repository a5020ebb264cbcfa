// Brings into memory what is to be sent: fresh notifications by snapshot difference, retries ahead of their time, holds
// when their subscription has room. After a takeover it starts from the stored checkpoint, minus what memory still holds.
//
// What this process accepts itself is taken in at its commit. The next scan leaves it out, but owes it as if it had found it; so
// the checkpoint, a takeover and whatever else rests on scans knows nothing of it. Which of the two has a notification is
// told by the snapshot of the scan.
import type { Pool } from "pg";
import type { NotificationRow } from "../store/publish.ts";
import { firstHeld, isVisible, scanDue, scanFresh, scanHeld, withSteps } from "../store/scan.ts";
import type { FreshRow, Window } from "../store/scan.ts";
import { firstIdAt } from "../domain/id.ts";
import { Checkpoint } from "./checkpoint.ts";
import { brakedQueue, headsQueue, queueOfSlot, slotOfQueue } from "./hold-queues.ts";
import type { Hold, Holds } from "./holds.ts";
import { queuedMax } from "./queue.ts";
import type { Queue } from "./queue.ts";
import { freshWork, resumedWork, unscanned } from "./work.ts";
import type { Work } from "./work.ts";

const freshPage = 2_000;
const duePage = 2_000;
const heldPage = 64;
/** Of a queue's holds in memory: when fewer are left, more are read. An order slot sends one at a time. */
const heldInMemoryMin = 32;
const slotPage = 8;
const slotInMemoryMin = 4;
/** Retries in memory ahead of their time: read when fewer seconds than the first are left, up to the second. */
const readAheadMinMs = 20_000;
const readAheadMs = 30_000;
/** An id is on disk long before it is this old, or never: statements and the difference of clocks are bounded by seconds. */
const commitsWithinMs = 3_600_000;

export type ReaderPorts = {
  readonly pool: Pool;
  readonly queue: Queue;
  readonly holds: Holds;
  readonly nowMs: () => number;
  /** The control version seen by a scan. */
  readonly versionSeen: (version: number) => void;
  readonly admitted: () => void;
  /** May anything of this subscription be sent now, or soon? */
  readonly isOpen: (subscription: number) => boolean;
  /** Workspaces under a brake. */
  readonly blocked: () => ReadonlySet<number>;
  /** Some of what is held for it came into memory. */
  readonly heldRead: (subscription: number) => void;
  /** A queue of holds turned out to be empty. */
  readonly emptied: (subscription: number, queue: number) => void;
  readonly trouble: (message: string, error: unknown) => void;
};

export class Reader {
  readonly #ports: ReaderPorts;
  checkpoint: Checkpoint;
  #window: Window;
  /** Taken in at their commit, by transaction, until a scan that sees them is over. */
  readonly #taken = new Map<string, readonly Work[]>();
  #afterTakeover = true;
  #scanning: Promise<void> | null = null;
  #again = false;
  #reading = false;
  #horizonMs: number;
  #horizonId = firstIdAt(0);
  #stopped = false;
  /** Number of the scan whose pages are being read, null between scans. */
  #scanNumber: number | null = null;
  #scanStartedMs = 0;

  constructor(ports: ReaderPorts, from: { checkpoint: string; checkpointAtMs: number; followedUntilMs: number }) {
    this.#ports = ports;
    this.checkpoint = new Checkpoint(from.checkpoint, from.checkpointAtMs);
    this.#window = openWindow(from.checkpoint);
    this.#horizonMs = from.followedUntilMs;
  }

  /** What is due up to here is in memory, or will be once the read under way is done. */
  get horizonMs(): number {
    return this.#horizonMs;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Something was committed: scan now, or once more after the scan under way. */
  kick(): void {
    this.#again = true;
    this.#scanning ??= this.#scan().finally(() => {
      this.#scanning = null;
      // Between the last look of the scan and here.
      if (this.#again && !this.#stopped && this.#ports.queue.size < queuedMax) this.kick();
    });
  }

  /**
   * Takes in what was just committed here; false when that is left to the scan, which is to be kicked then: one has seen it
   * already, or it has an order to keep with what only a scan finds (the commit of an earlier one may be unknown).
   */
  take(notifications: readonly NotificationRow[], xid: string): boolean {
    const { queue, nowMs, admitted } = this.#ports;
    const isFound = this.#afterTakeover || isVisible(xid, this.#window.to ?? this.#window.from);
    if (this.#stopped || isFound || queue.size >= queuedMax || notifications.some(({ slot }) => slot !== null)) return false;
    const works = notifications.map((row) => freshWork(row, unscanned, nowMs()));
    for (const work of works) queue.admit(work, nowMs());
    this.#taken.set(xid, works);
    admitted();
    return true;
  }

  /** Everything committed before this call has been scanned. */
  async scanned(): Promise<void> {
    await this.#scanning;
    this.kick();
    await this.#scanning;
  }

  async #scan(): Promise<void> {
    const { queue, trouble, admitted } = this.#ports;
    try {
      while (this.#again && !this.#stopped && queue.size < queuedMax) {
        this.#again = false;
        while (!this.#stopped && queue.size < queuedMax && !(await this.#scanPage())) admitted();
        admitted();
      }
    } catch (error) {
      trouble("fresh notifications could not be read; it is tried again", error);
    }
  }

  /** One page of the window; true when it was the last. */
  async #scanPage(): Promise<boolean> {
    const { pool, queue, nowMs, versionSeen } = this.#ports;
    if (this.#scanNumber === null) this.#scanStartedMs = nowMs();
    const page = await scanFresh(pool, this.#window, freshPage, [...this.#taken.keys()]);
    versionSeen(page.version);
    this.#scanNumber ??= this.#openScan(page.to, this.#scanStartedMs);
    // Some may have been taken in while the page was read.
    const found = page.rows.filter(({ xid }) => !this.#taken.has(xid));
    const fresh = this.#afterTakeover ? await this.#unstepped(found) : found;
    if (this.#afterTakeover) await this.#occupySlots(fresh);
    for (const row of fresh) if (queue.admit(freshWork(row, this.#scanNumber, nowMs()), nowMs())) this.checkpoint.owe(this.#scanNumber);
    const last = page.rows.at(-1);
    if (!page.complete && last) {
      this.#window = { ...this.#window, to: page.to, afterXid: last.xid, afterId: last.id };
      return false;
    }
    this.#oweTaken(this.#scanNumber, page.to);
    this.checkpoint.close(this.#scanNumber);
    this.#scanNumber = null;
    this.#window = openWindow(page.to, firstIdAt(this.#scanStartedMs - commitsWithinMs));
    if (this.#afterTakeover) {
      this.#afterTakeover = false;
      void this.readHeld();
    }
    return true;
  }

  /** The scan is over that saw them: it owes those that have no step yet. */
  #oweTaken(scan: number, to: string): void {
    for (const [xid, works] of this.#taken) {
      if (!isVisible(xid, to)) continue;
      this.#taken.delete(xid);
      for (const work of works) {
        if (work.scan !== unscanned) continue;
        work.scan = scan;
        this.checkpoint.owe(scan);
      }
    }
  }

  /** After a takeover another process may have sent some of it. */
  async #unstepped(found: readonly FreshRow[]): Promise<readonly FreshRow[]> {
    if (found.length === 0) return found;
    const stepped = await withSteps(
      this.#ports.pool,
      found.map(({ id }) => id),
    );
    return found.filter(({ id }) => !stepped.has(id));
  }

  /** What was under way at the end of the last owner has no step, and is older than what is held: it is next in its slot. */
  async #occupySlots(rows: readonly FreshRow[]): Promise<void> {
    const { pool, queue, holds, nowMs } = this.#ports;
    const heldOf = new Map([...holds.all()].map((hold) => [`${hold.subscription} ${hold.queue}`, hold]));
    const keyOf = ({ subscription, slot }: FreshRow): string => `${subscription} ${queueOfSlot(slot as number)}`;
    const inSlots = rows.filter((row) => row.slot !== null && heldOf.has(keyOf(row)) && !queue.get(row.id));
    const asked = [...new Set(inSlots.map(keyOf))].map((key) => heldOf.get(key) as Hold);
    if (asked.length === 0) return;
    const found = await firstHeld(
      pool,
      asked.map((hold) => ({ subscription: hold.subscription, queue: hold.queue, after: hold.stored })),
    );
    const firstOf = new Map(found.map((first) => [`${first.subscription} ${first.queue}`, first.id]));
    for (const row of inSlots) {
      const isNext = row.id < (firstOf.get(keyOf(row)) ?? "");
      const at = { subscription: row.subscription, slot: row.slot as number };
      if (isNext && !queue.isOccupied(at)) queue.occupy(freshWork(row, unscanned, nowMs()));
    }
  }

  /** After a takeover of oneself, what memory holds without a step is owed by the first scan. */
  #openScan(to: string, atMs: number): number {
    const number = this.checkpoint.open(to, atMs);
    if (!this.#afterTakeover) return number;
    for (const work of this.#ports.queue.all()) {
      if (work.scan === null) continue;
      work.scan = number;
      this.checkpoint.owe(number);
    }
    return number;
  }

  /** Reads retries that will be due within the next half minute. */
  async readDue(): Promise<void> {
    if (this.#reading || this.#stopped || this.#horizonMs - this.#ports.nowMs() > readAheadMinMs) return;
    this.#reading = true;
    try {
      const { queue } = this.#ports;
      while (!this.#stopped && queue.size < queuedMax && !(await queue.remembering(() => this.#duePage()))) this.#ports.admitted();
      this.#ports.admitted();
    } catch (error) {
      this.#ports.trouble("retries could not be read; it is tried again", error);
    } finally {
      this.#reading = false;
    }
  }

  async #duePage(): Promise<boolean> {
    const { pool, queue, nowMs } = this.#ports;
    const [fromMs, fromId] = [this.#horizonMs, this.#horizonId];
    const toMs = nowMs() + readAheadMs;
    if (toMs <= fromMs) return true;
    // Moved before the read: a retry that commits meanwhile is either seen by it or admitted by its recorder.
    this.#horizonMs = toMs;
    const rows = await scanDue(pool, fromMs, fromId, toMs, duePage).catch((error: unknown) => {
      [this.#horizonMs, this.#horizonId] = [fromMs, fromId];
      throw error;
    });
    for (const row of rows) queue.admit(resumedWork(row, nowMs()), nowMs());
    const last = rows.at(-1);
    const complete = rows.length < duePage;
    if (!complete && last) [this.#horizonMs, this.#horizonId] = [last.next_ms as number, last.id];
    else this.#horizonId = firstIdAt(0);
    return complete;
  }

  /** Reads what is held for the subscriptions that have room, and may send. */
  async readHeld(): Promise<void> {
    for (const hold of this.#ports.holds.all()) await this.readHold(hold);
  }

  /** The same for one queue. */
  async readHold(hold: Hold): Promise<void> {
    const { queue, isOpen } = this.#ports;
    if (this.#stopped || !hold.more || hold.reading || hold.queue === headsQueue) return;
    // What was under way goes before what is held, and is found by the first scan.
    if (this.#afterTakeover && slotOfQueue(hold.queue) !== null) return;
    const min = slotOfQueue(hold.queue) === null ? heldInMemoryMin : slotInMemoryMin;
    if (queue.heldInMemory(hold.subscription, hold.queue) >= min || !isOpen(hold.subscription)) return;
    await queue.remembering(() => this.#readHold(hold));
  }

  async #readHold(hold: Hold): Promise<void> {
    const { pool, holds, queue, nowMs, admitted, blocked, emptied, heldRead, trouble } = this.#ports;
    const page = slotOfQueue(hold.queue) === null ? heldPage : slotPage;
    const without = hold.queue === brakedQueue ? [...blocked()] : [];
    hold.reading = true;
    // A hold that commits during the read may be missed by it, and sets this again.
    hold.more = false;
    const settledTo = holds.settledTo(hold);
    try {
      const found = await scanHeld(pool, hold.subscription, hold.queue, hold.readTo, page, without);
      const upTo = Math.min(settledTo, holds.settledTo(hold));
      const rows = found.filter(({ position }) => (position as number) <= upTo);
      for (const row of rows) queue.admit(resumedWork(row, nowMs()), nowMs());
      const complete = found.length < page;
      // Those left out lie before others: the cursor stays until a read leaves none out.
      if (without.length > 0) hold.more ||= !complete;
      else {
        // After a takeover of oneself some are in memory already: the cursor must not pass them either.
        const taken = rows.filter((row) => queue.get(row.id)?.position === row.position);
        const positions = (some: typeof rows): number[] => some.map((row) => row.position as number);
        holds.read(hold, positions(rows), positions(taken), complete);
      }
    } catch (error) {
      hold.more = true;
      trouble("held notifications could not be read; it is tried again", error);
    } finally {
      hold.reading = false;
    }
    heldRead(hold.subscription);
    if (holds.isEmpty(hold.subscription, hold.queue)) emptied(hold.subscription, hold.queue);
    admitted();
  }
}

const openWindow = (from: string, fromId = firstIdAt(0)): Window => ({ from, fromId, to: null, afterXid: "0", afterId: firstIdAt(0) });
