// What a person can do about an attempt that failed, from what was sent and what the log kept.
import type { Reason } from "@bellhop/contract/reasons";
import { advise, isKnownFailure } from "../domain/advice.ts";
import type { DetailStepRow } from "../store/notification-detail.ts";
import type { Sent } from "./attempts-request.ts";
import { milliseconds } from "./list-entry.ts";
import { stepReason } from "./sentence.ts";

/** Null after a success. */
export function adviceOn(step: DetailStepRow, { request, at }: Sent): Reason | null {
  if (step.reason === null) return null;
  if (!isKnownFailure(step.reason)) return stepReason(step);
  const url = request?.url ?? null;
  return advise({
    failure: step.reason,
    status: step.status,
    detail: step.detail,
    at,
    url,
    bodyBytes: request && Buffer.byteLength(request.body),
    location: locationIn(step.answer_headers),
    times: {
      dns: milliseconds(step.dns_us),
      connect: milliseconds(step.connect_us),
      tls: milliseconds(step.tls_us),
      total: milliseconds(step.total_us),
    },
  });
}

/** Names are kept in lower case. */
function locationIn(answerHeaders: string | null): string | null {
  const headers = answerHeaders === null ? [] : (JSON.parse(answerHeaders) as [string, string][]);
  return headers.find(([name]) => name === "location")?.[1] ?? null;
}
