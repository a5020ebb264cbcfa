// What a person can do about one failed attempt: the reason's own sentence and fix, or better ones where the answer or the
// facts of the request tell more. Pure; hub, API and command line show the same.
import { attemptFailed } from "@bellhop/contract/reasons";
import type { AttemptFailure, Reason } from "@bellhop/contract/reasons";
import { adviseRedirect, adviseStatus } from "./advice-answer.ts";
import { fixOfDetail } from "./advice-details.ts";

/** How long each step took, in milliseconds; null where it did not come to that, or on a connection made before. */
export type StepTimes = {
  readonly dns: number | null;
  readonly connect: number | null;
  readonly tls: number | null;
  readonly total: number | null;
};

export type AttemptFacts = {
  readonly failure: AttemptFailure;
  readonly status: number | null;
  /** As it was stored with the attempt. */
  readonly detail: string | null;
  /** When it was sent, ISO 8601. */
  readonly at: string;
  /** The subscription's URL of then; null where no longer known. */
  readonly url: string | null;
  /** Size of the body that was sent; null where it cannot be known. */
  readonly bodyBytes: number | null;
  /** The answer's header. */
  readonly location: string | null;
  readonly times: StepTimes;
};

/** A newer Bellhop may have written others. */
export function isKnownFailure(reason: string): reason is AttemptFailure {
  return Object.hasOwn(attemptFailed, reason);
}

export function advise(facts: AttemptFacts): Reason {
  if (facts.failure === "status" && facts.status !== null) return adviseStatus(facts);
  if (facts.failure === "redirect_refused" && facts.status !== null) return adviseRedirect(facts);
  const reason = attemptFailed[facts.failure];
  const sentences = [reason.sentence, facts.detail, facts.failure === "timeout" ? slowStep(facts.times) : null];
  return {
    sentence: sentences.filter((sentence) => sentence !== null).join(" "),
    fix: fixOfDetail(facts.failure, facts.detail) ?? reason.fix,
  };
}

const stepNames = { dns: "resolving the host name", connect: "connecting", tls: "the TLS handshake" } as const;

/** Where an answer did not come in time, most of which went into making the connection. */
function slowStep(times: StepTimes): string | null {
  const { total } = times;
  if (total === null) return null;
  for (const step of ["dns", "connect", "tls"] as const) {
    const took = times[step];
    if (took !== null && took > total / 2) return `Most of the time, ${Math.round(took)} ms, went into ${stepNames[step]}.`;
  }
  return null;
}
