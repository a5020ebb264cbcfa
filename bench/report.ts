// What was measured, part by part, each with the circumstances under which it was; and the same as sections of tables.
import type { Count } from "./counts.ts";
import type { HangingResult } from "./hanging.ts";
import type { LatencyResult } from "./latency.ts";
import type { Maximum } from "./maximum.ts";
import type { MemoryResult } from "./memory.ts";
import type { Overhead } from "./overhead.ts";
import type { PagesResult } from "./pages.ts";
import type { RivalsResult } from "./rivals/measure.ts";
import { rivalParts } from "./rivals/report.ts";
import type { Timing } from "./settings.ts";
import type { Control } from "./statistics.ts";

export type Circumstances = {
  readonly command: string;
  readonly at: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
  readonly pinned: boolean;
  readonly timing: Timing["name"];
  /** How long the part took. */
  readonly seconds: number;
};
type Part<T> = { readonly circumstances: Circumstances; readonly result: T };

export type Results = {
  maximum: Readonly<Record<string, Maximum>>;
  overhead: Overhead;
  latency: LatencyResult;
  counts: readonly Count[];
  memory: MemoryResult;
  hanging: HangingResult;
  pages: PagesResult;
  rivals: RivalsResult;
};
export type Report = { readonly [Name in keyof Results]?: Part<Results[Name]> };

export type Section = {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note?: string;
};

const sectionsOf: { readonly [Name in keyof Results]: (result: Results[Name]) => readonly Section[] } = {
  maximum: (maxima) => [maximumSection(maxima)],
  overhead: (overhead) => [overheadSection(overhead), besideSection(overhead), variantSection(overhead)],
  latency: (latency) => [pipelineSection(latency), latencySection(latency)],
  counts: (counts) => [countSection(counts)],
  memory: (memory) => [activeSection(memory), idleSection(memory)],
  hanging: (hanging) => [hangingSection(hanging)],
  pages: (pages) => [pagesSection(pages)],
  rivals: (rivals) => rivalParts(rivals),
};

/** Of all parts that were measured; empty ones are left out. */
export function sections(report: Report): readonly Section[] {
  const names = Object.keys(sectionsOf) as (keyof Results)[];
  return names.flatMap((name) => sectionsOfPart(report, name)).filter(({ rows }) => rows.length > 0);
}

function sectionsOfPart<Name extends keyof Results>(report: Report, name: Name): readonly Section[] {
  const part = report[name];
  return part ? sectionsOf[name](part.result) : [];
}

function maximumSection(maxima: Results["maximum"]): Section {
  return {
    title: "The maximum, in notifications a second",
    head: ["", "maximum/s", "kept up for", "ack p50 ms", "p99", "end to end p50 ms", "p99", "longest"],
    rows: Object.entries(maxima).map(([scenario, { rate, keptUpFor, window }]) => [
      scenario,
      rate.toFixed(0),
      keptUpFor > 0 ? `${keptUpFor} s` : "steps of the search only",
      ...[window.ack.p50, window.ack.p99, window.endToEnd.p50, window.endToEnd.p99, window.oldestMs].map(ms),
    ]),
    note: "The highest rate of an open loop at which nothing is refused and everything arrives within a second of its intended time.",
  };
}

function overheadSection({ compared }: Overhead): Section {
  return {
    title: "CPU-seconds per 1,000 notifications at the maximum, PostgreSQL included, beside the bare parts",
    head: [
      "",
      "at/s",
      "Bellhop",
      "sender",
      "insert",
      "accept",
      "sum",
      "ratio",
      "A/A (95 %)",
      "pairs",
      "void windows",
      "others on the core",
    ],
    rows: compared.map(({ scenario, rate, cost, floors, ratio, control, pairs, windows, voidWindows, foreign }) => [
      scenario,
      rate.toFixed(0),
      ...[cost, floors.sender, floors.insert, floors.accept, floors.sum].map(cpu),
      ratio.toFixed(2),
      against(control),
      String(pairs),
      `${voidWindows} of ${windows}`,
      `${(foreign * 100).toFixed(0)} %`,
    ]),
  };
}

function besideSection({ compared }: Overhead): Section {
  return {
    title: "The same below the maximum",
    head: ["", "at/s", "Bellhop", "ratio"],
    rows: compared.flatMap(({ scenario, beside }) =>
      beside.map(({ rate, cost, ratio }) => [scenario, rate.toFixed(0), cpu(cost), ratio.toFixed(2)]),
    ),
    note: "The bare parts always run as fast as they can. At a low rate fewer notifications share a commit, so each costs more.",
  };
}

function variantSection({ variants }: Overhead): Section {
  return {
    title: "Larger items and fewer subscriptions, at 90 % of their maximum: a short look",
    head: ["", "maximum/s", "Bellhop", "sender", "insert", "accept", "sum", "ratio", "WAL bytes", "disk bytes", ""],
    rows: variants.map(({ scenario, maximum, cost, floors, ratio, window }) => [
      scenario,
      maximum.toFixed(0),
      ...[cost, floors.sender, floors.insert, floors.accept, floors.sum].map(cpu),
      ratio.toFixed(2),
      window.written.walBytes.toFixed(0),
      window.written.diskBytes.toFixed(0),
      window.isVoid ? "void" : "",
    ]),
  };
}

