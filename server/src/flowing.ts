// Wires what is shown of the running platform: numbers of the past and the flow of now, from the engine, the counters and the disk.
import type { Flow } from "@bellhop/contract/flow";
import type { Delivering } from "./delivering.ts";
import type { DiskWatch } from "./intake/disk.ts";
import type { Statistics } from "./record/statistics.ts";
import { createFlow } from "./show/flow.ts";
import { Backlog } from "./show/statistics-backlog.ts";
import type { StatisticsDeps } from "./show/statistics.ts";
import { watchProcess } from "./signal/process-load.ts";
import type { DatabaseClock } from "./store/database-clock.ts";
import type { Database } from "./store/database.ts";
import { version } from "./version.ts";

export type FlowingParts = {
  readonly database: Database;
  readonly clock: DatabaseClock;
  readonly delivery: Delivering;
  readonly statistics: Statistics;
  /** Null when the database is elsewhere. */
  readonly disk: DiskWatch | null;
  readonly retentionDays: number;
};

export type Flowing = {
  readonly flow: () => Promise<Flow>;
  readonly numbers: Omit<StatisticsDeps, "names">;
  stop(): void;
};

export function createFlowing(parts: FlowingParts): Flowing {
  const { database, clock, delivery, statistics, retentionDays } = parts;
  const { nowMs } = clock;
  const watch = watchProcess();
  const backlog = new Backlog({ on: database.read, inMemory: (fits) => delivery.now.undelivered(fits), nowMs });
  const rate = (overS: number): Flow["per_second"]["over_10_s"] => {
    const { published, delivered, failed } = statistics.rates;
    const over = (of: typeof published): number => of.perSecond(overS, nowMs());
    return { published: over(published), delivered: over(delivered), failed: over(failed) };
  };
  const flow = createFlow({
    on: database.read,
    nowMs,
    monotonicMs: () => performance.now(),
    load: () => delivery.now.load(),
    rates: () => ({ over_10_s: rate(10), over_60_s: rate(60) }),
    lately: () => statistics.lately(),
    backlog: () => backlog.now(() => true),
    process: () => ({
      ...watch.now(),
      epoch: delivery.now.engine.epoch,
      version,
      unrecorded: delivery.now.waiting().unrecorded,
    }),
    disk: async () => {
      if (parts.disk === null) return null;
      const { freeBytes, totalBytes } = await parts.disk.look();
      return { free_bytes: freeBytes, total_bytes: totalBytes, low: parts.disk.refusal() !== null };
    },
  });
  return { flow, numbers: { recent: () => statistics.recent(), backlog, nowMs, retentionDays }, stop: watch.stop };
}
