// What a publisher is told: the event's id, how many were notified, why others were not, and a hint when nobody was.
import { notMade } from "@bellhop/contract/reasons";
import type { NotMadeReason } from "@bellhop/contract/reasons";

export type Accepted = {
  readonly id: string;
  readonly notifications: number;
  readonly skipped: Record<string, number>;
  readonly hint?: string;
};

export function answerFor(event: string, notifications: number, skipped: Record<string, number>): Accepted {
  const answer = { id: `evt_${event}`, notifications, skipped };
  return notifications > 0 ? answer : { ...answer, hint: hintFor(skipped) };
}

function hintFor(skipped: Record<string, number>): string {
  const [reason] = Object.keys(skipped) as NotMadeReason[];
  if (!reason) return "No app is installed in this workspace: `POST /v1/apps/{id}/installations` installs one.";
  return `Nobody was notified. ${notMade[reason].sentence} ${notMade[reason].fix} \`GET /v1/explain\` shows each rule.`;
}

/** Reason -> count, from what an event row keeps: apps named by reason, and those only counted. */
export function countSkipped(packed: string | null): Record<string, number> {
  if (packed === null) return {};
  const { stored, counted } = JSON.parse(packed) as { stored: Record<string, number[]>; counted: Record<string, number> };
  const counts: Record<string, number> = { ...counted };
  for (const [reason, apps] of Object.entries(stored)) counts[reason] = (counts[reason] ?? 0) + apps.length;
  return counts;
}
