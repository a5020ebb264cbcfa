// Counts what happens to each subscription, minute by minute, in memory. A few seconds after a minute has ended it is written,
// all subscriptions in one statement; after an hour its minutes are summed into a row for each. What is not written yet is answered
// from here, so charts reach up to now. A kill loses the counters of about a minute, never a step of the log.
import { kept } from "../domain/kept.ts";
import type { Pool } from "pg";
import { addCounts, countAttempt, hourMs, minuteMs, newCounts, newSum, place, startOf } from "../domain/statistics.ts";
import type { Counts, Recent } from "../domain/statistics.ts";
import { Rate } from "../domain/rate.ts";
import { replayCause } from "../domain/status.ts";
import type { Step } from "../store/log.ts";
import { vacuumDay } from "../store/partitions.ts";
import { insertHour, insertMinute, minutesSince, unsummedFromMs } from "../store/statistics-write.ts";

const lookMs = 1_000;
/** After a minute's end: a write that is not at the moment when everybody else's jobs begin. */
const graceMs = 3_000;
/** Without a database hardly anything happens that could be counted; this many are kept for it. */
const unwrittenMax = 60;

export type StatisticsPorts = {
  readonly pool: Pool;
  /** The epoch that delivers, null while this process owns nothing. */
  readonly epoch: () => number | null;
  readonly nowMs: () => number;
  readonly missingPartition: () => Promise<void>;
  readonly trouble: (message: string, error: unknown) => void;
};

export type Rates = { readonly published: Rate; readonly delivered: Rate; readonly failed: Rate };

type Minute = { readonly atMs: number; readonly counts: Map<number, Int32Array> };

