// One notification in memory, from when it is found until its next step is on disk.
import { madeAtMs } from "../domain/id.ts";
import type { Progress } from "../domain/transition.ts";
import type { FreshRow, ResumedRow } from "../store/scan.ts";

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
  /** The scan that found it, as long as it has no step. */
  scan: number | null;
  /** Its place among the held, when it came from there. */
  position: number | null;
  state: "waiting" | "queued" | "busy";
  /** Somebody canceled it while it was busy. */
  canceled: boolean;
};

export function freshWork(row: FreshRow, scan: number, nowMs: number): Work {
  return {
    id: row.id,
    event: row.event,
    subscription: row.subscription,
    app: row.app,
    workspace: row.workspace,
    shard: row.shard,
    topic: row.topic,
    apiVersion: row.api_version,
    madeAtMs: madeAtMs(row.id),
    step: 0,
    progress: { requests: 0, policyStep: 0, firstSentAtMs: null, throttledSinceMs: null },
    retryReason: null,
    delivered: false,
    dueAtMs: nowMs,
    queuedAtMs: nowMs,
    scan,
    position: null,
    state: "waiting",
    canceled: false,
  };
}

export function resumedWork(row: ResumedRow, nowMs: number): Work {
  const work = freshWork(row, 0, nowMs);
  work.scan = null;
  work.step = row.step;
  work.progress = {
    requests: row.requests,
    policyStep: row.policy_step,
    firstSentAtMs: row.first_sent_ms,
    throttledSinceMs: row.throttled_since_ms,
  };
  work.retryReason = row.kind === "h" && row.reason !== "replay" ? null : row.reason;
  work.delivered = row.delivered;
  work.dueAtMs = row.next_ms ?? nowMs;
  work.position = row.position;
  return work;
}
