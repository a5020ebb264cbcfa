// What has to be done every hour so that the flow tables stay as they should: days ahead are made, days past their
// retention are dropped, unless something in them could still be owed.
import { one, sql } from "./sql.ts";
import type { Database } from "./database.ts";
import { dropPartitions, makePartitions } from "./partitions.ts";

const everyMs = 3_600_000;
const dayMs = 86_400_000;

export type Upkeep = { stop(): void };

export type UpkeepOptions = {
  readonly retentionDays: number;
  readonly nowMs: () => number;
  readonly trouble: (message: string, error: unknown) => void;
};

/** Runs once before it resolves, then every hour. */
export async function startUpkeep(database: Database, options: UpkeepOptions): Promise<Upkeep> {
  await makePartitions(database.control, options.nowMs() - dayMs, options.nowMs());
  const timer = setInterval(
    () => void keepUp(database, options).catch((error: unknown) => options.trouble("upkeep failed; it is tried again", error)),
    everyMs,
  );
  void dropOld(database, options).catch((error: unknown) => options.trouble("old partitions could not be dropped", error));
  return { stop: () => clearInterval(timer) };
}

async function keepUp(database: Database, options: UpkeepOptions): Promise<void> {
  await makePartitions(database.control, options.nowMs(), options.nowMs());
  await dropOld(database, options);
}

async function dropOld(database: Database, { retentionDays, nowMs, trouble }: UpkeepOptions): Promise<void> {
  const beforeMs = nowMs() - retentionDays * dayMs;
  const owed = await one<{ since: number }>(
    database.control,
    sql`select extract(epoch from min(least(checkpoint_at, followed_until)))::float8 * 1000 as since from shard`,
  );
  if (owed && owed.since < beforeMs)
    trouble("partitions past their retention are kept: delivery has not followed them yet", new Error(new Date(owed.since).toISOString()));
  else await dropPartitions(database.control, beforeMs);
}
