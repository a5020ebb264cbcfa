// What an engine can tell of itself when it is asked, from memory: what waits, who uses its places. It goes through everything that is
// queued, 50,000 at most, so it is for people who look, not for the way of a notification.
import { kept } from "./domain/kept.ts";
import type { Lane } from "./schedule/lane.ts";
import type { Holds } from "./schedule/holds.ts";
import type { Permits } from "./schedule/permits.ts";
import type { Queue } from "./schedule/queue.ts";
import type { InMemory } from "./show/statistics-backlog.ts";
import type { Busy, Load } from "./show/flow.ts";
import type { Directory } from "./store/directory.ts";

export type Inspected = {
  readonly queue: Queue;
  readonly permits: Permits;
  readonly holds: () => Holds;
  readonly directory: Pick<Directory, "workspaceByRef">;
};

export type Inspecting = {
  /** What is not delivered yet, of the subscriptions that fit, as far as memory knows. */
  undelivered(fits: (subscription: number) => boolean): InMemory;
  load(): Load;
};

export function inspecting(inspected: Inspected, nowMs: () => number): Inspecting {
  return { undelivered: (fits) => inMemory(inspected, fits), load: () => loadOf(inspected, nowMs()) };
}

function inMemory({ queue, holds }: Inspected, fits: (subscription: number) => boolean): InMemory {
  const holders = new Set<number>();
  for (const { subscription, more, reading } of holds().all()) if ((more || reading) && fits(subscription)) holders.add(subscription);
  let [waiting, retrying, held, oldestMs] = [0, 0, 0, Infinity];
  for (const { subscription, open } of holds().all()) if (fits(subscription) && !holders.has(subscription)) held += open.size;
  for (const work of queue.all()) {
    if (work.delivered || !fits(work.subscription)) continue;
    oldestMs = Math.min(oldestMs, work.madeAtMs);
    if (work.position !== null) continue;
    if (work.progress.requests > 0) retrying++;
    else waiting++;
  }
  const knows = (notification: string): boolean => queue.get(notification) !== undefined;
  return { waiting, retrying, held, oldestMs: oldestMs === Infinity ? null : oldestMs, holders: [...holders], knows };
}

/** A lane that lacks nothing but a place, or has its turn next. Any other waits for its own endpoint, or is kept back. */
const isReady = (lane: Lane | undefined): boolean => ["ready", "fast", "slow"].includes(lane?.listed ?? "");

function loadOf({ queue, permits, directory }: Inspected, nowMs: number): Load {
  const lanes = permits.occupied(nowMs);
  let [queued, due, planned, behindEndpoint, oldestDueMs, oldestReadyMs] = [0, 0, 0, 0, Infinity, Infinity];
  const regions = new Map<string, { queued: number; in_flight: number }>();
  for (const work of queue.all()) {
    const region = kept(regions, directory.workspaceByRef(work.workspace)?.region ?? "", () => ({ queued: 0, in_flight: 0 }));
    if (work.state === "queued") {
      queued++;
      region.queued++;
      if (work.progress.requests > 0) due++;
      oldestDueMs = Math.min(oldestDueMs, work.dueAtMs);
      if (isReady(queue.lane(work.subscription))) oldestReadyMs = Math.min(oldestReadyMs, work.dueAtMs);
      else behindEndpoint++;
    } else if (work.state === "waiting") planned++;
    else region.in_flight++;
  }
  return {
    queued,
    due,
    planned,
    behindEndpoint,
    oldestDueMs: oldestDueMs === Infinity ? null : oldestDueMs,
    oldestReadyMs: oldestReadyMs === Infinity ? null : oldestReadyMs,
    inFlight: permits.inFlight,
    lanes,
    regions: [...regions].filter(([name]) => name !== "").map(([region, numbers]) => ({ region, ...numbers })),
    busy: queue.lanes().map((lane) => busyOf(permits, lane)),
  };
}

const busyOf = (permits: Permits, lane: Lane): Busy => ({
  subscription: lane.subscription,
  inFlight: permits.inFlightOf(lane.subscription),
  queued: lane.length,
  isSlow: permits.isSlow(lane.subscription),
});
