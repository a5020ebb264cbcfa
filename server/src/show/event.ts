// One event: its item, whom it notified, and why it did not notify the other apps installed in its workspace.
import { eventNotificationsMax } from "@bellhop/contract/notifications";
import type { EventView } from "@bellhop/contract/notifications";
import { fanOutMax, madeAtMs, notificationId, parseId } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import { eventById, notificationsOf } from "../store/event-detail.ts";
import type { EventDetailRow } from "../store/event-detail.ts";
import type { Connection } from "../store/sql.ts";
import type { Asking } from "./find.ts";
import type { ListDeps } from "./list.ts";
import { withMarks } from "./marked.ts";
import { notMadeReason } from "./sentence.ts";
import { settle } from "./settle.ts";

export async function showEvent(on: Connection, { names, whyMarked }: ListDeps, publicId: string, asking: Asking): Promise<EventView> {
  const id = parseId("evt_", publicId);
  const event = id === null ? undefined : await eventById(on, id);
  if (id === null || !event || (asking.workspace !== null && asking.workspace !== event.workspace)) {
    throw new Problem("not_found", "There is no such event, or it is no longer kept.");
  }
  const made = await notificationsOf(on, id, eventNotificationsMax);
  const within = { from: id, below: notificationId(id, fanOutMax + 1) };
  const settled = await withMarks(await settle(on, made, within, Infinity), whyMarked);
  const { stored, counted } = skippedOf(event);
  await names.load(on, made);
  await names.loadWorkspaces(on, [event.workspace]);
  await names.loadApps(on, Object.values(stored).flat());
  return {
    id: publicId,
    workspace_id: names.workspace(event.workspace),
    accepted_at: new Date(madeAtMs(id)).toISOString(),
    ...content(event),
    notifications_made: event.notified,
    notifications: settled.map(({ row, status }) => ({
      id: `notif_${row.id}`,
      app: names.app(row.app),
      subscription: names.subscription(row.subscription),
      topic: row.topic,
      status,
    })),
    skipped: Object.entries(stored).flatMap(([reason, apps]) =>
      apps.map((app) => ({ app: names.app(app), reason, ...notMadeReason(reason) })),
    ),
    skipped_counts: counted,
  };
}

function content(
  event: EventDetailRow,
): Pick<EventView, "topic" | "created_at" | "object_id" | "ordering_key" | "traceparent" | "item_text"> {
  return {
    topic: event.topic,
    created_at: Math.floor(event.created_at.getTime() / 1000),
    object_id: event.object_id,
    ordering_key: event.ordering_key,
    traceparent: event.traceparent,
    item_text: event.item,
  };
}

/** Reason -> apps by ref, and how many more there are. */
type Skipped = { readonly stored: Readonly<Record<string, readonly number[]>>; readonly counted: Record<string, number> };

function skippedOf({ skipped }: EventDetailRow): Skipped {
  return skipped === null ? { stored: {}, counted: {} } : (JSON.parse(skipped) as Skipped);
}
