// Ends what is over although its turn has not come: after a bulk end (discard, uninstall, deletion, a permission lost, 410,
// switched off), and of what is held behind a closed gate, as its time runs out. At a bounded rate, beside the fresh work.
import { setTimeout } from "node:timers/promises";
import type { EndedReason } from "@bellhop/contract/reasons";
import { firstIdAt } from "../domain/id.ts";
import type { Database } from "../store/database.ts";
import { scanHeld, waitingRetries } from "../store/scan.ts";
import type { ResumedRow } from "../store/scan.ts";
import type { Claims } from "./claims.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Endpoints } from "./endpoints.ts";
import { brakedQueue } from "./hold-queues.ts";
import type { Hold, Holds } from "./holds.ts";
import type { Queue } from "./queue.ts";
import type { Work } from "./work.ts";

const page = 200;
/** A page each: 2,000 notifications a second at most, all sweeps together. */
const pageMs = 100;
/** Subscriptions at a time, so that few do not wait behind a million. */
const sweepsMax = 4;
/** What is held behind a closed gate is looked at this often, a page at a time. */
const lookAgainMs = 60_000;
const dayMs = 86_400_000;

export type SweeperPorts = {
  readonly database: Database;
  readonly queue: Queue;
  readonly endpoints: Endpoints;
  readonly dispatcher: () => Dispatcher;
  readonly claims: Claims;
  readonly holds: Holds;
  readonly nowMs: () => number;
  /** What is held this long after it was made has ended. */
  readonly holdDays: number;
  readonly owns: () => boolean;
  /** The app's subscription is switched off or gone altogether: everything made so far ends. */
  readonly endedWhole: (subscription: number) => Promise<EndedReason | null>;
  readonly trouble: (message: string, error: unknown) => void;
};

export class Sweeper {
  readonly #ports: SweeperPorts;
  readonly #wanted = new Set<number>();
  readonly #swept = new Set<number>();
  #runs = 0;
  #nextPageAtMs = 0;
  #lookedAt: Promise<unknown> = Promise.resolve();
  #looking = false;
  #lookAgainAtMs = 0;

  constructor(ports: SweeperPorts) {
    this.#ports = ports;
  }

  /** Everything of these subscriptions that would not be sent any more ends now, wherever it waits. */
  sweep(subscriptions: Iterable<number>): void {
    for (const subscription of subscriptions) this.#wanted.add(subscription);
    while (this.#runs < sweepsMax && this.#nextWanted() !== undefined) void this.#run();
  }

  #nextWanted(): number | undefined {
    for (const subscription of this.#wanted) if (!this.#swept.has(subscription)) return subscription;
    return undefined;
  }

  async #run(): Promise<void> {
    this.#runs++;
    for (let next = this.#nextWanted(); next !== undefined; next = this.#nextWanted()) {
      this.#wanted.delete(next);
      this.#swept.add(next);
      try {
        if (this.#ports.owns()) await this.#sweepOne(next);
      } catch (error) {
        this.#ports.trouble("what is not to be sent any more could not all be ended; it is tried again", error);
      }
      this.#swept.delete(next);
    }
    this.#runs--;
  }

  async #sweepOne(subscription: number): Promise<void> {
    const { endpoints, endedWhole, holds } = this.#ports;
    // What a look has in hand cannot be ended here, and would be passed.
    await this.#lookedAt.catch(() => undefined);
    const whole = await endedWhole(subscription);
    if (whole !== null) endpoints.endAll(subscription, whole);
    const { discardedTo, endedBeforeMs } = endpoints.marks(subscription);
    if (discardedTo !== null) for (const hold of holds.of(subscription)) holds.leaveToSweep(hold, discardedTo);
    await this.#sweepMemory(subscription);
    await this.#sweepRetries(subscription);
    for (const hold of holds.of(subscription)) await this.#sweepHeld(hold);
    // What is under way will be asked about the marks.
    const isBusy = [...this.#ports.queue.all()].some((work) => work.subscription === subscription && work.state === "busy");
    if (this.#ports.owns() && !isBusy) endpoints.drained(subscription, discardedTo, endedBeforeMs);
  }

  async #sweepMemory(subscription: number): Promise<void> {
    const { queue } = this.#ports;
    await this.#endIfOver([...queue.all()].filter((work) => work.subscription === subscription && work.state !== "busy"));
  }

  async #endIfOver(works: readonly Work[]): Promise<void> {
    const { queue, dispatcher } = this.#ports;
    await dispatcher().loadRules(works);
    for (const work of works) {
      const reason = dispatcher().whyOver(work);
      if (reason !== null && queue.withdraw(work)) dispatcher().end(work, reason);
    }
  }

