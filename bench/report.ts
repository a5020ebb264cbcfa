// The figures as a table for people. The same figures, with every window, are written as JSON.
import type { Compared } from "./pairs.ts";
import type { OurWindow } from "./ours.ts";
import { median } from "./statistics.ts";

export type Latency = { readonly scenario: string; readonly rate: number; readonly window: OurWindow };
export type Report = {
  readonly command: string;
  readonly at: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
  readonly pinned: boolean;
  readonly seconds: number;
  readonly peakMemoryMb: number;
  readonly maxima: Readonly<Record<string, number>>;
  readonly compared: readonly Compared[];
  readonly latencies: readonly Latency[];
};

export function tables(report: Report): string {
  const maximum = (scenario: string): string => String(report.maxima[scenario] ?? "-");
  const compared = report.compared.map((each) => [
    each.scenario + (each.isUnsound ? " (unsound)" : ""),
    maximum(each.scenario),
    each.rate.toFixed(0),
    each.cost.toFixed(4),
    ...[each.floors.sender, each.floors.insert, each.floors.accept, each.floors.sum].map((cost) => cost.toFixed(4)),
    each.ratio.toFixed(2),
    `${each.control.ratio.toFixed(2)} (95 %: ${each.control.upper.toFixed(2)})`,
    `${each.voidWindows} of ${each.windows}`,
  ]);
  const ours = ({ scenario, rate, ours: windows }: Compared): Latency[] => windows.map((window) => ({ scenario, rate, window }));
  const loads = [...report.latencies, ...report.compared.flatMap((each) => ours(each).slice(-1))];
  return [
    `CPU-seconds per 1,000 notifications (Bellhop, its PostgreSQL included) against the bare parts`,
    table(["", "maximum/s", "at/s", "Bellhop", "sender", "insert", "accept", "sum", "ratio", "A/A", "void windows"], compared),
    `Latency from the intended time in ms, and what is written per notification`,
    table(
      ["", "at/s", "done/s", "CPU", "ack p50", "p99", "end-to-end p50", "p99", "WAL bytes", "fsyncs", "disk bytes", ""],
      loads.map(latencyRow),
    ),
    `Peak memory of Bellhop's process: ${report.peakMemoryMb.toFixed(0)} MB. Median A/A: ${median(report.compared.map((each) => each.control.ratio)).toFixed(2)}.`,
    `${report.machine}, Node ${report.node}, commit ${report.commit}, ${report.pinned ? "pinned to one core each" : "NOT PINNED"}, ${report.seconds.toFixed(0)} s`,
  ].join("\n\n");
}

function latencyRow({ scenario, rate, window }: Latency): string[] {
  const { ack, endToEnd, written } = window;
  const times = [ack.p50, ack.p99, endToEnd.p50, endToEnd.p99].map((ms) => ms.toFixed(1));
  const bytes = [written.walBytes.toFixed(0), written.fsyncs.toFixed(3), written.diskBytes.toFixed(0)];
  return [scenario, rate.toFixed(0), window.perSecond.toFixed(0), window.cost.toFixed(4), ...times, ...bytes, window.isVoid ? "void" : ""];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((line) => (line[column] ?? "").length)));
  return all
    .map((line) =>
      line.map((cell, column) => cell.padStart(column === 0 ? 0 : (widths[column] ?? 0)).padEnd(widths[column] ?? 0)).join("  "),
    )
    .join("\n");
}
