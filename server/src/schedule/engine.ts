// The life of delivery in one process: it owns the shards while it holds its session with the database and its epoch beats;
// when either is lost it stops sending and takes over again, from itself. Timers are here, decisions are elsewhere.
import type { EndedReason } from "@bellhop/contract/reasons";
import type { HealthChange } from "../domain/health.ts";
import type { Next } from "../domain/transition.ts";
import { activeBrakes } from "../store/brakes.ts";
import type { Database } from "../store/database.ts";
import { healthRows } from "../store/health.ts";
import { writeCheckpoint, writeHoldCursor } from "../store/ownership.ts";
import type { Ownership } from "../store/ownership.ts";
import { heldQueues, slotHeads, subscriptionsOf, subscriptionsWithEnds } from "../store/scan.ts";
import type { Step } from "../store/log.ts";
import type { NotificationRow } from "../store/publish.ts";
import { Claims } from "./claims.ts";
import { Commands } from "./commands.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Endpoints } from "./endpoints.ts";
import { EndpointsWriter } from "./endpoints-writer.ts";
import { brakedQueue, queueOfSlot, restQueue, slotOfQueue } from "./hold-queues.ts";
import { Holder } from "./holder.ts";
import { Lease } from "./lease.ts";
import type { Queue } from "./queue.ts";
import { Reader } from "./reader.ts";
import { Replays } from "./replays.ts";
import type { ReplayPorts } from "./replays.ts";
import { Steering } from "./steering.ts";
import { Sweeper } from "./sweeper.ts";
import { resumedWork } from "./work.ts";
import type { Work } from "./work.ts";

const scanMs = 2_000;
/** What is sent already is scanned soon, for the checkpoint. */
const scanSoonMs = 100;
const tickMs = 1_000;
const checkpointMs = 5_000;
/** When all places are taken: requests older than half a second give theirs back, so it is asked again soon. */
const starvedMs = 100;

export type EnginePorts = {
  readonly database: Database;
  readonly queue: Queue;
  readonly endpoints: Endpoints;
  readonly copying: Pick<ReplayPorts, "retentionDays" | "random" | "catalogue" | "directory">;
  readonly dispatcher: () => Dispatcher;
  readonly holdDays: number;
  readonly record: (steps: readonly Step[], done: () => void) => void;
  readonly userAgent: string;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly measureClock: () => Promise<void>;
  readonly versionSeen: (version: number) => void;
  /** A subscription began or ceased to be disabled: control data is newer. */
  readonly changed: () => Promise<void>;
  /** The subscription is deleted, disabled or switched off: why everything of it ends. */
  readonly endedWhole: (subscription: number) => Promise<EndedReason | null>;
  /** What this process owned was another's meanwhile: nothing that is remembered is true any more. */
  readonly overtaken: () => void;
  readonly trouble: (message: string, error: unknown) => void;
};