  async #sweepRetries(subscription: number): Promise<void> {
    let after = firstIdAt(0);
    for (let full = true; full && this.#ports.owns();) {
      const from = after;
      const { rows } = await this.#endOf(() => waitingRetries(this.#ports.database.read, subscription, from, page));
      after = rows.at(-1)?.id ?? after;
      full = rows.length === page;
    }
  }

  async #sweepHeld(hold: Hold): Promise<void> {
    const until = hold.sweptTo === null ? Infinity : hold.readTo;
    let after = hold.sweptTo ?? hold.readTo;
    for (let full = true; full && after < until && this.#ports.owns();) {
      const ended = await this.#endPage(hold, after);
      full = ended.full;
      after = ended.to;
      if (hold.sweptTo !== null) hold.sweptTo = after;
    }
    if (this.#ports.owns()) hold.sweptTo = null;
  }

  /** Ends what is over of the next page of a hold's places. */
  async #endPage(hold: Hold, after: number): Promise<{ to: number; full: boolean; ended: number }> {
    const { database, holds } = this.#ports;
    const settledTo = holds.settledTo(hold);
    const { rows, ended } = await this.#endOf(() => scanHeld(database.read, hold.subscription, hold.queue, after, page));
    const to = rows.at(-1)?.position ?? after;
    if (ended === rows.length) holds.passed(hold, after, Math.min(to, settledTo));
    return { to, full: rows.length === page, ended };
  }

  /** Reads a page, ends those of it that are over, waits until that is on disk; gives how many those were. */
  async #endOf(read: () => Promise<ResumedRow[]>): Promise<{ rows: readonly ResumedRow[]; ended: number }> {
    const { claims, dispatcher, queue } = this.#ports;
    const startedMs = performance.now();
    const { rows, claimed } = await queue.remembering(async () => {
      const found = await read();
      return { rows: found, claimed: found.map((row) => claims.row(row)).filter(({ busy }) => !busy) };
    });
    await dispatcher().loadRules(claimed.map(({ work }) => work));
    const ends: Promise<void>[] = [];
    for (const claim of claimed) {
      const reason = dispatcher().whyOver(claim.work);
      if (reason === null) claims.putBack(claim);
      else ends.push(this.#end(claim.work, reason));
    }
    await Promise.all(ends);
    if (ends.length > 0) await this.#pace(startedMs);
    return { rows, ended: ends.length };
  }

  /** Until the next page may begin. */
  async #pace(startedMs: number): Promise<void> {
    this.#nextPageAtMs = Math.max(startedMs, this.#nextPageAtMs) + pageMs;
    await setTimeout(Math.max(0, this.#nextPageAtMs - performance.now()));
  }

  #end(work: Work, reason: EndedReason): Promise<void> {
    return new Promise((resolve) => this.#ports.dispatcher().end(work, reason, resolve));
  }

  /** Of what waits behind closed gates, ends what has been held too long. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const { nowMs, holds, trouble, endpoints } = this.#ports;
    try {
      if (this.#lookAgainAtMs <= nowMs()) {
        await this.#lookAtMemory();
        this.#lookAgainAtMs = nowMs() + lookAgainMs;
        // What a sweep could not end is tried again.
        this.sweep(endpoints.marked().filter((subscription) => !this.#swept.has(subscription)));
      }
      for (const hold of holds.all()) {
        // The reader leaves out what a brake on its workspace holds, and takes nothing more for there.
        const isUnread = hold.more || hold.queue === brakedQueue;
        if (hold.lookAtMs > nowMs() || !isUnread || !this.#ports.owns()) continue;
        // A gate is closed by a state or by a brake.
        if (endpoints.health(hold.subscription) === null && endpoints.brakesEndMs === null) continue;
        // A sweep looks at what it passes.
        if (this.#swept.has(hold.subscription)) continue;
        const looking = this.#endPage(hold, hold.readTo);
        this.#lookedAt = looking;
        const { ended } = await looking;
        if (ended < page) hold.lookAtMs = nowMs() + lookAgainMs;
      }
    } catch (error) {
      trouble("what is held could not be looked at; it is tried again", error);
    } finally {
      this.#looking = false;
    }
  }

  /** Heads of order slots, what was read before its gate closed, and what was attempted before it was held. */
  async #lookAtMemory(): Promise<void> {
    const { queue, nowMs, holdDays } = this.#ports;
    const madeBeforeMs = nowMs() - holdDays * dayMs;
    const old = [...queue.all()].filter((work) => work.state === "queued" && work.madeAtMs <= madeBeforeMs);
    for (let from = 0; from < old.length; from += page) await this.#endIfOver(old.slice(from, from + page));
  }
}
