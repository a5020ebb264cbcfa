// What has ended by a mark or by a change of control data counts as ended at once, although its last step follows behind.
import type { EndedReason } from "@bellhop/contract/reasons";
import { statusOf } from "../domain/status.ts";
import type { Status } from "../domain/status.ts";
import type { NotificationRow } from "../store/notification-list.ts";
import type { Settled } from "./settle.ts";

/** A notification that is not over by its steps. `position`: its place among the held. */
export type Open = Pick<NotificationRow, "id" | "subscription" | "app" | "workspace" | "topic"> & {
  readonly position: number | null;
  readonly isReplay: boolean;
};

/** Why each of these has ended nevertheless; null for those that have not. In their order. */
export type WhyMarked = (open: readonly Open[]) => Promise<readonly (EndedReason | null)[]>;

const open: ReadonlySet<Status> = new Set(["waiting", "retrying", "held"]);

export async function withMarks(settled: readonly Settled[], whyMarked: WhyMarked): Promise<Settled[]> {
  const asked = settled.filter(({ status }) => open.has(status));
  if (asked.length === 0) return [...settled];
  const reasons = await whyMarked(asked.map(openOf));
  const byId = new Map(asked.map(({ row }, index) => [row.id, reasons[index] ?? null]));
  return settled.map((each) => endedBy(each, byId.get(each.row.id) ?? null));
}

function openOf({ row, newest }: Settled): Open {
  const { id, subscription, app, workspace, topic } = row;
  const isReplay = newest?.reason === "replay" || newest?.retry_reason === "replay";
  return { id, subscription, app, workspace, topic, position: newest?.position ?? null, isReplay };
}

function endedBy(each: Settled, reason: EndedReason | null): Settled {
  if (reason === null) return each;
  const { row, newest } = each;
  const before = newest ?? {
    notification: row.id,
    step: 0,
    requests: 0,
    at: new Date(0),
    status: null,
    total_us: null,
    retry_reason: null,
  };
  const ended = { ...before, kind: "e", reason, next_at: null, position: null } as const;
  const status = statusOf({ kind: "ended", reason, planned: false, requests: ended.requests }, false);
  return { ...each, status, newest: ended };
}
