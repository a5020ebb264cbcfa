// Finding a subscription below its app, for whoever may see that app.
import { subscriptionLimits } from "@bellhop/contract/subscriptions";
import { Problem } from "../domain/problem.ts";
import type { Database } from "../store/database.ts";
import { appRows } from "../store/directory-rows.ts";
import type { AppRow } from "../store/directory-rows.ts";
import type { Connection } from "../store/sql.ts";
import { subscriptionRecords } from "../store/subscriptions.ts";
import type { SubscriptionRecord } from "../store/subscriptions.ts";
import { findApp } from "./find.ts";
import type { Asking } from "./find.ts";
import { readPage, serialOf, serialPosition } from "./find-page.ts";
import type { List, Page, PageQuery } from "./find-page.ts";

/** The app with its owner's facts; `idOrExt` is an id or `ext:` and the operator's own. */
export async function appOf(database: Database, idOrExt: string, asking: Asking): Promise<AppRow> {
  const { ref } = await findApp(database, idOrExt, asking);
  return appByRef(database.control, ref);
}

/** Again in a transaction: what was found may be gone by now. */
export async function appByRef(on: Connection, ref: number): Promise<AppRow> {
  const app = (await appRows(on, [ref]))[0];
  if (app === undefined) throw new Problem("unknown_app", "The app was deleted.");
  return app;
}

export async function subscriptionOf(on: Connection, app: AppRow, id: string): Promise<SubscriptionRecord> {
  const record = (await subscriptionRecords(on, app.ref, { id, limit: 1 }))[0];
  if (record === undefined) throw new Problem("not_found", `The app ${app.id} has no subscription "${id}".`);
  return record;
}

export function allSubscriptions(on: Connection, app: AppRow): Promise<SubscriptionRecord[]> {
  return subscriptionRecords(on, app.ref, { limit: subscriptionLimits.perAppMax });
}

const list: List<SubscriptionRecord> = { name: "subscriptions", position: serialPosition, positionOf: ({ ref }) => String(ref) };

/** A page of them, newest first. */
export function listSubscriptions(on: Connection, app: AppRow, query: PageQuery): Promise<Page<SubscriptionRecord>> {
  return readPage(list, query, (after, limit) => subscriptionRecords(on, app.ref, { beforeRef: serialOf(after), limit }));
}
