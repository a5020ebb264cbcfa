// Once a day each live subscription gets a ping, at a minute of its own: what its owner sees says that the endpoint is there
// and takes what is signed, even when no event comes for weeks. The result is kept and shown, nothing follows from it: it
// counts neither as success nor as failure, and a 410 disables nothing.
import { appRows } from "../store/directory-rows.ts";
import { activeBrakes } from "../store/brakes.ts";
import type { Brake } from "../store/brakes.ts";
import { keepPing, subscriptionsToPing } from "../store/pings.ts";
import type { DueRow } from "../store/pings.ts";
import { subscriptionRecords } from "../store/subscriptions.ts";
import type { SubscriptionRecord } from "../store/subscriptions.ts";
import { hostOf } from "../domain/brake-host.ts";
import { stateOf } from "../domain/subscription.ts";
import { createDailyRound, minutesOfDay } from "./daily-round.ts";
import type { DailyRound } from "./daily-round.ts";
import { ping } from "./ping.ts";
import type { PingDeps } from "./ping.ts";

/** Pings under way at once. */
export const pingsAtOnceMax = 16;

export type DailyPingDeps = PingDeps & { readonly trouble: (message: string, error: unknown) => void };

/** Making a subscription pings it, too: a new one waits for the next day. */
export function createDailyPing(deps: DailyPingDeps): DailyRound {
  return createDailyRound<DueRow>({
    name: "daily pings",
    atOnceMax: pingsAtOnceMax,
    nowMs: deps.nowMs,
    due: ({ after, ...turn }) => subscriptionsToPing(deps.database.control, { ...turn, minutesOfDay, afterRef: after?.ref ?? 0 }),
    work: (due) => pingOne(deps, due),
    trouble: deps.trouble,
  });
}

/** Read again at its turn: meanwhile it may have been paused, changed or deleted. */
async function pingOne(deps: DailyPingDeps, { ref, id, app: appRef }: DueRow): Promise<void> {
  const on = deps.database.control;
  const [app] = await appRows(on, [appRef]);
  const [subscription] = await subscriptionRecords(on, appRef, { id, limit: 1 });
  if (!app || !subscription || !isLive(subscription) || isBraked(subscription, await activeBrakes(on))) return;
  const atMs = deps.nowMs();
  const { status, failure } = await ping(deps, app, subscription);
  await keepPing(on, ref, atMs, { status, failure: failure?.reason ?? null });
}

function isLive({ topics, topics_off: topicsOff, state }: SubscriptionRecord): boolean {
  return stateOf({ topics, topicsOff }, state) === "live";
}

/** A brake on a workspace holds its events; a ping is none. */
function isBraked({ ref, app, url }: SubscriptionRecord, brakes: readonly Brake[]): boolean {
  const host = hostOf(url);
  return brakes.some((brake) => brake.subscription === ref || brake.app === app || brake.host === host);
}
