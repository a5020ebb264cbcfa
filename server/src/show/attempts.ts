// Each attempt as it was: the request that was sent, the answer as far as it was kept, and what a person can do about it.
import { shownBodyBytesMax } from "@bellhop/contract/exchange";
import type { Attempt } from "@bellhop/contract/notifications";
import type { AttemptFailure } from "@bellhop/contract/reasons";
import type { DetailStepRow } from "../store/notification-detail.ts";
import type { Connection } from "../store/sql.ts";
import { adviceOn } from "./attempts-advice.ts";
import { sentRequests } from "./attempts-request.ts";
import type { RequestDeps, Sent } from "./attempts-request.ts";
import type { Asking } from "./find.ts";
import { milliseconds } from "./list-entry.ts";
import { findNotification } from "./notification-find.ts";
import { stepReason } from "./sentence.ts";

export async function showAttempts(on: Connection, deps: RequestDeps, publicId: string, asking: Asking): Promise<Attempt[]> {
  const found = await findNotification(on, publicId, asking);
  const steps = found.steps.filter((step) => step.kind === "a");
  const sent = await sentRequests(on, deps, found, steps);
  return steps.map((step, index) => {
    const request = sent[index] as Sent;
    return { ...request, ...answered(step), advice: adviceOn(step, request) };
  });
}

function answered(step: DetailStepRow): Omit<Attempt, keyof Sent | "advice"> {
  const reason = stepReason(step);
  return {
    status: step.status,
    failure: reason && { ...reason, reason: step.reason as AttemptFailure, detail: step.detail },
    answer: step.status === null ? null : keptAnswer(step),
    timings_ms: {
      dns: milliseconds(step.dns_us),
      connect: milliseconds(step.connect_us),
      tls: milliseconds(step.tls_us),
      first_byte: milliseconds(step.first_byte_us),
      total: milliseconds(step.total_us),
    },
    address: step.address,
    retry_reason: step.retry_reason,
    next_attempt_at: step.next_at?.toISOString() ?? null,
  };
}

/** Of an ordinary success fewer bytes and no headers are kept. */
const keptOnSuccessBytes = 256;

/** Whether it was longer than what is kept is not stored: as long as can be is taken for cut. */
function keptAnswer(step: DetailStepRow): Attempt["answer"] {
  const body = step.answer_body ?? Buffer.alloc(0);
  const whole = step.reason !== null || step.retry_reason === "replay";
  return {
    headers: step.answer_headers === null ? [] : (JSON.parse(step.answer_headers) as [string, string][]),
    body: body.toString(),
    body_cut: body.length >= (whole ? shownBodyBytesMax : keptOnSuccessBytes),
  };
}
