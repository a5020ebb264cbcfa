// How every app fares, in one answer: hours of its subscriptions, added up.
import { healthAppsMax } from "@bellhop/contract/statistics";
import type { AppsStatistics } from "@bellhop/contract/statistics";
import { Problem } from "../domain/problem.ts";
import { hourMs, place, startOf } from "../domain/statistics.ts";
import type { Recent } from "../domain/statistics.ts";
import type { Connection } from "../store/sql.ts";
import { hoursByApp } from "../store/statistics.ts";
import type { AppHourRow, HourCounts } from "../store/statistics.ts";
import type { Asking } from "./find.ts";
import { instantAsked } from "./statistics-range.ts";

const hoursDefault = 24;
const hoursMax = 7 * 24;

export type AppsDeps = { readonly recent: () => Recent; readonly nowMs: () => number };

export async function showAppsStatistics(
  on: Connection,
  { recent: current, nowMs }: AppsDeps,
  query: { since?: string },
  asking: Asking,
): Promise<AppsStatistics> {
  const toMs = startOf(nowMs(), hourMs) + hourMs;
  const fromMs = query.since === undefined ? toMs - hoursDefault * hourMs : startOf(sinceAsked(query.since, nowMs()), hourMs);
  const recent = current();
  const hours = { fromMs, toMs: Math.min(toMs, recent.hoursFromMs) };
  const rows = await hoursByApp(on, hours, recentHours(recent, fromMs), asking.workspace);
  const apps = [...Map.groupBy(rows, (row) => row.app)].map(([app, own]) => ({ app, own, attempts: sum(own, "attempts") }));
  const busiest = apps.toSorted((a, b) => b.attempts - a.attempts).slice(0, healthAppsMax);
  return {
    since: new Date(fromMs).toISOString(),
    step_s: hourMs / 1000,
    data: busiest.map(({ app, own }) => ({
      app,
      delivered: sum(own, "delivered"),
      failed: sum(own, "failed"),
      ended: sum(own, "ended"),
      series: seriesOf(own, fromMs, toMs),
    })),
  };
}

function sinceAsked(text: string, nowMs: number): number {
  const ms = instantAsked("since", text);
  if (ms <= nowMs && nowMs - ms <= hoursMax * hourMs) return ms;
  throw new Problem("invalid_query", undefined, [{ pointer: "/since", message: "is not within the last 7 days" }]);
}

function recentHours({ hours }: Recent, fromMs: number): HourCounts[] {
  return hours
    .filter(({ atMs }) => atMs >= fromMs)
    .flatMap(({ atMs, counts }) =>
      [...counts].map(([subscription, each]) => ({
        atMs,
        subscription,
        attempts: each[place.attempts] as number,
        delivered: each[place.delivered] as number,
        failed: each[place.failed] as number,
        ended: each[place.ended] as number,
      })),
    );
}

function seriesOf(rows: readonly AppHourRow[], fromMs: number, toMs: number): AppsStatistics["data"][number]["series"] {
  const byHour = new Map(rows.map((row) => [row.at_ms, row]));
  return Array.from({ length: Math.round((toMs - fromMs) / hourMs) }, (_, index) => {
    const atMs = fromMs + index * hourMs;
    const { delivered = 0, failed = 0 } = byHour.get(atMs) ?? {};
    return { at: new Date(atMs).toISOString(), delivered, failed };
  });
}

const sum = (rows: readonly AppHourRow[], name: "attempts" | "delivered" | "failed" | "ended"): number =>
  rows.reduce((total, row) => total + row[name], 0);
