// The report for a terminal: every table, then every target.
import { sections } from "./report.ts";
import type { Report } from "./report.ts";
import { table } from "./table.ts";
import { judge } from "./targets.ts";
import type { Verdict } from "./targets.ts";

export function summary(report: Report): string {
  const tables = sections(report).map(({ title, head, rows }) => `${title}\n\n${table(head, rows)}`);
  const targets = `Targets\n\n${table(verdictHead, judge(report).map(verdictRow))}`;
  return [...tables, targets, ...runs(report)].join("\n\n");
}

export const verdictHead = ["", "measured", "target", "A/A (95 %)", ""] as const;

export function verdictRow({ name, unit, measured, target, control, verdict, isShort }: Verdict): string[] {
  const figure = measured === null ? "" : measured.toFixed(unit === "MB" ? 0 : 2);
  return [
    name,
    figure,
    `${target} ${unit}`,
    control === null || control === 1 ? "" : control.toFixed(2),
    isShort ? `${verdict} (short run)` : verdict,
  ];
}

/** One line for each run that parts of the report come from. */
export function runs(report: Report): readonly string[] {
  const byRun = new Map<string, string[]>();
  for (const [name, part] of Object.entries(report)) {
    if (!part) continue;
    const { commit, command, machine, node, pinned, timing, at } = part.circumstances;
    const pinning = pinned ? "pinned to one core each" : "NOT PINNED";
    const run = `commit ${commit}, \`${command}\` (${timing}), ${machine}, Node ${node}, ${pinning}, ${at.slice(0, 10)}`;
    byRun.set(run, [...(byRun.get(run) ?? []), name]);
  }
  return [...byRun].map(([run, names]) => `${names.join(", ")}: ${run}`);
}
