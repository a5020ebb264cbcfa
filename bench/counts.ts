// What PostgreSQL itself counts for each notification: statements, rows, bytes and flushes. Counts do not depend on the machine's
// mood, so one look at each is enough.
import { setTimeout as wait } from "node:timers/promises";
import type { Bench } from "./bench.ts";
import { Bellhop } from "./bellhop.ts";
import type { Counted } from "./bellhop.ts";
import { measureLoad } from "./load.ts";
import { measuredCore } from "./pinned.ts";
import { countedRates, scenarios } from "./settings.ts";
import type { Written } from "./system.ts";

/** For each notification. */
type Each = Written & {
  readonly statements: number;
  readonly rowsInserted: number;
  /** Updated or deleted. */
  readonly rowsChanged: number;
};
export type Count = Each & { readonly scenario: string; readonly rate: number; readonly notifications: number };

/** Sessions that fell idle hand in their counts after this. */
const handedInMs = 11_000;
/** What is cached by workspace is read once for each. */
const warmUpRate = 1_000;
const warmUpS = 3;
const countedS = 6;

export async function measureCounts(bench: Bench): Promise<readonly Count[]> {
  bench.say("counting statements, rows and bytes");
  const system = await bench.start(() => Bellhop.start(measuredCore, { counting: true }));
  const counts: Count[] = [];
  for (const scenario of scenarios) {
    await measureLoad(bench, { system, scenario, rate: warmUpRate, warmUp: 0, window: warmUpS });
    await wait(handedInMs);
    for (const rate of bench.timing.name === "full" ? countedRates : countedRates.slice(0, 1)) {
      const [counted, written] = [await system.counted(), await system.written()];
      const { accepted } = await measureLoad(bench, { system, scenario, rate, warmUp: 0, window: countedS });
      await wait(handedInMs);
      const each = eachOf(accepted, minus(await system.counted(), counted), minus(await system.written(), written));
      counts.push({ scenario: scenario.name, rate, notifications: accepted, ...each });
    }
  }
  await bench.stop(system);
  return counts;
}

function minus<T extends Readonly<Record<keyof T, number>>>(after: T, before: T): T {
  return Object.fromEntries(Object.keys(after).map((name) => [name, after[name as keyof T] - before[name as keyof T]])) as T;
}

function eachOf(count: number, { statements, inserted, changed }: Counted, { walBytes, fsyncs, diskBytes }: Written): Each {
  return {
    statements: statements / count,
    rowsInserted: inserted / count,
    rowsChanged: changed / count,
    walBytes: walBytes / count,
    fsyncs: fsyncs / count,
    diskBytes: diskBytes / count,
  };
}
