// The database's time, which is what rows carry: this process's clock plus the difference measured last.
import type { Pool } from "pg";
import { databaseNowMs } from "./publish.ts";

export type DatabaseClock = { nowMs(): number; measure(): Promise<void> };

export function createDatabaseClock(pool: Pool, wallMs: () => number): DatabaseClock {
  let offsetMs = 0;
  return {
    nowMs: () => wallMs() + offsetMs,
    async measure() {
      const beforeMs = wallMs();
      const databaseMs = await databaseNowMs(pool);
      const afterMs = wallMs();
      // Off by at most half the round trip; a difference within it is no difference.
      const measuredMs = databaseMs - (beforeMs + afterMs) / 2;
      offsetMs = Math.abs(measuredMs) <= (afterMs - beforeMs) / 2 + 1 ? 0 : measuredMs;
    },
  };
}
