// Changes of a subscription's state, each with its time and cause: by the engine (its endpoint is gone), by people (set
// live), and, derived, by switching topics. The audit is the history.
import type { StateChange, SubscriptionView } from "@bellhop/contract/subscriptions";
import { change } from "../store/change.ts";
import type { Change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import { keepState, keptState, stateChanges } from "../store/subscriptions.ts";
import type { KeptState, StateChangeRow } from "../store/subscriptions.ts";
import type { AppRow } from "../store/directory-rows.ts";
import type { By } from "./find.ts";
import { mapPage, readPage, serialOf } from "./find-page.ts";
import type { List, Page, PageQuery } from "./find-page.ts";
import type { PingDeps } from "./ping.ts";
import { appOf, subscriptionOf } from "./subscriptions-find.ts";
import { derivedState, subscriptionView } from "./subscriptions-view.ts";

/** For the engine: the endpoint answered 410. Safe to call again; does nothing once it is disabled or deleted. */
export async function disableSubscription(database: Database, ref: number, cause: string): Promise<void> {
  const known = await keptState(database.control, ref);
  if (known === undefined || known.state === "disabled") return;
  await change(database, { key: "engine", route: "disableSubscription" }, (changing) => moveTo(changing, ref, "disabled", cause));
}

/** Leaves `disabled`; a subscription that is live already stays as it is. */
export async function setLive(deps: PingDeps, id: string, idOrExt: string, by: By): Promise<SubscriptionView> {
  const app = await appOf(deps.database, idOrExt, by.asking);
  const { ref, state } = await subscriptionOf(deps.database.control, app, id);
  if (state !== "live") await change(deps.database, by.actor, (changing) => moveTo(changing, ref, "live", "set_live"));
  return subscriptionView(deps.catalogue(), app, await subscriptionOf(deps.database.control, app, id));
}

async function moveTo(changing: Change, ref: number, state: KeptState["state"], cause: string): Promise<void> {
  const before = await keptState(changing.on, ref);
  if (before === undefined || before.state === state) return;
  await keepState(changing, ref, state, cause);
  changing.audit({
    subject: before.id,
    before: derivedState(before, before.state, before.cause),
    after: derivedState(before, state, cause),
  });
}

const list: List<StateChangeRow> = { name: "states", position: /^(\d{1,15})$/, positionOf: ({ id }) => String(id) };

/** The history, newest first. */
export async function listStates(database: Database, id: string, app: AppRow, query: PageQuery): Promise<Page<StateChange>> {
  await subscriptionOf(database.control, app, id);
  const page = await readPage(list, query, (after, limit) => stateChanges(database.control, id, serialOf(after), limit));
  return mapPage(page, ({ state, cause, at, key }) => ({ state, cause, at: at.toISOString(), by: key }));
}