export class Statistics {
  readonly #ports: StatisticsPorts;
  readonly rates: Rates = { published: new Rate(), delivered: new Rate(), failed: new Rate() };
  #minute: Minute;
  /** The one that ended last. */
  #previous: Minute;
  #unwritten: Minute[] = [];
  /** Hour -> its minutes that are over, also the written ones; until they are summed on disk. */
  readonly #hours = new Map<number, Map<number, Counts>>();
  #hoursFromMs: number;
  #epoch = 0;
  #isSeeded = false;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(ports: StatisticsPorts) {
    this.#ports = ports;
    this.#minute = newMinute(ports.nowMs());
    this.#previous = this.#minute;
    this.#hoursFromMs = startOf(ports.nowMs(), hourMs);
  }

  /** An attempt was made. `delivered`: it was the first success of its notification. */
  attempted(subscription: number, durationMs: number, isSuccess: boolean, delivered: boolean): void {
    const counts = this.#countsOf(subscription);
    increment(counts, place.attempts);
    const nowMs = this.#ports.nowMs();
    if (!isSuccess) {
      increment(counts, place.failed);
      this.rates.failed.add(1, nowMs);
    }
    if (delivered) {
      increment(counts, place.delivered);
      this.rates.delivered.add(1, nowMs);
    }
    countAttempt(counts, durationMs);
  }

  /** Events are on disk. */
  published(events: number): void {
    this.rates.published.add(events, this.#ports.nowMs());
  }

  /** A notification ended undelivered. */
  ended(subscription: number): void {
    increment(this.#countsOf(subscription), place.ended);
  }

  /** Steps of one notification. Its first one is where it is counted as made: each has exactly one, within a minute, whatever dies. */
  recorded(steps: readonly Step[]): void {
    const [first] = steps;
    if (first === undefined) return;
    const { step, kind, reason, subscription } = first;
    if (step === 1) increment(this.#countsOf(subscription), place.made);
    if (kind === "h" && reason !== replayCause) increment(this.#countsOf(subscription), place.held);
  }

  /** What the tables do not have. Valid until the next call of anything here. */
  recent(): Recent {
    this.#turn();
    const hours = new Map([...this.#hours].map(([atMs, counts]) => [atMs, new Map(counts)]));
    const running = kept(hours, startOf(this.#minute.atMs, hourMs), () => new Map());
    for (const [subscription, counts] of this.#minute.counts) addTo(running, subscription, counts, true);
    return {
      hoursFromMs: this.#hoursFromMs,
      hours: [...hours].map(([atMs, counts]) => ({ atMs, counts })),
      minutesFromMs: this.#unwritten[0]?.atMs ?? this.#minute.atMs,
      epoch: this.#epoch,
      minutes: [...this.#unwritten, this.#minute],
    };
  }

  /** Each subscription's last minute: the running one, and of the one before it the part that is not a minute old. */
  lately(): Map<number, Counts> {
    this.#turn();
    const sums = new Map<number, Counts>();
    for (const [subscription, counts] of this.#minute.counts) addCounts(kept(sums, subscription, newSum), counts);
    const part = 1 - (this.#ports.nowMs() - this.#previous.atMs - minuteMs) / minuteMs;
    if (this.#previous === this.#minute || part <= 0) return sums;
    for (const [subscription, counts] of this.#previous.counts)
      addCounts(
        kept(sums, subscription, newSum),
        Float64Array.from(counts, (count) => count * Math.min(part, 1)),
      );
    return sums;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), lookMs);
    void this.#look();
  }

  /** Writes everything, the running minute too. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#writing;
    this.#end();
    await this.#write(Infinity).catch((error: unknown) => this.#ports.trouble("the last minute of statistics is not written", error));
  }

  #countsOf(subscription: number): Int32Array {
    this.#turn();
    const { counts } = this.#minute;
    let found = counts.get(subscription);
    if (!found) counts.set(subscription, (found = newCounts()));
    return found;
  }

  /** A clock that is set back makes this minute longer, never another one of the same name. */
  #turn(): void {
    if (this.#ports.nowMs() >= this.#minute.atMs + minuteMs) this.#end();
  }

  #end(): void {
    const { atMs, counts } = this.#minute;
    this.#previous = this.#minute;
    this.#minute = newMinute(Math.max(this.#ports.nowMs(), atMs));
    if (counts.size === 0) return;
    this.#unwritten.push({ atMs, counts });
    if (this.#unwritten.length > unwrittenMax) this.#unwritten.shift();
    const hour = kept(this.#hours, startOf(atMs, hourMs), () => new Map());
    for (const [subscription, each] of counts) addTo(hour, subscription, each, false);
  }

  async #look(): Promise<void> {
    const { nowMs, trouble, epoch } = this.#ports;
    this.#epoch = epoch() ?? this.#epoch;
    if (this.#writing || this.#epoch === 0) return;
    this.#turn();
    this.#writing = this.#write(nowMs() - graceMs)
      .then(() => this.#sumHours(nowMs() - graceMs))
      .catch((error: unknown) => trouble("statistics cannot be written at the moment", error))
      .finally(() => (this.#writing = null));
    await this.#writing;
  }

  /** Minutes that were over before this moment. */
  async #write(beforeMs: number): Promise<void> {
    if (this.#epoch === 0) return;
    await this.#seed();
    for (let minute = this.#unwritten[0]; minute && minute.atMs + minuteMs <= beforeMs; minute = this.#unwritten[0]) {
      await this.#insert(minute);
      if (this.#unwritten[0] === minute) this.#unwritten.shift();
    }
  }

  async #insert({ atMs, counts }: Minute, daysMade = false): Promise<void> {
    const { pool, missingPartition, trouble } = this.#ports;
    try {
      await insertMinute(pool, this.#epoch, atMs, counts);
    } catch (error) {
      if (!(error as Error).message.includes("no partition of relation")) throw error;
      if (daysMade) return trouble("a minute of statistics came after its day was dropped; it is left out", error);
      await missingPartition();
      await this.#insert({ atMs, counts }, true);
    }
  }

  /** What earlier processes counted in hours that are not summed yet. Before this one writes: its own it knows. */
  async #seed(): Promise<void> {
    if (this.#isSeeded) return;
    const { pool, nowMs } = this.#ports;
    const nowHourMs = startOf(nowMs(), hourMs);
    const fromMs = startOf((await unsummedFromMs(pool)) ?? nowHourMs, hourMs);
    for (let atMs = fromMs; atMs < Math.min(nowHourMs, this.#hoursFromMs); atMs += hourMs) await insertHour(pool, atMs);
    const sums = await minutesSince(pool, this.#hoursFromMs);
    const hour = kept(this.#hours, this.#hoursFromMs, () => new Map());
    for (const { subscription, counts } of sums) addTo(hour, subscription, counts, false);
    this.#isSeeded = true;
  }

  async #sumHour(atMs: number): Promise<void> {
    const { pool, trouble } = this.#ports;
    await insertHour(pool, atMs);
    await vacuumDay(pool, atMs).catch((error: unknown) => trouble("a day of statistics could not be vacuumed", error));
  }

  async #sumHours(beforeMs: number): Promise<void> {
    while (this.#hoursFromMs + hourMs <= beforeMs && (this.#unwritten[0]?.atMs ?? Infinity) >= this.#hoursFromMs + hourMs) {
      if (this.#hours.has(this.#hoursFromMs)) await this.#sumHour(this.#hoursFromMs);
      this.#hours.delete(this.#hoursFromMs);
      this.#hoursFromMs += hourMs;
    }
  }
}

const newMinute = (nowMs: number): Minute => ({ atMs: startOf(nowMs, minuteMs), counts: new Map() });

function increment(counts: Int32Array, at: number): void {
  counts[at] = (counts[at] as number) + 1;
}

/** `copied`: what is there is somebody else's and stays as it is. */
function addTo(hour: Map<number, Counts>, subscription: number, more: Counts, copied: boolean): void {
  const found = hour.get(subscription);
  if (found && !copied) return addCounts(found, more);
  const sum = newCounts();
  if (found) addCounts(sum, found);
  addCounts(sum, more);
  hour.set(subscription, sum);
}
