// One notification: what it is, where it is, and the timeline of its life.
import type { Notification } from "@bellhop/contract/notifications";
import type { Reason } from "@bellhop/contract/reasons";
import { madeAtMs } from "../domain/id.ts";
import type { DetailStepRow } from "../store/notification-detail.ts";
import type { Connection } from "../store/sql.ts";
import { adviceOn } from "./attempts-advice.ts";
import { sentRequests } from "./attempts-request.ts";
import type { RequestDeps } from "./attempts-request.ts";
import type { Asking } from "./find.ts";
import type { ListDeps } from "./list.ts";
import { notificationEntry } from "./list-entry.ts";
import { withMarks } from "./marked.ts";
import { findNotification } from "./notification-find.ts";
import type { Found } from "./notification-find.ts";
import { causeOf, stepReason } from "./sentence.ts";
import { settledFrom } from "./settle.ts";
import type { Settled } from "./settle.ts";

export async function showNotification(
  on: Connection,
  deps: RequestDeps & ListDeps,
  publicId: string,
  asking: Asking,
): Promise<Notification> {
  const found = await findNotification(on, publicId, asking);
  const { row, event, steps } = found;
  await deps.names.load(on, [row]);
  const attempts = steps.filter((step) => step.kind === "a");
  const [settled] = (await withMarks([settledFrom(row, steps.at(-1) ?? null, attempts)], deps.whyMarked)) as [Settled];
  return {
    ...notificationEntry(settled, deps.names),
    api_version: row.api_version,
    object_id: event.object_id,
    ordering_key: event.ordering_key,
    event_created_at: Math.floor(event.created_at.getTime() / 1000),
    item_bytes: Buffer.byteLength(event.item),
    cause: causeOf(settled, await newestAdvice(on, deps, found)),
    timeline: timeline(settled, steps),
  };
}

/** On the newest attempt; null where it was a success or there is none. */
async function newestAdvice(on: Connection, deps: RequestDeps, found: Found): Promise<Reason | null> {
  const step = found.steps.findLast(({ kind }) => kind === "a");
  if (step === undefined || step.reason === null) return null;
  const [sent] = await sentRequests(on, deps, found, [step]);
  return sent === undefined ? null : adviceOn(step, sent);
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
