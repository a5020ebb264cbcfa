// Once a day each live subscription gets a ping, at a minute of its own: what its owner sees says that the endpoint is there
// and takes what is signed, even when no event comes for weeks. The result is kept and shown, nothing follows from it: it
// counts neither as success nor as failure, and a 410 disables nothing.
//
// The minute is the remainder of the subscription's number by the minutes of a day, so pings are spread evenly and no list
// of times is needed. A look asks for the minutes since the one before. After a stop it asks for a few hours back, at most;
// whoever missed more waits for the next day.
import { appRows } from "../store/directory-rows.ts";
import { activeBrakes } from "../store/brakes.ts";
import type { Brake } from "../store/brakes.ts";
import { keepPing, minutesOfDay, subscriptionsToPing } from "../store/pings.ts";
import type { DueRow } from "../store/pings.ts";
import { subscriptionRecords } from "../store/subscriptions.ts";
import type { SubscriptionRecord } from "../store/subscriptions.ts";
import { hostOf } from "../domain/brake-host.ts";
import { stateOf } from "../domain/subscription.ts";
import { ping } from "./ping.ts";
import type { PingDeps } from "./ping.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** Looked back over after a stop. With `quietMs` less than a day: who is late today still has tomorrow's turn. */
const catchUpMs = 3 * hourMs;
/** Nobody is pinged twice within this time; making a subscription pings it, too. */
const quietMs = 20 * hourMs;
/** Pings under way at once. */
export const pingsAtOnceMax = 16;
const pageRows = 200;

export type DailyPingDeps = PingDeps & { readonly trouble: (message: string, error: unknown) => void };

export type DailyPing = {
  /** Pings whoever has had a turn since the last look; resolves when all are answered. */
  look(): Promise<void>;
  /** Starts no further ping; resolves when those under way are answered, each by its own deadline. */
  stop(): Promise<void>;
};

/** Looks each minute until it is stopped. */
export function startDailyPing(deps: DailyPingDeps): { stop(): Promise<void> } {
  const daily = createDailyPing(deps);
  const timer = setInterval(() => void daily.look(), minuteMs).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return daily.stop();
    },
  };
}

/** Without a timer: it looks when it is told to. A look asked for during another one is that one. */
export function createDailyPing(deps: DailyPingDeps): DailyPing {
  let lookedMinute = minuteAt(deps.nowMs() - catchUpMs);
  let looking: Promise<void> | null = null;
  let stopped = false;
  const isStopped = (): boolean => stopped;

  const lookOnce = async (): Promise<void> => {
    const now = minuteAt(deps.nowMs());
    const from = Math.max(lookedMinute + 1, now - catchUpMs / minuteMs);
    for (let minute = from; minute <= now && !isStopped(); minute++) {
      await pingMinute(deps, minute, isStopped);
      lookedMinute = minute;
    }
  };
  return {
    look: () =>
      (looking ??= lookOnce()
        .catch((error: unknown) => deps.trouble("the daily pings could not be looked for; they are again in a minute", error))
        .finally(() => (looking = null))),
    stop: async () => {
      stopped = true;
      await looking;
    },
  };
}

function minuteAt(atMs: number): number {
  return Math.floor(atMs / minuteMs);
}

async function pingMinute(deps: DailyPingDeps, minute: number, stopped: () => boolean): Promise<void> {
  const turn = { minute: minute % minutesOfDay, quietSinceMs: deps.nowMs() - quietMs, limit: pageRows };
  for (let afterRef = 0; !stopped();) {
    const page = await subscriptionsToPing(deps.database.control, { ...turn, afterRef });
    if (page.length > 0) await pingAll(deps, page, stopped);
    if (page.length < pageRows) return;
    afterRef = page.at(-1)?.ref ?? afterRef;
  }
}

async function pingAll(deps: DailyPingDeps, due: readonly DueRow[], stopped: () => boolean): Promise<void> {
  const brakes = await activeBrakes(deps.database.control);
  const waiting = due.values();
  const pingOneByOne = async (): Promise<void> => {
    for (const each of waiting) {
      if (stopped()) return;
      await pingOne(deps, each, brakes).catch((error: unknown) =>
        deps.trouble(`the daily ping of ${each.id} failed inside Bellhop`, error),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(pingsAtOnceMax, due.length) }, pingOneByOne));
}

/** Read again at its turn: meanwhile it may have been paused, changed or deleted. */
async function pingOne(deps: DailyPingDeps, { ref, id, app: appRef }: DueRow, brakes: readonly Brake[]): Promise<void> {
  const on = deps.database.control;
  const [app] = await appRows(on, [appRef]);
  const [subscription] = await subscriptionRecords(on, appRef, { id, limit: 1 });
  if (!app || !subscription || !isLive(subscription) || isBraked(subscription, brakes)) return;
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
