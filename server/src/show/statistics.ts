// A page of numbers: counters from the tables and, for the minutes and the hour that are not there yet, from memory.
import { kept } from "../domain/kept.ts";
import { statisticsNamedMax } from "@bellhop/contract/statistics";
import type { Statistics, StatisticsQuery, StatisticsTotals } from "@bellhop/contract/statistics";
import { madeAtMs } from "../domain/id.ts";
import { addCounts, hourMs, newSum, percentileMs, place, startOf } from "../domain/statistics.ts";
import type { Counts, Recent } from "../domain/statistics.ts";
import type { Connection } from "../store/sql.ts";
import { nothing, subscriptionNames, sumsOf, sumsOfAll } from "../store/statistics.ts";
import type { SumRow } from "../store/statistics.ts";
import type { Asking } from "./find.ts";
import type { Names } from "./names.ts";
import type { Backlog } from "./statistics-backlog.ts";
import { rangeOf } from "./statistics-range.ts";
import type { Range } from "./statistics-range.ts";
import { noSample, sumBy, takeSample } from "./statistics-sample.ts";
import type { Sample } from "./statistics-sample.ts";
import { scopeOf } from "./statistics-scope.ts";

export type StatisticsDeps = {
  readonly names: Names;
  readonly recent: () => Recent;
  readonly backlog: Pick<Backlog, "now">;
  readonly nowMs: () => number;
  readonly retentionDays: number;
};

/** By the beginning of a step, and by subscription. */
type Sums = { readonly steps: Map<number, Counts>; readonly subscriptions: Map<number, Counts> };

export async function showStatistics(on: Connection, deps: StatisticsDeps, query: StatisticsQuery, asking: Asking): Promise<Statistics> {
  const scope = await scopeOf(on, query, asking);
  const range = rangeOf(query, scope.counted ? (scope.subscriptions?.length ?? null) : 0, deps.nowMs(), deps.retentionDays);
  const isSampled = !scope.counted || query.by_workspace !== false;
  const sample = isSampled ? await takeSample(on, query, range, asking) : noSample(range);
  const sums = scope.counted ? await countedSums(on, deps.recent(), range, scope.subscriptions) : sampledSums(sample, range);
  const total = newSum();
  for (const counts of sums.steps.values()) addCounts(total, counts);
  const asked = scope.subscriptions && new Set(scope.subscriptions);
  return {
    since: iso(range.fromMs),
    until: iso(range.toMs),
    step_s: range.stepMs / 1000,
    sampled: !scope.counted,
    sample: { notifications: sample.found.length, since: iso(sample.sinceMs), complete: sample.complete },
    totals: totals(total),
    series: pointsOf(range).map((atMs) => ({ at: iso(atMs), ...totals(sums.steps.get(atMs) ?? newSum()) })),
    by_subscription: await bySubscription(on, sums.subscriptions),
    by_workspace: await byWorkspace(on, deps.names, sample),
    backlog: await deps.backlog.now((subscription) => asked === null || asked.has(subscription)),
  };
}

async function countedSums(on: Connection, recent: Recent, range: Range, subscriptions: readonly number[] | null): Promise<Sums> {
  const { fromMs, toMs, stepMs } = range;
  const inHours = stepMs >= hourMs;
  const hours = inHours ? { fromMs, toMs: Math.min(toMs, recent.hoursFromMs) } : nothing;
  const minutes = inHours ? nothing : { fromMs, toMs };
  const own = { epoch: recent.epoch, fromMs: recent.minutesFromMs };
  const stepS = stepMs / 1000;
  const read = subscriptions === null ? sumsOfAll(on, hours, minutes, own, stepS) : sumsOf(on, subscriptions, hours, minutes, own, stepS);
  // Taken before anything is waited for: what is written meanwhile is in memory's answer or in the tables', not in both.
  const fresh = (inHours ? recent.hours : recent.minutes).filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const sums = { steps: new Map<number, Counts>(), subscriptions: new Map<number, Counts>() };
  const asked = subscriptions && new Set(subscriptions);
  for (const { atMs, counts } of fresh)
    for (const [subscription, each] of counts)
      if (asked === null || asked.has(subscription)) addRow(sums, startOf(atMs, stepMs), subscription, each);
  for (const row of await read) addSum(sums, row);
  return sums;
}

function addRow({ steps, subscriptions }: Sums, atMs: number, subscription: number, counts: Counts): void {
  addCounts(kept(steps, atMs, newSum), counts);
  addCounts(kept(subscriptions, subscription, newSum), counts);
}

function addSum({ steps, subscriptions }: Sums, { at_ms: atMs, subscription, counts }: SumRow): void {
  if (atMs !== null) addCounts(kept(steps, atMs, newSum), counts);
  if (subscription !== null) addCounts(kept(subscriptions, subscription, newSum), counts);
}

function sampledSums({ found }: Sample, { stepMs }: Range): Sums {
  return {
    steps: sumBy(found, ({ id }) => startOf(madeAtMs(id), stepMs)),
    subscriptions: sumBy(found, ({ subscription }) => subscription),
  };
}

async function bySubscription(on: Connection, sums: ReadonlyMap<number, Counts>): Promise<Statistics["by_subscription"]> {
  const busiest = mostAttempts(sums);
  const refs = busiest.map(([ref]) => ref);
  const names = new Map((await subscriptionNames(on, refs)).map((name) => [name.ref, name]));
  return busiest.flatMap(([ref, counts]) => {
    const name = names.get(ref);
    return name ? [{ app: name.app, subscription: name.id, ...totals(counts) }] : [];
  });
}

async function byWorkspace(on: Connection, names: Names, { found }: Sample): Promise<Statistics["by_workspace"]> {
  const busiest = mostAttempts(sumBy(found, ({ workspace }) => workspace));
  await names.loadWorkspaces(
    on,
    busiest.map(([ref]) => ref),
  );
  return busiest.map(([ref, counts]) => ({ workspace_id: names.workspace(ref), ...totals(counts) }));
}

function mostAttempts(sums: ReadonlyMap<number, Counts>): [number, Counts][] {
  const attempts = (counts: Counts): number => counts[place.attempts] as number;
  return [...sums].toSorted(([, a], [, b]) => attempts(b) - attempts(a)).slice(0, statisticsNamedMax);
}

function pointsOf({ fromMs, toMs, stepMs }: Range): number[] {
  return Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, (_, index) => fromMs + index * stepMs);
}

function totals(counts: Counts): StatisticsTotals {
  const { made, attempts, delivered, failed, ended } = place;
  return {
    made: counts[made] as number,
    attempts: counts[attempts] as number,
    delivered: counts[delivered] as number,
    failed: counts[failed] as number,
    ended: counts[ended] as number,
    p50_ms: percentileMs(counts, 0.5),
    p95_ms: percentileMs(counts, 0.95),
    p99_ms: percentileMs(counts, 0.99),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
