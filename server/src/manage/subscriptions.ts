// Making, changing and deleting subscriptions. What the endpoint must answer first is asked outside the transaction; the
// transaction decides again on fresh rows, so that two saves at once cannot pass a limit or undo each other's fields.
import { subscriptionLimits } from "@bellhop/contract/subscriptions";
import type { NewSubscription, SavedSubscription, SubscriptionChange } from "@bellhop/contract/subscriptions";
import type { Exchange } from "@bellhop/contract/exchange";
import { Problem } from "../domain/problem.ts";
import { duplicateWarnings } from "../domain/subscription.ts";
import { change } from "../store/change.ts";
import type { AppRow } from "../store/directory-rows.ts";
import * as store from "../store/subscriptions.ts";
import type { SubscriptionRecord } from "../store/subscriptions.ts";
import { checkReachable } from "./check-url.ts";
import type { By } from "./find.ts";
import { exchangeLimits, ping } from "./ping.ts";
import type { PingDeps } from "./ping.ts";
import { randomId } from "./random-id.ts";
import { draft, newSettings } from "./subscriptions-draft.ts";
import type { Draft } from "./subscriptions-draft.ts";
import { allSubscriptions, appByRef, appOf, subscriptionOf } from "./subscriptions-find.ts";
import { show } from "./subscriptions-show.ts";
import { auditView } from "./subscriptions-view.ts";

type Save<Body> = {
  readonly by: By;
  readonly app: string;
  readonly body: Body;
  /** False skips HEAD and ping. */
  readonly verify: boolean;
};

type Written = { record: SubscriptionRecord; app: AppRow; madeSecret: string | null; others: SubscriptionRecord[] };

export async function createSubscription(deps: PingDeps, save: Save<NewSubscription>): Promise<SavedSubscription> {
  const found = await appOf(deps.database, save.app, save.by.asking);
  const before = newSettings(randomId("sub_"));
  const planned = planDraft(deps, found, before, save.body);
  const head = save.verify ? await reachable(deps, planned) : null;
  const written = await change(deps.database, save.by.actor, async (changing): Promise<Written> => {
    const app = await appByRef(changing.on, found.ref);
    const others = await allSubscriptions(changing.on, app);
    if (others.length >= subscriptionLimits.perAppMax) throw tooMany(app);
    const { settings, madeSecret } = planDraft(deps, app, before, save.body);
    await store.insertSubscription(changing, app.ref, settings);
    changing.audit({ subject: settings.id, before: null, after: auditView(settings, "live", null) });
    return { record: await subscriptionOf(changing.on, app, settings.id), app, madeSecret, others };
  });
  return saved(deps, written, head, save.verify);
}

export async function changeSubscription(deps: PingDeps, id: string, save: Save<SubscriptionChange>): Promise<SavedSubscription> {
  const found = await appOf(deps.database, save.app, save.by.asking);
  const known = await subscriptionOf(deps.database.control, found, id);
  const planned = planDraft(deps, found, known, save.body);
  const head = save.verify && planned.settings.url !== known.url ? await reachable(deps, planned) : null;
  const written = await change(deps.database, save.by.actor, async (changing): Promise<Written> => {
    const app = await appByRef(changing.on, found.ref);
    const before = await subscriptionOf(changing.on, app, id);
    const { settings, madeSecret } = planDraft(deps, app, before, save.body);
    await store.updateSubscription(changing, before.ref, settings);
    changing.audit({
      subject: id,
      before: auditView(before, before.state, before.state_cause),
      after: auditView(settings, before.state, before.state_cause),
    });
    return { record: await subscriptionOf(changing.on, app, id), app, madeSecret, others: await allSubscriptions(changing.on, app) };
  });
  return saved(deps, written, head, save.verify);
}

/** What waits for it ends by the rules of sending: a subscription that is gone gets no further request. */
export async function deleteSubscription(deps: PingDeps, id: string, save: Omit<Save<never>, "body" | "verify">): Promise<void> {
  const app = await appOf(deps.database, save.app, save.by.asking);
  await change(deps.database, save.by.actor, async (changing) => {
    const before = await subscriptionOf(changing.on, app, id);
    await store.deleteSubscription(changing, before.ref);
    changing.audit({ subject: id, before: auditView(before, before.state, before.state_cause), after: null });
  });
}

function planDraft(deps: PingDeps, app: AppRow, before: Parameters<typeof draft>[1], body: NewSubscription | SubscriptionChange): Draft {
  if (app.owner_kind === "trial") throw notEntitled(app);
  return draft(deps, before, app.api_version, body);
}

function reachable({ delivery }: PingDeps, { settings }: Draft): Promise<Exchange> {
  // Connections of its own: until the save is done, notifications still go to the old URL over the subscription's.
  const question = { ...exchangeLimits(settings), pool: `check:${settings.id}`, connections: 1 };
  return checkReachable(delivery, { ...question, url: settings.url });
}

/** The ping comes after the commit: what it answers is shown and changes nothing. */
async function saved(deps: PingDeps, written: Written, head: Exchange | null, verify: boolean): Promise<SavedSubscription> {
  const { app, record, madeSecret, others } = written;
  return {
    ...(await show(deps, app, record)),
    ...(madeSecret === null ? {} : { signing_secret: madeSecret }),
    warnings: duplicateWarnings(record, others),
    checks: { head, ping: verify ? await ping(deps, app, record) : null },
  };
}

function tooMany(app: AppRow): Problem {
  const max = subscriptionLimits.perAppMax;
  return new Problem(
    "limit_reached",
    `The app ${app.id} has ${max} subscriptions, which is the most; delete one, or add topics to another.`,
  );
}

function notEntitled(app: AppRow): Problem {
  const fix = "change the workspace to a paid or development one first";
  return new Problem("owner_not_entitled", `The workspace ${app.owner_id} that owns the app ${app.id} is on a trial; ${fix}.`);
}