export class Engine {
  readonly #ports: EnginePorts;
  readonly #holder: Holder;
  readonly #sweeper: Sweeper;
  readonly #writer: EndpointsWriter;
  readonly #replays: Replays;
  readonly commands: Commands;
  readonly steering: Steering;
  readonly #lease: Lease;
  #reader: Reader | null = null;
  #stopping = false;
  #timers: NodeJS.Timeout[] = [];
  #dueTimer: NodeJS.Timeout | null = null;
  #starvedTimer: NodeJS.Timeout | null = null;
  #soonTimer: NodeJS.Timeout | null = null;
  #checkpointing = false;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
    const { database, queue, endpoints, dispatcher, nowMs, trouble, holdDays, record } = ports;
    this.#lease = new Lease({
      ...ports,
      url: database.url,
      prepare: (ownership) => this.#prepare(ownership),
      begin: () => this.#begin(),
      confirmed: () => dispatcher().pump(),
      lost: () => this.#lost(),
    });
    const owns = (): boolean => this.epoch !== null;
    const claims = new Claims({
      database,
      queue,
      nowMs,
      owns,
      scanned: async () => this.#reader?.scanned(),
      isRead: ({ subscription, queue: number, position }) => position !== null && this.holds.isOpen(subscription, number, position),
      horizonMs: () => this.#reader?.horizonMs ?? 0,
    });
    this.#holder = new Holder({
      queue,
      endpoints,
      dispatcher,
      record,
      nowMs,
      holdDays,
      settled: (work) => this.#settleScan(work),
      drained: (hold) => void this.#reader?.readHold(hold),
      trouble,
    });
    const { holds } = this.#holder;
    const { endedWhole } = ports;
    this.#sweeper = new Sweeper({ database, queue, endpoints, dispatcher, claims, holds, nowMs, holdDays, owns, endedWhole, trouble });
    const epoch = (): number | null => this.epoch;
    const fenced = (): void => this.lost();
    this.#writer = new EndpointsWriter({ database, endpoints, epoch, fenced, changed: ports.changed, trouble });
    this.#replays = new Replays({
      ...ports.copying,
      database,
      epoch,
      nowMs,
      position: () => holds.position(nowMs()),
      writing: (subscription, number) => holds.writing(subscription, number),
      written: (subscription, number, below) => {
        holds.written(subscription, number, below);
        void this.#reader?.readHeld();
      },
      isOpen: (subscription) => endpoints.isOpen(subscription, nowMs()),
      undrained: (subscription) => holds.undrained(subscription, restQueue),
      busy: (notification) => queue.get(notification) !== undefined,
      kick: () => this.kick(),
      trouble,
    });
    const holdForReplay = this.#holder.holdForReplay.bind(this.#holder);
    this.commands = new Commands({ claims, dispatcher, holdForReplay, trouble });
    const placed = async (subscription: number): Promise<void> => {
      const lane = queue.lane(subscription);
      if (lane) await this.#holder.stop(lane, nowMs());
    };
    this.steering = new Steering({ endpoints, holds, nowMs, owns, placed, save: () => this.#writer.save() });
  }

  /** Some of an order slot is held on disk. */
  isSpilled(subscription: number, slot: number): boolean {
    return !this.holds.isEmpty(subscription, queueOfSlot(slot));
  }

  get holds(): Holder["holds"] {
    return this.#holder.holds;
  }

  get epoch(): number | null {
    return this.#lease.epoch;
  }

  maySend = (): boolean => !this.#stopping && this.#lease.isFresh();

  /** Resolves once this process delivers; rejects when another one still does after `waitMs`. */
  async start(waitMs: number): Promise<void> {
    await this.#lease.start(waitMs);
    if (this.#stopping) return;
    const every = (ms: number, work: () => void): void => void this.#timers.push(setInterval(work, ms));
    every(scanMs, () => this.kick());
    every(tickMs, () => this.#tick());
    every(checkpointMs, () => void this.#checkpoint());
    this.#replays.start();
  }

  /** Something was committed. */
  kick(): void {
    this.#reader?.kick();
  }

  /** These were committed by this process. */
  accepted(notifications: readonly NotificationRow[], xid: string): void {
    if (notifications.length === 0) return;
    if (!this.#reader?.take(notifications, xid)) return this.kick();
    this.#soonTimer ??= setTimeout(() => {
      this.#soonTimer = null;
      this.kick();
    }, scanSoonMs);
  }

  /** Stops starting requests, waits for those under way at most `graceMs`, writes how far it came. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#lease.stop();
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#dueTimer) clearTimeout(this.#dueTimer);
    if (this.#starvedTimer) clearTimeout(this.#starvedTimer);
    if (this.#soonTimer) clearTimeout(this.#soonTimer);
    this.#reader?.stop();
    await this.#replays.stop();
    await this.#quiet(graceMs);
    await this.#writer.save();
    await this.#checkpoint();
    await this.#lease.release();
  }

  /** Its next step is on disk: forget it, or keep it when it is due soon. */
  recorded = (work: Work, next: Next): void => {
    this.#settleScan(work);
    this.#holder.leave(work);
    const { queue, nowMs, dispatcher } = this.#ports;
    if (next.nextAtMs !== null && work.canceled) dispatcher().end(work, "canceled");
    else if (next.nextAtMs !== null && next.nextAtMs <= (this.#reader?.horizonMs ?? 0)) {
      work.dueAtMs = next.nextAtMs;
      queue.defer(work, nowMs());
      this.#wake();
    } else queue.finish(work, next.nextAtMs === null);
    this.#quietNow?.();
    dispatcher().pump();
  };

  /** A subscription is in another state: what waits for it goes on, is held, or ends. */
  stateChanged = (subscription: number, { to }: HealthChange): void => {
    const { queue, nowMs } = this.#ports;
    setImmediate(() => {
      const lane = queue.lane(subscription);
      if (lane) void this.#holder.stop(lane, nowMs());
      if (to === "live") queue.reopen(subscription);
      if (to === "live") void this.#reader?.readHeld();
      if (to === "disabled") this.#ports.endpoints.endAll(subscription, "subscription_disabled");
      if (to === "disabled" || to === "suspended") this.#sweeper.sweep([subscription]);
      void this.#writer.save();
      this.#wake();
      this.#ports.dispatcher().pump();
    });
  };

  /** It was set live, and that is on disk. */
  becameLive = (subscription: number): void => {
    const { queue, endpoints, dispatcher } = this.#ports;
    if (endpoints.marks(subscription).discardedTo !== null) this.#sweeper.sweep([subscription]);
    queue.reopen(subscription);
    void this.#reader?.readHeld();
    dispatcher().pump();
  };

  /** Control data of these apps changed, or brakes did: what would not be sent any more ends, what is stopped is held. */
  async controlChanged(apps: readonly number[]): Promise<void> {
    const { database, trouble } = this.#ports;
    try {
      await this.#readBrakes();
      if (apps.length > 0) this.#sweeper.sweep(await subscriptionsOf(database.control, apps));
    } catch (error) {
      trouble("a change of control data could not be followed at once; it is when a notification's turn comes", error);
    }
  }

  /** All places are taken by requests that hang. */
  starved = (): void => {
    this.#starvedTimer ??= setTimeout(() => {
      this.#starvedTimer = null;
      this.#ports.dispatcher().pump();
    }, starvedMs);
  };

  /** This process was declared dead: everything is taken over again. */
  lost = (): void => this.#lease.lost();

  #lost(): void {
    this.#ports.queue.rememberLeaving(true);
    this.#reader?.stop();
    this.#reader = null;
  }

  #settleScan(work: Work): void {
    if (work.scan !== null) this.#reader?.checkpoint.settle(work.scan);
    work.scan = null;
  }

  async #readBrakes(): Promise<void> {
    const { database, endpoints } = this.#ports;
    if (endpoints.setBrakes(await activeBrakes(database.control))) this.#brakesChanged();
  }

  #brakesChanged(): void {
    const { queue, nowMs, dispatcher } = this.#ports;
    for (const hold of this.holds.all()) if (hold.queue === brakedQueue) hold.more = true;
    for (const lane of queue.lanes()) void this.#holder.stop(lane, nowMs());
    queue.reopen();
    void this.#reader?.readHeld();
    dispatcher().pump();
  }

  async #prepare(ownership: Ownership): Promise<void> {
    await this.#remember();
    this.#reader = this.#createReader(ownership);
  }

  #begin(): void {
    const { queue, endpoints } = this.#ports;
    const reader = this.#reader as Reader;
    void Promise.all([reader.scanned(), reader.readDue(), reader.readHeld()]).then(() => {
      if (reader === this.#reader) queue.rememberLeaving(false);
    });
    this.#sweeper.sweep(endpoints.marked());
    void this.#sweepEnds();
  }

  /** What ended shortly before this process owned it, and was not written. */
  async #sweepEnds(): Promise<void> {
    const { database, trouble } = this.#ports;
    try {
      const held = [...new Set([...this.holds.all()].map(({ subscription }) => subscription))];
      this.#sweeper.sweep(await subscriptionsWithEnds(database.scan, held));
    } catch (error) {
      trouble("what ended before the start could not be looked for; each ends when its turn comes", error);
    }
  }

  #createReader(ownership: Ownership): Reader {
    const { database, queue, endpoints, nowMs, versionSeen, trouble } = this.#ports;
    const admitted = (): void => {
      this.#wake();
      this.#ports.dispatcher().pump();
    };
    return new Reader(
      {
        pool: database.scan,
        queue,
        holds: this.holds,
        nowMs,
        versionSeen,
        trouble,
        admitted,
        isOpen: (subscription) => endpoints.isOpen(subscription, nowMs()),
        blocked: () => endpoints.blocked,
        heldRead: (subscription) => {
          const lane = endpoints.blocked.size > 0 ? queue.lane(subscription) : undefined;
          if (lane) void this.#holder.stop(lane, nowMs());
        },
        emptied: (subscription, number) => {
          const slot = slotOfQueue(number);
          if (slot !== null) queue.unspilled(subscription, slot);
        },
      },
      ownership,
    );
  }

  /** What the database knows of subscriptions, holds and order slots, before anything is read that is to be sent. */
  async #remember(): Promise<void> {
    const { database, endpoints, queue, nowMs } = this.#ports;
    endpoints.load(await healthRows(database.scan));
    endpoints.setBrakes(await activeBrakes(database.scan));
    this.holds.forget();
    for (const { subscription, queue: number, cursor, last_position } of await heldQueues(database.scan))
      this.holds.resume(subscription, number, cursor, last_position);
    for (const row of await slotHeads(database.scan)) {
      const head = resumedWork(row, nowMs());
      queue.occupy(head);
      // Held when it fell due: it goes first once its subscription may send.
      if (head.heldCause !== null) queue.admitHead(head, nowMs());
    }
  }

  #tick(): void {
    const { nowMs, dispatcher, endpoints } = this.#ports;
    if (this.epoch === null) return;
    if (endpoints.tick(nowMs())) this.#brakesChanged();
    this.#holder.tick(nowMs());
    void this.#reader?.readDue();
    void this.#reader?.readHeld();
    void this.#sweeper.look();
    if (endpoints.hasHistory) void this.#writer.save();
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
    if (this.#checkpointing || this.epoch === null || !this.#reader) return;
    this.#checkpointing = true;
    try {
      const { snapshot, atMs } = this.#reader.checkpoint;
      await writeCheckpoint(database.scan, this.epoch, snapshot, atMs, this.#followedUntilMs());
      await this.#writer.save();
      for (const { subscription, queue, position } of this.holds.moved()) {
        await writeHoldCursor(database.scan, this.epoch, subscription, queue, position);
        this.holds.stored(subscription, queue, position);
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
    const { queue } = this.#ports;
    // All of them are looked at only once nothing is in flight: there may be tens of thousands, and each answer asks.
    const busy = (): boolean => queue.inFlight > 0 || [...queue.all()].some((work) => work.state === "busy");
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
