// One notification in memory, from when it is found until its next step is on disk.
import type { HeldCause } from "@bellhop/contract/reasons";
import { madeAtMs } from "../domain/id.ts";
import { replayCause } from "../domain/status.ts";
import type { Progress } from "../domain/transition.ts";
import type { NotificationRow } from "../store/publish.ts";
import type { ResumedRow } from "../store/scan.ts";
import type { Flight } from "./permits.ts";
import { firstQueue, queueOfSlot, restQueue } from "./hold-queues.ts";

export type Work = {
  readonly id: string;
  readonly event: string;
  readonly subscription: number;
  readonly app: number;
  readonly workspace: number;
  readonly shard: number;
  readonly topic: string;
  readonly apiVersion: string;
  readonly madeAtMs: number;
  /** 0: within its workspace's quota. 1: the rest, and replays. */
  rank: 0 | 1;
  /** Its order slot; null where nothing asks for order, and for replays. */
  slot: number | null;
  /** The newest step in the log, 0 for none. */
  step: number;
  progress: Progress;
  /** Why the next attempt is not the first. */
  retryReason: string | null;
  /** A replay of what was delivered already: one request, and it stays delivered. */
  delivered: boolean;
  dueAtMs: number;
  /** Since when it waits unsent in memory. */
  queuedAtMs: number;
  /** The scan that found it, as long as it has no step; `unscanned` before one has. */
  scan: number | null;
  /** Its place among the held, and in which queue, when it came from there. */
  position: number | null;
  queue: number;
  /** Why its newest step holds it; null when that is no hold. */
  heldCause: HeldCause | null;
  state: "waiting" | "queued" | "busy";
  /** The request under way, with its permits. */
  flight: Flight | null;
  /** Somebody canceled it while it was busy. */
  canceled: boolean;
};

/** Scans have numbers from 1. */
export const unscanned = 0;

export function freshWork(row: NotificationRow, scan: number, nowMs: number): Work {
  return {
    id: row.id,
    event: row.event,
    subscription: row.subscription,
    app: row.app,
    workspace: row.workspace,
    shard: row.shard,
    topic: row.topic,
    apiVersion: row.apiVersion,
    madeAtMs: madeAtMs(row.id),
    rank: row.rank,
    slot: row.slot,
    step: 0,
    progress: { requests: 0, policyStep: 0, firstSentAtMs: null, throttledSinceMs: null },
    retryReason: null,
    delivered: false,
    dueAtMs: nowMs,
    queuedAtMs: nowMs,
    scan,
    position: null,
    queue: firstQueue,
    heldCause: null,
    state: "waiting",
    flight: null,
    canceled: false,
  };
}

export function resumedWork(row: ResumedRow, nowMs: number): Work {
  const work = freshWork(row, unscanned, nowMs);
  work.scan = null;
  work.step = row.step;
  work.progress = {
    requests: row.requests,
    policyStep: row.policy_step,
    firstSentAtMs: row.first_sent_ms,
    throttledSinceMs: row.throttled_since_ms,
  };
  work.heldCause = row.kind === "h" ? (row.reason as HeldCause) : null;
  work.retryReason = row.kind !== "h" ? row.reason : row.reason === replayCause ? replayCause : row.retry_reason;
  if (work.retryReason === replayCause) makeReplay(work);
  work.delivered = row.delivered;
  work.dueAtMs = row.next_ms ?? nowMs;
  work.position = row.position;
  if (row.queue !== null) work.queue = row.queue;
  return work;
}

/** A replay goes behind what is within its quota, and outside of any order. */
export function makeReplay(work: Work): void {
  work.retryReason = replayCause;
  work.rank = 1;
  work.slot = null;
}

/** Where it would be held. */
export function holdQueueOf(work: Work): number {
  if (work.slot !== null) return queueOfSlot(work.slot);
  return work.rank === 0 ? firstQueue : restQueue;
}

/** Nothing has happened to it yet. */
export const isFresh = (work: Work): boolean => work.step === 0;
