// One line of the log as it is answered.
import type { NotificationEntry } from "@bellhop/contract/notifications";
import { madeAtMs } from "../domain/id.ts";
import type { Names } from "./names.ts";
import type { Settled } from "./settle.ts";

export function notificationEntry({ row, status, newest, newestAttempt }: Settled, names: Names): NotificationEntry {
  const waits = status === "retrying" || status === "waiting";
  return {
    id: `notif_${row.id}`,
    event: `evt_${row.event}`,
    workspace_id: names.workspace(row.workspace),
    app: names.app(row.app),
    subscription: names.subscription(row.subscription),
    topic: row.topic,
    status,
    reason: status === "delivered" || status === "waiting" ? null : (newest?.reason ?? null),
    attempts: newest?.requests ?? 0,
    code: newestAttempt?.status ?? null,
    latency_ms: milliseconds(newestAttempt?.total_us ?? null),
    created_at: new Date(madeAtMs(row.id)).toISOString(),
    next_attempt_at: (waits && newest?.next_at?.toISOString()) || null,
    last_attempt_at: newestAttempt?.at.toISOString() ?? null,
  };
}

export function milliseconds(us: number | null): number | null {
  return us === null ? null : us / 1000;
}
