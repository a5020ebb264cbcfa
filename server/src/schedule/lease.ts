// This process's right to deliver from a database: a session that holds the owner's lock, an epoch that it made, a beat that
// keeps it alive. Whatever breaks, it is acquired anew, as if from another process.
import pg from "pg";
import { beat, ownerNow, takeOver, tryOwn } from "../store/ownership.ts";
import type { Ownership } from "../store/ownership.ts";

const beatMs = 3_000;
/** After the start of the last acknowledged beat; a successor waits longer than this. */
const leaseMs = 12_000;
/** Who did nothing for this long may have lost its session, and another one have begun: it asks before it sends. */
const stillMs = 1_000;
const lookMs = 250;
/** A session that has not beaten for this long is ended by the database, so that its lock is free although nobody told it. */
const sessionMs = 15_000;
const acquireAgainMs = 250;
/** An outage is told every ten seconds. */
const attemptsPerLine = 40;

export type LeasePorts = {
  readonly url: string;
  readonly userAgent: string;
  readonly monotonicMs: () => number;
  readonly measureClock: () => Promise<void>;
  /** It is ours: what has to be known before anything is sent. The epoch counts once this has resolved. */
  readonly prepare: (ownership: Ownership) => Promise<void>;
  readonly begin: () => void;
  /** It was in doubt, and still is ours. */
  readonly confirmed: () => void;
  /** It was ours. */
  readonly lost: () => void;
  /** It could be ours again, but was another's meanwhile: this lease has come to its end. */
  readonly overtaken: () => void;
  readonly trouble: (message: string, error: unknown) => void;
};

export class Lease {
  readonly #ports: LeasePorts;
  #session: pg.Client | null = null;
  #epoch: number | null = null;
  /** The newest epoch of ours, whether or not it counts. */
  #made: number | null = null;
  #beatAtMs = -Infinity;
  #lookedAtMs = -Infinity;
  /** No earlier beat counts. */
  #stoodStillAtMs = -Infinity;
  #timers: NodeJS.Timeout[] = [];
  #stopped = false;

  constructor(ports: LeasePorts) {
    this.#ports = ports;
  }

  get epoch(): number | null {
    return this.#epoch;
  }

  /** Nobody else may believe by now that this process is dead. */
  isFresh(): boolean {
    if (this.#epoch === null) return false;
    this.#look();
    return this.#isConfirmed && this.#lookedAtMs - this.#beatAtMs < leaseMs;
  }

  get #isConfirmed(): boolean {
    return this.#beatAtMs >= this.#stoodStillAtMs;
  }

  /** Was this process still, as one in a suspended machine is? */
  #look(): void {
    const nowMs = this.#ports.monotonicMs();
    const isLate = nowMs - this.#lookedAtMs > stillMs;
    this.#lookedAtMs = nowMs;
    if (!isLate) return;
    this.#stoodStillAtMs = nowMs;
    void this.#beat();
  }

  /** Resolves once it is ours; rejects when another process still has it after `waitMs`. */
  async start(waitMs: number): Promise<void> {
    await this.#acquire(this.#ports.monotonicMs() + waitMs);
    if (this.#stopped) return;
    this.#timers = [setInterval(() => void this.#beat(), beatMs), setInterval(() => this.#look(), lookMs)];
  }

  /** Nothing is acquired any more. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
  }

  async release(): Promise<void> {
    this.#epoch = null;
    await this.#session?.end().catch(() => undefined);
  }

  /** This process was declared dead, or its session broke: everything is taken over again. */
  lost(): void {
    if (this.#epoch === null || this.#stopped) return;
    this.#epoch = null;
    this.#session?.removeAllListeners();
    this.#session?.on("error", () => undefined);
    void this.#session?.end().catch(() => undefined);
    this.#session = null;
    this.#ports.lost();
    void this.#acquire(Infinity).catch((error: unknown) => this.#ports.trouble("delivery could not be resumed", error));
  }

  async #acquire(untilMs: number): Promise<void> {
    const { url, userAgent, monotonicMs, trouble } = this.#ports;
    for (let attempt = 0; !this.#stopped; attempt++) {
      const session = new pg.Client({
        connectionString: url,
        application_name: "bellhop lease",
        connectionTimeoutMillis: 5_000,
        query_timeout: 5_000,
        options: `-c idle_session_timeout=${sessionMs}`,
      });
      session.on("error", () => this.#broke(session));
      session.on("end", () => this.#broke(session));
      try {
        await session.connect();
        if (await tryOwn(session)) {
          if (this.#made !== null && (await ownerNow(session)) !== this.#made) return this.#overtaken(session);
          return await this.#own(session, await takeOver(session, userAgent));
        }
        if (monotonicMs() > untilMs) throw new AnotherOwner();
      } catch (error) {
        if (error instanceof AnotherOwner) throw error;
        if (monotonicMs() > untilMs) throw error;
        if (attempt % attemptsPerLine === 0) trouble("the database cannot be reached; delivery waits for it", error);
      }
      // Not waited for: on a connection that went silent it would not come back.
      void session.end().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, acquireAgainMs));
    }
  }

  #overtaken(session: pg.Client): void {
    this.stop();
    void session.end().catch(() => undefined);
    this.#ports.overtaken();
  }

  async #own(session: pg.Client, ownership: Ownership): Promise<void> {
    const { measureClock, monotonicMs, prepare, begin } = this.#ports;
    this.#made = ownership.epoch;
    await measureClock();
    this.#session = session;
    this.#beatAtMs = monotonicMs();
    this.#lookedAtMs = this.#beatAtMs;
    await prepare(ownership);
    this.#epoch = ownership.epoch;
    begin();
  }

  #broke(session: pg.Client): void {
    if (session === this.#session) this.lost();
  }

  async #beat(): Promise<void> {
    const { monotonicMs, measureClock, trouble } = this.#ports;
    if (!this.#session || this.#epoch === null) return;
    const startedMs = monotonicMs();
    try {
      if (!(await beat(this.#session, this.#epoch))) return this.lost();
      const wasConfirmed = this.#isConfirmed;
      this.#beatAtMs = startedMs;
      await measureClock();
      if (!wasConfirmed && this.#isConfirmed) this.#ports.confirmed();
    } catch (error) {
      trouble("the lease could not be renewed", error);
      this.lost();
    }
  }
}

/** Another process delivers from this database. */
class AnotherOwner extends Error {}
