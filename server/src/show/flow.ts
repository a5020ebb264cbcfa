// The platform this second: rates, what waits, and which subscriptions use the places for requests. All of it is in memory; the
// database is only asked whether it is well.
import { flowBusiestMax } from "@bellhop/contract/flow";
import type { Flow } from "@bellhop/contract/flow";
import type { StatisticsBacklog } from "@bellhop/contract/statistics";
import { hostOf } from "../domain/brake-host.ts";
import { percentileMs, place } from "../domain/statistics.ts";
import type { Counts } from "../domain/statistics.ts";
import { databaseLoad } from "../store/database-load.ts";
import type { DatabaseLoad } from "../store/database-load.ts";
import type { Connection } from "../store/sql.ts";
import { subscriptionNames } from "../store/statistics.ts";

/** The size of a database is the sum of its files: it is not looked at for each who watches. */
const sizeKeptMs = 60_000;

export type Busy = {
  readonly subscription: number;
  readonly inFlight: number;
  readonly queued: number;
  readonly isSlow: boolean;
};

/** What the engine has to do. */
export type Load = {
  readonly queued: number;
  readonly due: number;
  readonly planned: number;
  readonly oldestDueMs: number | null;
  readonly behindEndpoint: number;
  readonly oldestReadyMs: number | null;
  readonly inFlight: number;
  readonly lanes: Flow["lanes"];
  readonly regions: Flow["regions"];
  readonly busy: readonly Busy[];
};

export type FlowDeps = {
  readonly on: Connection;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly load: () => Load;
  readonly rates: () => Flow["per_second"];
  /** What each subscription did in the last minute. */
  readonly lately: () => ReadonlyMap<number, Counts>;
  readonly backlog: () => Promise<StatisticsBacklog>;
  readonly process: () => Omit<Flow["processes"][number], "in_flight" | "permits_free">;
  readonly disk: () => Promise<Flow["disk"]>;
};

export function createFlow(deps: FlowDeps): () => Promise<Flow> {
  const database = createDatabaseLook(deps);
  return async () => {
    const load = deps.load();
    const { lanes, inFlight } = load;
    const [state, names] = [await database(), await busiest(deps, load).catch(() => [])];
    const backlog = state.reachable ? await deps.backlog().catch(() => null) : null;
    return {
      at: iso(deps.nowMs()),
      per_second: deps.rates(),
      backlog: {
        queued: load.queued,
        due: load.due,
        held: backlog?.held ?? 0,
        held_exact: backlog?.exact ?? false,
        retries_waiting: backlog?.retrying ?? load.planned,
        behind_endpoint: load.behindEndpoint,
        oldest_due_at: load.oldestDueMs === null ? null : iso(load.oldestDueMs),
        oldest_ready_at: load.oldestReadyMs === null ? null : iso(load.oldestReadyMs),
        oldest_undelivered_at: backlog?.oldest_undelivered_at ?? null,
      },
      processes: [{ ...deps.process(), in_flight: inFlight, permits_free: free(lanes.fast) + free(lanes.slow) }],
      regions: load.regions,
      lanes,
      busiest: names,
      database: state,
      disk: await deps.disk(),
    };
  };
}

const free = ({ used, of }: Flow["lanes"]["fast"]): number => Math.max(0, of - used);

async function busiest(deps: FlowDeps, load: Load): Promise<Flow["busiest"]> {
  const lately = deps.lately();
  const queued = new Map(load.busy.map((each) => [each.subscription, each]));
  const idle = [...lately.keys()].filter((ref) => !queued.has(ref));
  const all = [...load.busy, ...idle.map((subscription) => ({ subscription, inFlight: 0, queued: 0, isSlow: false }))];
  const attempts = (subscription: number): number => Math.round(lately.get(subscription)?.[place.attempts] ?? 0);
  const first = all
    .toSorted((a, b) => b.inFlight - a.inFlight || b.queued - a.queued || attempts(b.subscription) - attempts(a.subscription))
    .slice(0, flowBusiestMax);
  const refs = first.map(({ subscription }) => subscription);
  const names = new Map((await subscriptionNames(deps.on, refs)).map((name) => [name.ref, name]));
  return first.flatMap((each) => {
    const name = names.get(each.subscription);
    const counts = lately.get(each.subscription);
    if (!name) return [];
    return {
      subscription: name.id,
      app: name.app,
      host: hostOf(name.url),
      in_flight: each.inFlight,
      queued: each.queued,
      slow: each.isSlow,
      attempts_last_minute: attempts(each.subscription),
      failed_last_minute: Math.round(counts?.[place.failed] ?? 0),
      p95_ms: counts ? percentileMs(counts, 0.95) : null,
      share_of_slots: load.inFlight === 0 ? 0 : each.inFlight / load.inFlight,
    };
  });
}

function createDatabaseLook({ on, monotonicMs }: FlowDeps): () => Promise<Flow["database"]> {
  let known: { readonly load: DatabaseLoad | undefined; readonly atMs: number } | null = null;
  return async () => {
    const startedMs = monotonicMs();
    try {
      await subscriptionNames(on, []);
      const latency_ms = Math.round((monotonicMs() - startedMs) * 10) / 10;
      if (known === null || monotonicMs() - known.atMs > sizeKeptMs) known = { load: await databaseLoad(on), atMs: monotonicMs() };
      return { reachable: true, latency_ms, size_bytes: known.load?.size_bytes ?? null, connections: known.load?.connections ?? null };
    } catch {
      return { reachable: false, latency_ms: null, size_bytes: null, connections: null };
    }
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