function pipelineSection({ beside }: LatencyResult): Section {
  return {
    title: "End to end beside a bare pipeline (accept, one commit, one POST), from the intended time, in ms",
    head: ["", "p50", "pipeline", "ratio", "A/A (95 %)", "p99", "pipeline", "ratio", "A/A (95 %)", "pairs", "void windows"],
    rows: beside.map(({ rate, share, ours, pipeline, p50, p99, pairs, windows, voidWindows, pipelineKeepsUp }) => [
      `${rate}/s${share === null ? "" : ` (${share * 100} %)`}${pipelineKeepsUp ? "" : ", where the pipeline falls behind"}`,
      ms(ours.p50),
      ms(pipeline.p50),
      p50.ratio.toFixed(2),
      against(p50.control),
      ms(ours.p99),
      ms(pipeline.p99),
      p99.ratio.toFixed(2),
      against(p99.control),
      String(pairs),
      `${voidWindows} of ${windows}`,
    ]),
  };
}

function latencySection({ at }: LatencyResult): Section {
  return {
    title: "Latency by load, from the intended time, in ms",
    head: ["", "at/s", "of maximum", "CPU-s per 1,000", "ack p50", "p99", "end to end p50", "p99", "void windows"],
    rows: at.map(({ scenario, rate, share, cost, ackP50, ackP99, p50, p99, windows, voidWindows }) => [
      scenario,
      rate.toFixed(0),
      share === null ? "" : `${share * 100} %`,
      cpu(cost),
      ...[ackP50, ackP99, p50, p99].map(ms),
      `${voidWindows} of ${windows}`,
    ]),
  };
}

function countSection(counts: readonly Count[]): Section {
  return {
    title: "What PostgreSQL does for each notification",
    head: ["", "at/s", "rows", "changed rows", "statements", "fsyncs", "WAL bytes", "disk bytes"],
    rows: counts.map((each) => [
      each.scenario,
      each.rate.toFixed(0),
      each.rowsInserted.toFixed(2),
      each.rowsChanged.toFixed(4),
      each.statements.toFixed(3),
      each.fsyncs.toFixed(3),
      each.walBytes.toFixed(0),
      each.diskBytes.toFixed(0),
    ]),
    note: "Disk bytes are those of events, notifications and log with their indexes, before anything is vacuumed or dropped.",
  };
}

function activeSection({ active }: MemoryResult): Section {
  return {
    title: "Resident at the maximum: the most that Bellhop's process had, without PostgreSQL",
    head: ["active destinations", "at/s", "MB", "refused"],
    rows: active.map(({ destinations, rate, peakMb, refused }) => [
      String(destinations),
      rate.toFixed(0),
      peakMb.toFixed(0),
      String(refused),
    ]),
  };
}

function idleSection({ idle }: MemoryResult): Section {
  return {
    title: "Idle, after a forced collection",
    head: ["subscriptions", "heap MB", "resident MB"],
    rows: idle.map(({ subscriptions, heapMb, residentMb }) => [String(subscriptions), heapMb.toFixed(1), residentMb.toFixed(0)]),
  };
}

function hangingSection({ rate, none, half, p50, p99, pairs, windows, voidWindows, unsettled }: HangingResult): Section {
  const row = (name: string, times: HangingResult["none"]): string[] => [
    name,
    times.healthyPerSecond.toFixed(0),
    ms(times.p50),
    ms(times.p99),
  ];
  return {
    title: `Half of 1,000 subscriptions hanging 10 s: end to end of the other half, at ${rate}/s for all, in ms`,
    head: ["", "healthy/s", "p50", "p99"],
    rows: [
      row("none hangs", none),
      row("half hangs", half),
      ["ratio", (half.healthyPerSecond / none.healthyPerSecond).toFixed(2), p50.ratio.toFixed(2), p99.ratio.toFixed(2)],
      ["A/A (95 %)", "", against(p50.control), against(p99.control)],
    ],
    note: `${pairs} pairs, ${voidWindows} of ${windows} windows void; after ${unsettled} of them something still waited when the next began.`,
  };
}

function pagesSection({ notifications, rounds, times }: PagesResult): Section {
  const byPage = Map.groupBy(times, ({ page }) => page);
  return {
    title: `All answers of a page of the hub, with ${notifications.toLocaleString("en")} notifications in the log, in ms`,
    head: ["", "calls", "busiest app p50", "p90", "failing app p50", "p90"],
    rows: [...byPage].map(([page, ofPage]) => [
      page,
      ofPage.map(({ calls }) => calls).join(", "),
      ...ofPage.flatMap(({ medianMs, p90Ms }) => [ms(medianMs), ms(p90Ms)]),
    ]),
    note: `Each page was opened ${rounds} times, with its calls at once over six connections. The busiest app has 50 subscriptions and is installed in 200 workspaces.`,
  };
}

const ms = (value: number): string => value.toFixed(value < 100 ? 1 : 0);
const cpu = (value: number): string => value.toFixed(4);
const against = ({ ratio, upper }: Control): string => `${ratio.toFixed(2)} (${upper.toFixed(2)})`;
