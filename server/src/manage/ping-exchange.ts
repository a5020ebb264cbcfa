// One exchange as people see it: sent headers and body exactly, except for the values of the subscription's own headers,
// which are secrets; of the answer's body as much as is ever kept.
import { attemptFailed } from "@bellhop/contract/reasons";
import type { AttemptFailure } from "@bellhop/contract/reasons";
import { shownBodyBytesMax } from "@bellhop/contract/exchange";
import type { Exchange } from "@bellhop/contract/exchange";
import { maskedValue } from "@bellhop/contract/subscriptions";
import { advise } from "../domain/advice.ts";
import type { Outcome } from "./ping-delivery.ts";

type SentRequest = { method: "HEAD" | "POST"; url: string; headers: readonly string[]; body: Buffer | null };

export function exchangeView(request: SentRequest, outcome: Outcome, maskedNames: readonly string[]): Exchange {
  const { status, failure } = outcome;
  return {
    request: {
      method: request.method,
      url: request.url,
      headers: shownHeaders(request.headers, maskedNames),
      body: request.body && request.body.toString("utf8"),
    },
    status,
    failure: failure && failureView(failure, request, outcome),
    warning: null,
    answer: status === null ? null : shownAnswer(outcome),
    timings_ms: timings(outcome),
  };
}

function timings(outcome: Outcome): Exchange["timings_ms"] {
  return {
    dns: milliseconds(outcome.dnsUs),
    connect: milliseconds(outcome.connectUs),
    tls: milliseconds(outcome.tlsUs),
    first_byte: milliseconds(outcome.firstByteUs),
    total: milliseconds(outcome.totalUs),
  };
}

/** The reason's own sentence, and with it what is known of this exchange. */
function failureView(reason: AttemptFailure, { url, body }: SentRequest, outcome: Outcome): NonNullable<Exchange["failure"]> {
  const { status, detail, headers } = outcome;
  const { sentence } = attemptFailed[reason];
  const advice = advise({
    failure: reason,
    status,
    detail,
    at: new Date(outcome.startedAtMs).toISOString(),
    url,
    bodyBytes: body && body.length,
    location: headers.find(([name]) => name === "location")?.[1] ?? null,
    times: timings(outcome),
  });
  return { reason, sentence, fix: advice.fix, detail: detail ?? (advice.sentence === sentence ? null : advice.sentence) };
}

function shownHeaders(flat: readonly string[], maskedNames: readonly string[]): [string, string][] {
  const masked = new Set(maskedNames);
  const headers: [string, string][] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at] ?? "";
    headers.push([name, masked.has(name) ? maskedValue : (flat[at + 1] ?? "")]);
  }
  return headers;
}

function shownAnswer({ headers, body, bodyTruncated }: Outcome): NonNullable<Exchange["answer"]> {
  return {
    headers: headers.map(([name, value]) => [name, value]),
    body: body.subarray(0, shownBodyBytesMax).toString("utf8"),
    body_cut: bodyTruncated || body.length > shownBodyBytesMax,
  };
}

function milliseconds(microseconds: number | null): number | null {
  return microseconds === null ? null : microseconds / 1_000;
}
