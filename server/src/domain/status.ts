// What a notification's steps say about it, in the one word that hub, API and command line show. This is the only place
// that decides: a query may leave out what cannot have a status, but what remains is judged here.

export type Status = "waiting" | "retrying" | "delivered" | "failed" | "held" | "dropped" | "canceled";

/** An attempt without a reason was answered with a 2xx. `planned`: the step says when the next attempt is. */
export type StepFacts = {
  readonly kind: "attempt" | "held" | "ended";
  readonly reason: string | null;
  readonly planned: boolean;
  /** Requests made for the notification up to this step. */
  readonly requests: number;
};

/** The cause of a hold that somebody's replay wrote: it waits for its turn like a fresh one. */
export const replayCause = "replay";

/**
 * Delivered if any step is a 2xx, whatever a later replay did; else what the newest step says. A notification that
 * ends after a request was made for it has failed; one that ends without any was dropped.
 */
export function statusOf(newest: StepFacts | null, anySuccess: boolean): Status {
  if (anySuccess) return "delivered";
  if (newest === null) return "waiting";
  if (newest.kind === "attempt") return attemptStatus(newest);
  if (newest.kind === "held") return newest.reason === replayCause ? "waiting" : "held";
  if (newest.reason === "canceled") return "canceled";
  return newest.requests > 0 || newest.reason === startedUnrecorded ? "failed" : "dropped";
}

/** Its requests stopped the process before they could be recorded, so it counts none. */
const startedUnrecorded = "quarantined";

function attemptStatus({ reason, planned }: StepFacts): Status {
  if (reason === null) return "delivered";
  return planned ? "retrying" : "failed";
}

/** Statuses that a notification without a single unsuccessful step cannot have. */
export const needsFailedStep: ReadonlySet<Status> = new Set(["retrying", "failed", "held", "dropped", "canceled"]);
