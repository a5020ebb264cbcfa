// How long a page of the hub takes to have all its answers, with a million notifications in the log: all calls as the page makes them,
// over HTTP with a session, from another core. What the browser does with the answers is not in it.
import { pageCalls } from "../test/browser/page-calls.ts";
import type { PageCalls, Values } from "../test/browser/page-calls.ts";
import { PageVisits } from "../test/browser/page-visits.ts";
import { dayMs, filled, million, notificationsPerEvent } from "../test/filled-log.ts";
import type { Bench } from "./bench.ts";
import { Bellhop } from "./bellhop.ts";
import { measuredCore } from "./pinned.ts";
import { median, quantile } from "./statistics.ts";

/** Each page is opened so often, all of them by turns. */
const rounds = 20;
/** No page is opened after this; filling the log is not in it. */
const openingWithinMs = 300_000;
/** The newest notification is so old. */
const newestAgoMs = 120_000;

export type PageTimes = {
  readonly page: string;
  readonly app: "busy" | "failing";
  readonly calls: number;
  readonly medianMs: number;
  readonly p90Ms: number;
};
export type PagesResult = { readonly notifications: number; readonly rounds: number; readonly times: readonly PageTimes[] };

type Opening = { readonly page: PageCalls; readonly app: PageTimes["app"]; readonly values: Values; readonly ms: number[]; calls: number };

export async function measurePages(bench: Bench): Promise<PagesResult> {
  const system = await bench.start(() => Bellhop.start(measuredCore));
  bench.say("pages: filling the log");
  await system.fillLog({ ...million, fromMs: Date.now() - million.days * dayMs - newestAgoMs });
  const visits = await PageVisits.signIn(`http://127.0.0.1:${system.port}`, system.key);
  const openings: Opening[] = [];
  for (const app of ["busy", "failing"] as const) {
    const values = await visits.valuesOf(filled[app], Date.now());
    openings.push(...pageCalls.map((page) => ({ page, app, values, ms: [], calls: 0 })));
  }
  bench.say(`pages: opening each ${rounds} times`);
  await openAll(visits, openings);
  await bench.stop(system);
  return {
    notifications: million.days * million.eventsPerDay * notificationsPerEvent,
    rounds,
    times: openings.map(({ page: { page }, app, calls, ms }) => ({ page, app, calls, medianMs: median(ms), p90Ms: quantile(ms, 0.9) })),
  };
}

async function openAll(visits: PageVisits, openings: readonly Opening[]): Promise<void> {
  const giveUpAt = performance.now() + openingWithinMs;
  for (let round = 0; round < rounds; round++)
    for (const opening of openings) {
      if (performance.now() > giveUpAt) throw new Error(`pages could not be opened ${rounds} times in ${openingWithinMs / 1_000} s`);
      const { calls, ms } = await visits.open(opening.page, opening.values);
      opening.calls = calls;
      opening.ms.push(ms);
    }
}
