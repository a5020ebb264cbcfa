// Subscriptions with what is known of them elsewhere: the brakes that hold them, and, for one alone, how many are held.
import type { BrakeOnSubscription } from "@bellhop/contract/brakes";
import type { Held, SubscriptionView } from "@bellhop/contract/subscriptions";
import { hostOf } from "../domain/brake-host.ts";
import type { Catalogue } from "../domain/catalogue.ts";
import { brakesOnApp } from "../store/brakes.ts";
import type { Brake } from "../store/brakes.ts";
import type { AppRow } from "../store/directory-rows.ts";
import type { SubscriptionRecord } from "../store/subscriptions.ts";
import { heldFor } from "./subscriptions-held.ts";
import type { HeldDeps } from "./subscriptions-held.ts";
import { subscriptionView } from "./subscriptions-view.ts";

export type ShowDeps = Pick<HeldDeps, "database"> & { readonly catalogue: () => Catalogue };

/** Of one app. `held` is left out: counting costs. */
export async function showAll(deps: ShowDeps, app: AppRow, records: readonly SubscriptionRecord[]): Promise<SubscriptionView[]> {
  const refs = records.map(({ ref }) => ref);
  const hosts = [...new Set(records.map(({ url }) => hostOf(url)))];
  const brakes = await brakesOnApp(deps.database.control, app.ref, refs, hosts);
  return records.map((record) => subscriptionView(deps.catalogue(), app, record, { brakes: brakesOn(record, brakes), held: null }));
}

export async function show(deps: ShowDeps, app: AppRow, record: SubscriptionRecord): Promise<SubscriptionView> {
  const [view] = await showAll(deps, app, [record]);
  return view as SubscriptionView;
}

export async function showWithHeld(
  deps: ShowDeps & HeldDeps,
  app: AppRow,
  record: SubscriptionRecord,
  held?: Held,
): Promise<SubscriptionView> {
  return { ...(await show(deps, app, record)), held: held ?? (await heldFor(deps, record.ref)) };
}

/** A brake on a workspace where the app is installed holds some of what the subscription gets. */
function brakesOn({ ref, url }: SubscriptionRecord, brakes: readonly Brake[]): BrakeOnSubscription[] {
  const host = hostOf(url);
  const here = brakes.filter((brake) => (brake.subscription ?? ref) === ref && (brake.host ?? host) === host);
  return here.map((brake) => ({
    id: brake.id,
    names: namedBy(brake),
    until: new Date(brake.until_ms).toISOString(),
    reason: brake.reason,
  }));
}

function namedBy({ app, subscription, host }: Brake): BrakeOnSubscription["names"] {
  if (app !== null) return "app";
  if (subscription !== null) return "subscription";
  return host === null ? "workspace" : "host";
}
