// A subscription's state as people steer and read it: pause, set live, history. Whoever sends owns the state; what is asked
// for here goes to it through `Steering`, and is read again afterwards. The audit is the history.
import type { StateChange, SubscriptionView } from "@bellhop/contract/subscriptions";
import { Problem } from "../domain/problem.ts";
import type { Actor } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { stateChanges } from "../store/subscriptions.ts";
import type { StateChangeRow, SubscriptionRecord } from "../store/subscriptions.ts";
import type { AppRow } from "../store/directory-rows.ts";
import type { By } from "./find.ts";
import { mapPage, readPage, serialOf } from "./find-page.ts";
import type { List, Page, PageQuery } from "./find-page.ts";
import { appOf, subscriptionOf } from "./subscriptions-find.ts";
import { heldFor } from "./subscriptions-held.ts";
import type { HeldDeps } from "./subscriptions-held.ts";
import { showWithHeld } from "./subscriptions-show.ts";
import type { ShowDeps } from "./subscriptions-show.ts";
import { causeOf, derivedState } from "./subscriptions-view.ts";
import { untilMistakes } from "./until.ts";

/** Whoever sends, by a subscription's ref. False: this process does not deliver at the moment. Resolves once it is stored. */
export type Steering = {
  /** Sends nothing until `untilMs`, or until set live. */
  pause(subscription: number, untilMs: number | null, by: Actor): Promise<boolean>;
  setLive(subscription: number, held: "send" | "discard", by: Actor): Promise<boolean>;
};

export type StateDeps = ShowDeps & HeldDeps & { readonly steering: Steering; readonly nowMs: () => number };

/** A subscription below its app, as a request names it. */
export type Place = { readonly app: string; readonly id: string; readonly by: By };

const retryAfterS = 1;

export async function pauseSubscription(deps: StateDeps, { app: idOrExt, id, by }: Place, until: string | null): Promise<SubscriptionView> {
  const app = await appOf(deps.database, idOrExt, by.asking);
  const record = await subscriptionOf(deps.database.control, app, id);
  const mistakes = until === null ? [] : untilMistakes(until, deps.nowMs());
  if (mistakes.length > 0) throw new Problem("invalid_request", undefined, mistakes);
  refusePause(record);
  await steered(deps.steering.pause(record.ref, until === null ? null : Date.parse(until), by.actor));
  return showWithHeld(deps, app, await subscriptionOf(deps.database.control, app, id));
}

/** Leaves any state but `off`. The answer says how many were held when it was asked for. */
export async function setLive(deps: StateDeps, { app: idOrExt, id, by }: Place, held: "send" | "discard"): Promise<SubscriptionView> {
  const app = await appOf(deps.database, idOrExt, by.asking);
  const record = await subscriptionOf(deps.database.control, app, id);
  if (stateNow(record) === "off") {
    throw new Problem("conflict", "The subscription is off because none of its topics is switched on; switch one on, which sets it live.");
  }
  const before = await heldFor(deps, record.ref);
  await steered(deps.steering.setLive(record.ref, held, by.actor));
  return showWithHeld(deps, app, await subscriptionOf(deps.database.control, app, id), before);
}

/** What makes or sends nothing anyway cannot be paused: a pause would end by itself, and the rest would not. */
function refusePause(record: SubscriptionRecord): void {
  const refusals: Record<string, string> = {
    off: "The subscription is off because none of its topics is switched on, so there is nothing to pause; switch a topic on first.",
    disabled:
      "The subscription is disabled because its endpoint answered 410 Gone, so there is nothing to pause; set it live first if the endpoint exists again.",
    suspended: "The subscription is suspended and sends nothing until it is set live, so there is nothing to pause; set it live first.",
  };
  const refusal = refusals[stateNow(record)];
  if (refusal !== undefined) throw new Problem("conflict", refusal);
}

function stateNow(record: SubscriptionRecord): SubscriptionView["state"] {
  return derivedState(record, record.state, null).state;
}

async function steered(done: Promise<boolean>): Promise<void> {
  if (!(await done)) throw new Problem("unavailable", "Bellhop is not delivering at the moment; try again.", [], retryAfterS);
}

const list: List<StateChangeRow> = { name: "states", position: /^(\d{1,15})$/, positionOf: ({ id }) => String(id) };

/** The history, newest first, with the warnings that were given. */
export async function listStates(database: Database, id: string, app: AppRow, query: PageQuery): Promise<Page<StateChange>> {
  await subscriptionOf(database.control, app, id);
  const page = await readPage(list, query, (after, limit) => stateChanges(database.control, id, serialOf(after), limit));
  return mapPage(page, ({ state, cause, until, at, key, warning_day }) => ({
    state,
    cause,
    sentence: causeOf(cause)?.sentence ?? null,
    until,
    warning_day,
    at: at.toISOString(),
    by: key,
  }));
}
