// The life of delivery in one process: it owns the shards while it holds its session with the database and its epoch beats;
// when either is lost it stops sending and takes over again, from itself. Timers are here, decisions are elsewhere.
import pg from "pg";
import type { HeldCause } from "@bellhop/contract/reasons";
import type { Next } from "../domain/transition.ts";
import type { Database } from "../store/database.ts";
import { beat, takeOver, tryOwn, writeCheckpoint, writeHoldCursor } from "../store/ownership.ts";
import type { Ownership } from "../store/ownership.ts";
import { heldSubscriptions } from "../store/scan.ts";
import type { Step } from "../store/log.ts";
import { Commands } from "./commands.ts";
import { emptyStep } from "./dispatcher.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { Holds } from "./holds.ts";
import type { Queue } from "./queue.ts";
import { Reader } from "./reader.ts";
import type { Work } from "./work.ts";

const beatMs = 3_000;
/** After the start of the last acknowledged beat; a successor waits longer than this. */
const leaseMs = 12_000;
const scanMs = 2_000;
const tickMs = 1_000;
const checkpointMs = 5_000;
const acquireAgainMs = 250;
/** An outage is told every ten seconds. */
const attemptsPerLine = 40;

export type EnginePorts = {
  readonly database: Database;
  readonly queue: Queue;
  readonly dispatcher: () => Dispatcher;
  readonly record: (steps: readonly Step[], done: () => void) => void;
  readonly userAgent: string;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly measureClock: () => Promise<void>;
  readonly versionSeen: (version: number) => void;
  readonly disable: (work: Work) => Promise<void>;
  readonly trouble: (message: string, error: unknown) => void;
};

