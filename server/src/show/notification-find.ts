// A notification with its event and steps, for whoever may see it.
import { parseId } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import { eventFacts, notificationById, stepsOf } from "../store/notification-detail.ts";
import type { DetailRow, DetailStepRow, EventFacts } from "../store/notification-detail.ts";
import type { Connection } from "../store/sql.ts";
import type { Asking } from "./find.ts";

/** `steps`: oldest first. */
export type Found = { readonly row: DetailRow; readonly event: EventFacts; readonly steps: readonly DetailStepRow[] };

export async function findNotification(on: Connection, publicId: string, asking: Asking): Promise<Found> {
  const id = parseId("notif_", publicId);
  const row = id === null ? undefined : await notificationById(on, id);
  const visible = row !== undefined && (asking.workspace === null || asking.workspace === row.workspace);
  const event = visible ? await eventFacts(on, row.event) : undefined;
  if (!visible || !event) throw new Problem("not_found", "There is no such notification, or it is no longer kept.");
  return { row, event, steps: await stepsOf(on, row.id) };
}
