// Which subscriptions a question about numbers is about, and whether counters may answer it. They count a subscription as a whole, so
// whoever may see only one workspace's part of an app is answered from the log, which has the workspace in every row.
import type { StatisticsQuery } from "@bellhop/contract/statistics";
import { Problem } from "../domain/problem.ts";
import { findSubscription, subscriptionsOfApp } from "../store/notification-list-names.ts";
import type { Connection } from "../store/sql.ts";
import { ownsApp, subscriptionsOwnedBy } from "../store/statistics.ts";
import { findVisibleApp, mayAskAbout } from "./find.ts";
import type { Asking } from "./find.ts";

/** Subscriptions of one app, or of one workspace's apps, whose numbers are added up. */
const subscriptionsMax = 500;

/** `subscriptions`: null for all. `counted`: false where only the log can tell. */
export type Scope = { readonly subscriptions: readonly number[] | null; readonly counted: boolean };

export async function scopeOf(on: Connection, query: StatisticsQuery, asking: Asking): Promise<Scope> {
  const counted = query.workspace_id === undefined;
  if (query.subscription !== undefined) return ofSubscription(on, query.subscription, query.app, counted, asking);
  if (query.app !== undefined) {
    const app = await findVisibleApp(on, query.app, asking);
    return {
      subscriptions: await subscriptionsOfApp(on, app.ref, subscriptionsMax),
      counted: counted && (await isOwn(on, app.ref, asking)),
    };
  }
  if (asking.workspace === null) return { subscriptions: null, counted };
  return { subscriptions: await subscriptionsOwnedBy(on, asking.workspace, subscriptionsMax), counted };
}

async function ofSubscription(on: Connection, id: string, app: string | undefined, counted: boolean, asking: Asking): Promise<Scope> {
  const found = await findSubscription(on, id);
  const none = new Problem("not_found", `There is no subscription ${id}.`);
  if (!found || !(await mayAskAbout(on, found.app, asking))) throw none;
  const named = app === undefined ? found.app : (await findVisibleApp(on, app, asking)).ref;
  return {
    subscriptions: named === found.app ? [found.ref] : [],
    counted: counted && (await isOwn(on, found.app, asking)),
  };
}

async function isOwn(on: Connection, app: number, { workspace }: Asking): Promise<boolean> {
  return workspace === null || ownsApp(on, app, workspace);
}
