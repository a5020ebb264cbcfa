// Writes docs/performance.md from a report, so that no figure in its tables is typed by hand. What a missed target was found to be caused
// by is written by people, in `findings.md` beside this file.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sections } from "./report.ts";
import type { Report, Section } from "./report.ts";
import { sizing } from "./sizing.ts";
import { runs, verdictHead, verdictRow } from "./summary.ts";
import { markdownTable } from "./table.ts";
import { judge } from "./targets.ts";
import type { Verdict } from "./targets.ts";

const findingsFile = join(import.meta.dirname, "findings.md");

export function writeDocument(report: Report, file: string): void {
  const findings = existsSync(findingsFile) ? readFileSync(findingsFile, "utf8").trim() : "";
  writeFileSync(file, documentOf(report, findings));
}

export function documentOf(report: Report, findings: string): string {
  const verdicts = judge(report);
  return `${[opening, ...gaps(verdicts, findings), ...sizing(report), ...targets(verdicts), ...figures(report), ...method(report)].join("\n\n")}\n`;
}

const opening = `# Performance

What a notification costs, how fast it arrives, what it needs of a machine, and where Bellhop falls short of what we want. This page is
written by \`npm run bench\` from what it measured; no figure in its tables is typed by hand. How the figures are made is at the end.`;

/** What we would not like to find out ourselves comes first. */
function gaps(verdicts: readonly Verdict[], findings: string): string[] {
  const missed = verdicts.filter(({ verdict }) => verdict === "missed").map((each) => `- ${gapLine(each)}`);
  const unknown = verdicts.filter(({ verdict }) => verdict === "void" || verdict === "not measured");
  const lines = missed.length > 0 ? missed.join("\n") : "No target is missed.";
  const open = unknown.map(({ name, unit, verdict }) => `- ${name}, ${unit}: ${verdict}`).join("\n");
  return [
    "## Our gaps",
    lines,
    ...(open === "" ? [] : ["Of these there is no figure that counts:", open]),
    ...(findings === "" ? [] : [findings]),
  ];
}

function gapLine({ name, measured, target, unit, control }: Verdict): string {
  const figure = (measured ?? Number.NaN).toFixed(unit === "MB" ? 0 : 2);
  const chance = control === null || !(control > 1) ? "" : `; chance alone moves it by up to ${((control - 1) * 100).toFixed(0)} %`;
  return `**${name}**: ${figure}, to be ${target} ${unit}${chance}.`;
}

function targets(verdicts: readonly Verdict[]): string[] {
  return ["## Targets", markdownTable(verdictHead, verdicts.map(verdictRow))];
}

function figures(report: Report): string[] {
  const section = ({ title, head, rows, note }: Section): string[] => [
    `### ${title}`,
    markdownTable(head, rows),
    ...(note === undefined ? [] : [note]),
  ];
  return ["## Figures", ...sections(report).flatMap(section)];
}

function method(report: Report): string[] {
  const short = Object.values(report).some((part) => part?.circumstances.timing !== "full");
  const warning = "Some of the figures come from a run with short windows, which shows what changed by a lot and proves nothing.";
  return [
    "## How it is measured",
    ...(short ? [`**${warning}**`] : []),
    how,
    "Measured:",
    runs(report)
      .map((run) => `- ${run}`)
      .join("\n"),
  ];
}

const how = `Bellhop runs as \`npm start\` runs it, with its private PostgreSQL and every commit on disk before it is acknowledged, on one core;
generator, receiver and the benchmark itself run on another. The generator is an open loop: publishes arrive independently of each other
and of the answers, and every latency counts from the time at which the publish was due. There are 1,000 subscriptions, each with a host of
its own on loopback, and items of 1 kB, unless a row says otherwise. The log has a month of days; today's is not vacuumed while it is written to, as Bellhop sets it up. TLS and a network are not in these figures.

CPU is processor time of all processes, PostgreSQL's included, for 1,000 notifications. The bare parts are programs that do only one thing:
a sender that builds, signs and posts to as many destinations; a store that inserts the rows of a notification with their indexes, in
batches, with fsync; a server that parses a publish and answers.

Two settings are compared in at least ten pairs of windows of six seconds, by turns in random order. A figure is the ratio of the medians
over windows. *A/A* is Bellhop compared with itself in as many pairs of the same run, with the upper end of 95 % of what chance makes of it.
A figure holds when it is at most the target times that end. Windows are void, and counted, when more than 2 % of the machine's time was
stolen, or when generator or receiver was itself late (p99 above 5 ms).`;
