// What happened to each notification, from its steps: the newest one, the newest attempt, and whether any was a success.
import { statusOf } from "../domain/status.ts";
import type { Status } from "../domain/status.ts";
import type { NotificationRow, Stretch } from "../store/notification-list.ts";
import { attemptSteps, attemptsReadMax, newestSteps } from "../store/notification-list-steps.ts";
import type { StepRow } from "../store/notification-list-steps.ts";
import type { Connection } from "../store/sql.ts";
import { attemptsReadFirst, historyCost, lookUpCost } from "./list-cost.ts";

export type Settled = {
  readonly row: NotificationRow;
  readonly status: Status;
  readonly newest: StepRow | null;
  readonly newestAttempt: StepRow | null;
};

const kinds = { a: "attempt", h: "held", e: "ended" } as const;

/** From all of its steps, or from the newest and all attempts. */
export function settledFrom(row: NotificationRow, newest: StepRow | null, attempts: readonly StepRow[]): Settled {
  const facts = newest && { kind: kinds[newest.kind], reason: newest.reason, planned: newest.next_at !== null, requests: newest.requests };
  const status = statusOf(facts, attempts.some(isSuccess));
  const newestAttempt = attempts.reduce<StepRow | null>((best, each) => (best && best.step > each.step ? best : each), null);
  return { row, status, newest, newestAttempt };
}

const isSuccess = (step: StepRow): boolean => step.kind === "a" && step.reason === null;

/** A delivered notification is never retried, only replayed: an attempt that plans another tells that none succeeded before. */
const isRetried = (step: StepRow): boolean => step.kind === "a" && step.next_at !== null;

/**
 * The first of the rows that the budget allows, at least one. Most are settled by their newest step. Where that is an end
 * or a last failure, a replay may have failed after a success, and attempts before it are read.
 */
export async function settle(on: Connection, rows: readonly NotificationRow[], within: Stretch, budget: number): Promise<Settled[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const newest = new Map((await newestSteps(on, ids, within)).map((step) => [step.notification, step]));
  const recent = affordable(ids, newest, isUnclear, () => historyCost, budget);
  const some = await attemptsOf(on, recent.chosen, within, attemptsReadFirst);
  const allOf = affordable(
    recent.ids,
    newest,
    (id) => !isConclusive(some.get(id)),
    (step) => step.step + lookUpCost,
    recent.left,
  );
  const all = await attemptsOf(on, allOf.chosen, within, attemptsReadMax);
  return rows.slice(0, allOf.ids.length).map((row) => {
    const step = newest.get(row.id) ?? null;
    return settledFrom(row, step, all.get(row.id) ?? some.get(row.id) ?? (step?.kind === "a" ? [step] : []));
  });
}

type Attempts = ReadonlyMap<string, readonly StepRow[]>;

async function attemptsOf(on: Connection, ids: readonly string[], within: Stretch, count: number): Promise<Attempts> {
  if (ids.length === 0) return new Map();
  return Map.groupBy(await attemptSteps(on, ids, within, count), (step) => step.notification);
}

function isUnclear(_: string, step: StepRow): boolean {
  return !isSuccess(step) && !isRetried(step) && step.requests > 0 && !(step.kind === "a" && step.step === 1);
}

/** Undefined: they did not have to be read. */
function isConclusive(attempts: readonly StepRow[] | undefined): boolean {
  return attempts === undefined || attempts.length < attemptsReadFirst || attempts.some((step) => isSuccess(step) || isRetried(step));
}

type Affordable = { readonly ids: string[]; readonly chosen: string[]; readonly left: number };

/** The ids, from the first on, that the budget allows, and those of them that need reading. */
function affordable(
  ids: readonly string[],
  newest: ReadonlyMap<string, StepRow>,
  needed: (id: string, newest: StepRow) => boolean,
  cost: (newest: StepRow) => number,
  budget: number,
): Affordable {
  const chosen: string[] = [];
  let left = budget;
  for (const [index, id] of ids.entries()) {
    const step = newest.get(id);
    if (!step || !needed(id, step)) continue;
    if (left < cost(step) && index > 0) return { ids: ids.slice(0, index), chosen, left };
    left -= cost(step);
    chosen.push(id);
  }
  return { ids: [...ids], chosen, left };
}
