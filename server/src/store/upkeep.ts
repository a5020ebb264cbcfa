// What has to be done every hour so that the flow tables stay as they should: days ahead are made, days past their
// retention are dropped, unless something in them could still be owed. The hours are the database's: a machine that was
// suspended for a week does at once what it missed.
import { one, sql } from "./sql.ts";
import type { Database } from "./database.ts";
import { dropPartitions, makePartitions } from "./partitions.ts";

/** How often the clock is looked at; nothing else is done then. */
const lookMs = 5_000;
const everyMs = 3_600_000;
/** Delivery may be about to follow, as it is after a long sleep: a minute of refusals is told, and then one in an hour. */
const refusalsUntilTold = 12;
const refusalsPerHour = 720;
const dayMs = 86_400_000;

export type Upkeep = { stop(): void };

export type UpkeepOptions = {
  readonly retentionDays: number;
  readonly nowMs: () => number;
  readonly trouble: (message: string, error: unknown) => void;
};

/** Days are made before it resolves, and then every hour. The first old ones are dropped at the first look: delivery has begun by then. */
export async function startUpkeep(database: Database, options: UpkeepOptions): Promise<Upkeep> {
  const { nowMs } = options;
  await makePartitions(database.control, nowMs() - dayMs, nowMs());
  const keeper = new Keeper(database, options);
  const timer = setInterval(() => void keeper.look(), lookMs);
  const stop = (): void => {
    clearInterval(timer);
    keeper.stopped = true;
  };
  return { stop };
}

class Keeper {
  readonly #database: Database;
  readonly #options: UpkeepOptions;
  #atMs = 0;
  /** In a row. */
  #refusals = 0;
  #busy = false;
  /** What is under way finds the database closed; the next start does it again. */
  stopped = false;

  constructor(database: Database, options: UpkeepOptions) {
    this.#database = database;
    this.#options = options;
  }

  async look(): Promise<void> {
    const { nowMs, trouble } = this.#options;
    if (this.#busy || nowMs() < this.#atMs) return;
    this.#busy = true;
    this.#atMs = nowMs() + everyMs;
    try {
      await makePartitions(this.#database.control, nowMs(), nowMs());
      await this.#dropOld();
    } catch (error) {
      if (!this.stopped) trouble("upkeep failed; it is tried again", error);
    } finally {
      this.#busy = false;
    }
  }

  async #dropOld(): Promise<void> {
    const { retentionDays, nowMs } = this.#options;
    const beforeMs = nowMs() - retentionDays * dayMs;
    const sinceMs = await owedSinceMs(this.#database);
    if (sinceMs < beforeMs) return this.#refuse(sinceMs);
    this.#refusals = 0;
    await dropPartitions(this.#database.control, beforeMs);
  }

  #refuse(sinceMs: number): void {
    const { nowMs, trouble } = this.#options;
    this.#atMs = nowMs();
    this.#refusals++;
    if (this.#refusals % refusalsPerHour !== refusalsUntilTold) return;
    trouble("partitions past their retention are kept: delivery has not followed them yet", new Error(new Date(sinceMs).toISOString()));
  }
}

/** What was made before this has a step on disk, and what was planned before it has its next. */
async function owedSinceMs(database: Database): Promise<number> {
  const owed = await one<{ since: number }>(
    database.control,
    sql`select extract(epoch from min(least(checkpoint_at, followed_until)))::float8 * 1000 as since from shard`,
  );
  return owed?.since ?? Infinity;
}