export class Engine {
  readonly #ports: EnginePorts;
  readonly holds = new Holds();
  readonly commands: Commands;
  #lease: pg.Client | null = null;
  #reader: Reader | null = null;
  #epoch: number | null = null;
  #beatAtMs = -Infinity;
  #stopping = false;
  #timers: NodeJS.Timeout[] = [];
  #dueTimer: NodeJS.Timeout | null = null;
  #checkpointing = false;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
    const { database, queue, dispatcher, nowMs, trouble } = ports;
    this.commands = new Commands({
      database,
      queue,
      dispatcher,
      nowMs,
      trouble,
      owns: () => this.#epoch !== null,
      scanned: async () => this.#reader?.scanned(),
      horizonMs: () => this.#reader?.horizonMs ?? 0,
      holdForReplay: (work, done) => this.#hold(work, "replay", done),
    });
  }

  get epoch(): number | null {
    return this.#epoch;
  }

  maySend = (): boolean => !this.#stopping && this.#epoch !== null && this.#ports.monotonicMs() - this.#beatAtMs < leaseMs;

  /** Resolves once this process delivers; rejects when another one still does after `waitMs`. */
  async start(waitMs: number): Promise<void> {
    await this.#acquire(this.#ports.monotonicMs() + waitMs);
    const every = (ms: number, work: () => void): void => void this.#timers.push(setInterval(work, ms));
    every(beatMs, () => void this.#beat());
    every(scanMs, () => this.kick());
    every(tickMs, () => this.#tick());
    every(checkpointMs, () => void this.#checkpoint());
  }

  /** Something was committed. */
  kick(): void {
    this.#reader?.kick();
  }

  /** Stops starting requests, waits for those under way at most `graceMs`, writes how far it came. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#dueTimer) clearTimeout(this.#dueTimer);
    this.#reader?.stop();
    await this.#quiet(graceMs);
    await this.#checkpoint();
    this.#epoch = null;
    await this.#lease?.end().catch(() => undefined);
  }

  /** Its next step is on disk: forget it, or keep it when it is due soon. */
  recorded = (work: Work, next: Next): void => {
    this.#settleScan(work);
    this.#settleHold(work);
    if (next.gone)
      void this.#ports.disable(work).catch((error: unknown) => this.#ports.trouble("a subscription could not be disabled", error));
    const { queue, nowMs } = this.#ports;
    if (next.nextAtMs !== null && work.canceled) this.#ports.dispatcher().end(work, "canceled");
    else if (next.nextAtMs !== null && next.nextAtMs <= (this.#reader?.horizonMs ?? 0)) {
      work.dueAtMs = next.nextAtMs;
      queue.defer(work, nowMs());
      this.#wake();
    } else queue.finish(work);
    this.#quietNow?.();
    this.#ports.dispatcher().pump();
  };

  /** This process was declared dead, or its session broke: everything is taken over again. */
  lost = (): void => {
    if (this.#epoch === null || this.#stopping) return;
    this.#epoch = null;
    this.#ports.queue.rememberLeaving(true);
    this.#reader?.stop();
    this.#reader = null;
    this.#lease?.removeAllListeners();
    this.#lease?.on("error", () => undefined);
    void this.#lease?.end().catch(() => undefined);
    this.#lease = null;
    void this.#acquire(Infinity).catch((error: unknown) => this.#ports.trouble("delivery could not be resumed", error));
  };

  /** Writes a `held` step: for want of room, or because somebody wants it sent once more (then it is due at once). */
  #hold(work: Work, cause: HeldCause, done: () => void): void {
    const { record, nowMs, queue } = this.#ports;
    const replay = cause === "replay";
    const position = replay ? null : this.holds.position(nowMs());
    const atMs = nowMs();
    // Before it is written, so that no checkpoint passes it.
    if (replay) work.dueAtMs = atMs;
    const at = { atMs, reason: cause, nextAtMs: replay ? atMs : null, queue: replay ? null : 0, position };
    record([{ ...emptyStep(work, work.step + 1), ...at }], () => {
      work.step++;
      this.#settleScan(work);
      this.#settleHold(work);
      if (work.canceled) this.#ports.dispatcher().end(work, "canceled");
      else if (replay) {
        work.retryReason = "replay";
        queue.defer(work, nowMs());
        this.#ports.dispatcher().pump();
      } else {
        queue.finish(work);
        this.holds.added(work.subscription);
      }
      this.#quietNow?.();
      done();
    });
  }

  #settleScan(work: Work): void {
    if (work.scan !== null) this.#reader?.checkpoint.settle(work.scan);
    work.scan = null;
  }

  #settleHold(work: Work): void {
    if (work.position === null) return;
    this.holds.drained(work.subscription, work.position);
    work.position = null;
    void this.#reader?.readHeld();
  }

  async #acquire(untilMs: number): Promise<void> {
    const { database, userAgent, monotonicMs, trouble } = this.#ports;
    for (let attempt = 0; !this.#stopping; attempt++) {
      const lease = new pg.Client({
        connectionString: database.url,
        application_name: "bellhop lease",
        connectionTimeoutMillis: 5_000,
        query_timeout: 5_000,
      });
      lease.on("error", () => this.#leaseLost(lease));
      lease.on("end", () => this.#leaseLost(lease));
      try {
        await lease.connect();
        if (await tryOwn(lease)) return await this.#own(lease, await takeOver(lease, userAgent));
        if (monotonicMs() > untilMs) throw new AnotherOwner();
      } catch (error) {
        if (error instanceof AnotherOwner) throw error;
        if (monotonicMs() > untilMs) throw error;
        if (attempt % attemptsPerLine === 0) trouble("the database cannot be reached; delivery waits for it", error);
      }
      await lease.end().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, acquireAgainMs));
    }
  }

  async #own(lease: pg.Client, ownership: Ownership): Promise<void> {
    const { database, queue, nowMs, versionSeen, trouble, monotonicMs, measureClock } = this.#ports;
    await measureClock();
    this.#lease = lease;
    this.#beatAtMs = monotonicMs();
    this.holds.forget();
    for (const { subscription, hold_cursor, last_position } of await heldSubscriptions(database.scan))
      this.holds.resume(subscription, hold_cursor, last_position);
    const admitted = (): void => {
      this.#wake();
      this.#ports.dispatcher().pump();
    };
    this.#reader = new Reader({ pool: database.scan, queue, holds: this.holds, nowMs, versionSeen, trouble, admitted }, ownership);
    this.#epoch = ownership.epoch;
    const reader = this.#reader;
    void Promise.all([reader.scanned(), reader.readDue(), reader.readHeld()]).then(() => {
      if (reader === this.#reader) queue.rememberLeaving(false);
    });
  }

  #leaseLost(lease: pg.Client): void {
    if (lease === this.#lease) this.lost();
  }

  async #beat(): Promise<void> {
    const { monotonicMs, measureClock, trouble } = this.#ports;
    if (!this.#lease || this.#epoch === null) return;
    const startedMs = monotonicMs();
    try {
      if (!(await beat(this.#lease, this.#epoch))) return this.lost();
      this.#beatAtMs = startedMs;
      await measureClock();
    } catch (error) {
      trouble("the lease could not be renewed", error);
      this.lost();
    }
  }

  #tick(): void {
    const { queue, nowMs, dispatcher } = this.#ports;
    if (this.#epoch === null) return;
    for (const work of queue.overdue(nowMs())) this.#hold(work, "backlog", () => undefined);
    void this.#reader?.readDue();
    void this.#reader?.readHeld();
    this.#wake();
    dispatcher().pump();
  }

  /** Moves what is due, and comes back when the next is. */
  #wake(): void {
    const { queue, nowMs, dispatcher } = this.#ports;
    const nextMs = queue.wake(nowMs());
    if (this.#dueTimer) clearTimeout(this.#dueTimer);
    this.#dueTimer = null;
    if (nextMs === null || this.#stopping) return;
    this.#dueTimer = setTimeout(
      () => {
        this.#wake();
        dispatcher().pump();
      },
      Math.min(Math.max(nextMs - nowMs(), 1), tickMs),
    );
  }

  /**
   * How far a successor need not look: every retry before it has its next step. Never the future, although it was read
   * ahead: what fails next may be planned into it. And never behind what is under way, whose next step is not on disk.
   */
  #followedUntilMs(): number {
    const { queue, nowMs } = this.#ports;
    let followedMs = Math.min(this.#reader?.horizonMs ?? 0, nowMs());
    for (const work of queue.all())
      if (work.state === "busy" || (work.step > 0 && work.position === null)) followedMs = Math.min(followedMs, work.dueAtMs - 1);
    return followedMs;
  }

  async #checkpoint(): Promise<void> {
    const { database, trouble } = this.#ports;
    if (this.#checkpointing || this.#epoch === null || !this.#reader) return;
    this.#checkpointing = true;
    try {
      const { snapshot, atMs } = this.#reader.checkpoint;
      await writeCheckpoint(database.scan, this.#epoch, snapshot, atMs, this.#followedUntilMs());
      for (const { subscription, position } of this.holds.moved()) {
        await writeHoldCursor(database.scan, this.#epoch, subscription, position);
        this.holds.stored(subscription, position);
      }
    } catch (error) {
      trouble("the checkpoint could not be written; it is tried again", error);
    } finally {
      this.#checkpointing = false;
    }
  }

  #quietNow: (() => void) | null = null;

  /** Until nothing is in flight and unrecorded any more, at most `graceMs`. */
  async #quiet(graceMs: number): Promise<void> {
    const busy = (): boolean => [...this.#ports.queue.all()].some((work) => work.state === "busy");
    if (!busy()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#quietNow = () => {
        if (busy()) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Another process delivers from this database. */
export class AnotherOwner extends Error {}
