// What people read of a replay.
import type { ReplayView } from "@bellhop/contract/replays";
import { madeAtMs } from "../domain/id.ts";
import type { Include } from "../domain/replay.ts";
import type { ReplayRecord } from "../store/replays.ts";

export function receiversSentence(include: Include, newId: boolean): string {
  if (include === "missed")
    return "Each is a new notification with an id of its own: receivers that de-duplicate on the id process it, for they have not seen it.";
  return newId
    ? "Each is a new notification with an id of its own: receivers that de-duplicate on the id process it again, also what they processed before."
    : "Each keeps its id: receivers that de-duplicate on the id skip what they already accepted, and process the rest.";
}

export function replayView(record: ReplayRecord, nowMs: number): ReplayView {
  const { id, subscription_id: subscription, include, topics, new_id: newId, state } = record;
  return {
    id,
    subscription,
    since: record.since.toISOString(),
    until: record.until.toISOString(),
    include,
    topics,
    new_id: newId,
    estimate: { count: record.estimate, exact: record.estimate_exact },
    receivers: receiversSentence(include, newId),
    state,
    reason: record.ended_reason,
    progress: progressOf(record, nowMs),
    created_by: record.created_by,
    created_at: record.created_at.toISOString(),
    ended_at: record.ended_at?.toISOString() ?? null,
  };
}

function progressOf(record: ReplayRecord, nowMs: number): ReplayView["progress"] {
  const { replayed, skipped, cursor, started_at: startedAt, ended_at: endedAt, estimate, state } = record;
  const seconds = startedAt === null ? 0 : ((endedAt?.getTime() ?? nowMs) - startedAt.getTime()) / 1_000;
  const perSecond = seconds > 0 ? (replayed + skipped) / seconds : null;
  const left = Math.max(0, estimate - replayed - skipped);
  return {
    replayed,
    skipped,
    reached: cursor === null ? null : new Date(madeAtMs(cursor)).toISOString(),
    per_second: perSecond === null ? null : Math.round(perSecond * 10) / 10,
    seconds_left: state === "running" && perSecond ? Math.ceil(left / perSecond) : null,
  };
}
