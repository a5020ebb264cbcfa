// What the figures mean to somebody who has to choose a machine.
import type { Report } from "./report.ts";
import { judgedRate, single } from "./settings.ts";
import { markdownTable } from "./table.ts";

/** Of the maximum: what is planned with, so that a burst or a retry storm has room. */
const planned = 0.5;
const secondsOfDay = 86_400;
const [perGb, perMillion] = [1e9, 1e6];

type Row = readonly [question: string, answer: string];

export function sizing(report: Report): string[] {
  const rows = [...rateRows(report), ...latencyRows(report), ...diskRows(report), ...memoryRows(report)];
  if (rows.length === 0) return [];
  const table = markdownTable(["For one core with Bellhop and its PostgreSQL on it", ""], rows);
  return [
    "## What a machine can do",
    table,
    "Single publishing to one subscription each, items of 1 kB. Another core, faster or slower, scales the first rows.",
  ];
}

function rateRows({ maximum }: Report): Row[] {
  const most = maximum?.result[single.name]?.rate;
  if (most === undefined) return [];
  const daily = (most * planned * secondsOfDay) / perMillion;
  return [
    ["It keeps up with", `${whole(most)} notifications a second`],
    ["To plan with, half of that", `${whole(most * planned)} a second, ${whole(daily)} million a day`],
  ];
}

/** The rates are told, since a part may be of another run than the maximum. */
function latencyRows({ latency }: Report): Row[] {
  const at = latency?.result.at.filter(
    ({ scenario, rate, share }) => scenario === single.name && (rate === judgedRate || share === planned),
  );
  return (at ?? []).map(({ rate, p50, p99 }): Row => [
    `From publish to receiver at ${whole(rate)} a second`,
    `median ${p50.toFixed(1)} ms, 99 % within ${p99.toFixed(0)} ms`,
  ]);
}

function diskRows({ counts }: Report): Row[] {
  const found = counts?.result.filter(({ scenario }) => scenario === single.name).at(-1);
  if (!found) return [];
  const gb = (bytes: number): string => ((bytes * perMillion) / perGb).toFixed(1);
  return [
    ["Disk for a million notifications, kept for the retention", `${gb(found.diskBytes)} GB`],
    ["Write-ahead log for a million notifications", `${gb(found.walBytes)} GB`],
  ];
}

function memoryRows({ memory }: Report): Row[] {
  const [active, idle] = [memory?.result.active ?? [], memory?.result.idle ?? []];
  return [
    ...active.map(({ destinations, rate, peakMb }): Row => [
      `Memory at ${whole(rate)} a second with ${whole(destinations)} active destinations, without PostgreSQL`,
      `${peakMb.toFixed(0)} MB`,
    ]),
    ...idle.map(({ subscriptions, residentMb }): Row => [
      `Memory with ${whole(subscriptions)} idle subscriptions`,
      `${residentMb.toFixed(0)} MB`,
    ]),
  ];
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
