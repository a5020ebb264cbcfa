// Outcomes become rows: steps wait a few milliseconds for company, then go in as one fenced statement. A flush whose fate
// is unknown is simply run again; one that the database refuses is halved until the step at fault stands alone.
import type { Pool } from "pg";
import { insertSteps } from "../store/log.ts";
import type { Step } from "../store/log.ts";

const windowMs = 50;
/** This many do not wait for more company. */
const flushAt = 64;
const flushMax = 256;
const retryAfterMs = 200;

export type RecorderPorts = {
  readonly pool: Pool;
  /** The epoch that may write, null while this process owns nothing. */
  readonly epoch: () => number | null;
  /** Another process owns what this one thought it did. */
  readonly fenced: () => void;
  /** They are on disk. */
  readonly written: (steps: readonly Step[]) => void;
  readonly missingPartition: () => Promise<void>;
  readonly trouble: (message: string, error: unknown) => void;
};

type Entry = { readonly steps: readonly Step[]; readonly done: () => void };

const isHold = ({ steps }: Entry): boolean => steps[0]?.position !== null;

export class Recorder {
  readonly #ports: RecorderPorts;
  #waiting: Entry[] = [];
  /** Holds come by the thousand, when an endpoint hangs: answers do not wait behind them. */
  #holds: Entry[] = [];
  #flushing = false;
  #timer: NodeJS.Timeout | null = null;
  #pending = 0;
  #stopped = false;

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
  }

  /** Notifications whose next step is not on disk yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Steps of one notification, written together; `done` once they are on disk. */
  record(steps: readonly Step[], done: () => void): void {
    this.#pending++;
    const entry = { steps, done };
    (isHold(entry) ? this.#holds : this.#waiting).push(entry);
    this.#flushSoon();
  }

  /** What could not be written by now is not: whoever goes on finds it without a step. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Writes what waits; does nothing while a flush is under way, which goes on by itself. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#flushing || this.#stopped || this.#pending === 0) return;
    this.#flushing = true;
    const answers = this.#waiting.slice(0, flushMax);
    const batch = [...answers, ...this.#holds.slice(0, flushMax - answers.length)];
    void this.#write(batch).then((written) => this.#flushed(batch, written));
  }

  #flushed(batch: readonly Entry[], written: boolean): void {
    this.#flushing = false;
    if (!written) {
      if (!this.#stopped) this.#timer ??= setTimeout(() => this.flush(), retryAfterMs);
      return;
    }
    const holds = batch.filter(isHold).length;
    this.#waiting = this.#waiting.slice(batch.length - holds);
    this.#holds = this.#holds.slice(holds);
    this.#pending -= batch.length;
    for (const { steps, done } of batch) {
      done();
      this.#ports.written(steps);
    }
    if (this.#pending > 0) this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#pending >= flushAt) this.flush();
    else if (!this.#stopped) this.#timer ??= setTimeout(() => this.flush(), windowMs);
  }

  /** False: nothing is known to be on disk, the same entries are to be written again. */
  async #write(batch: readonly Entry[], daysMade = false): Promise<boolean> {
    const epoch = this.#ports.epoch();
    if (epoch === null) return false;
    try {
      const owned = await insertSteps(
        this.#ports.pool,
        epoch,
        batch.flatMap((entry) => entry.steps),
      );
      if (!owned) this.#ports.fenced();
      return owned;
    } catch (error) {
      return this.#refused(batch, error as Error & { code?: string; severity?: string }, daysMade);
    }
  }

  async #refused(batch: readonly Entry[], error: Error & { code?: string; severity?: string }, daysMade: boolean): Promise<boolean> {
    if (error.severity === undefined || !/^(22|23|54)/.test(error.code ?? "")) {
      this.#ports.trouble("outcomes cannot be written at the moment", error);
      return false;
    }
    const isDayMissing = error.message.includes("no partition of relation");
    if (isDayMissing && !daysMade) return (await this.#makeDays()) && this.#write(batch, true);
    if (batch.length > 1) {
      const half = batch.length >> 1;
      return (await this.#write(batch.slice(0, half), daysMade)) && (await this.#write(batch.slice(half), daysMade));
    }
    if (isDayMissing) {
      this.#ports.trouble("a step came after its notification's day was dropped; it is left out", error);
      return true;
    }
    this.#ports.trouble("a step was refused by the database; its notification is quarantined", error);
    const step = (batch[0] as Entry).steps[0] as Step;
    return this.#write([{ steps: [{ ...step, kind: "e", reason: "quarantined", nextAtMs: null, attempt: null }], done: () => undefined }]);
  }

  async #makeDays(): Promise<boolean> {
    return this.#ports.missingPartition().then(
      () => true,
      (cause: unknown) => {
        this.#ports.trouble("a partition could not be made", cause);
        return false;
      },
    );
  }
}
