// One notification: what it is, where it is, and the timeline of its life.
import type { Notification } from "@bellhop/contract/notifications";
import { madeAtMs, parseId } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import { eventFacts, notificationById, stepsOf } from "../store/notification-detail.ts";
import type { DetailRow, DetailStepRow, EventFacts } from "../store/notification-detail.ts";
import type { Connection } from "../store/sql.ts";
import type { Asking } from "./find.ts";
import { notificationEntry } from "./list-entry.ts";
import type { Names } from "./names.ts";
import { causeOf, stepReason } from "./sentence.ts";
import { settledFrom } from "./settle.ts";
import type { Settled } from "./settle.ts";

export type Found = { readonly row: DetailRow; readonly event: EventFacts; readonly steps: readonly DetailStepRow[] };

/** A notification with its event and steps, for whoever may see it. */
export async function findNotification(on: Connection, publicId: string, asking: Asking): Promise<Found> {
  const id = parseId("notif_", publicId);
  const row = id === null ? undefined : await notificationById(on, id);
  const visible = row !== undefined && (asking.workspace === null || asking.workspace === row.workspace);
  const event = visible ? await eventFacts(on, row.event) : undefined;
  if (!visible || !event) throw new Problem("not_found", "There is no such notification, or it is no longer kept.");
  return { row, event, steps: await stepsOf(on, row.id) };
}

export async function showNotification(on: Connection, names: Names, publicId: string, asking: Asking): Promise<Notification> {
  const { row, event, steps } = await findNotification(on, publicId, asking);
  await names.load(on, [row]);
  const attempts = steps.filter((step) => step.kind === "a");
  const settled = settledFrom(row, steps.at(-1) ?? null, attempts);
  return {
    ...notificationEntry(settled, names),
    api_version: row.api_version,
    object_id: event.object_id,
    ordering_key: event.ordering_key,
    event_created_at: Math.floor(event.created_at.getTime() / 1000),
    item_bytes: Buffer.byteLength(event.item),
    cause: causeOf(settled),
    timeline: timeline(settled, steps),
  };
}

type Timeline = Notification["timeline"];

function timeline(settled: Settled, steps: readonly DetailStepRow[]): Timeline {
  const published = moment("published", new Date(madeAtMs(settled.row.id)), "The event was published and matched the subscription.");
  const { newest, status } = settled;
  const planned = (status === "retrying" || status === "waiting") && newest?.next_at;
  const next = planned ? [moment("next", planned, "The next attempt.")] : [];
  return [published, ...steps.map(happened), ...next];
}

const kinds = { a: "attempt", h: "held", e: "ended" } as const;

function happened(step: DetailStepRow): Timeline[number] {
  const sentence = stepReason(step)?.sentence ?? `The endpoint answered ${step.status ?? "with success"}.`;
  return {
    ...moment(kinds[step.kind], step.at, sentence),
    attempt: step.kind === "a" ? step.requests : null,
    code: step.status,
    reason: step.reason,
  };
}

function moment(kind: Timeline[number]["kind"], at: Date, sentence: string): Timeline[number] {
  return { kind, at: at.toISOString(), attempt: null, code: null, reason: null, sentence };
}
