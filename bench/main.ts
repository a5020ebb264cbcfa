// `npm run bench`: what Bellhop costs, beside the bare parts of the same work. `--quick` takes less than two minutes.
// Bellhop, its PostgreSQL and the bare parts run on one core, generator and receiver on another.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { Bellhop } from "./bellhop.ts";
import type { Floors } from "./floor.ts";
import { findMaximum, loadBellhop, workspacesOf } from "./ours.ts";
import type { Parts } from "./ours.ts";
import { comparePairs } from "./pairs.ts";
import type { Compared } from "./pairs.ts";
import { canPin, Worker } from "./pinned.ts";
import { peakMemoryMb } from "./process-tree.ts";
import { tables } from "./report.ts";
import type { Latency, Report } from "./report.ts";
import { fullTiming, quickTiming, scenarios } from "./settings.ts";
import type { Timing } from "./settings.ts";

const [measuredCore, loadCore] = [0, 1];
const rateEverywhere = 1_000;
/** Of the maximum: at the maximum itself a moment's trouble already makes a queue. */
const comparedAt = 0.9;
const firstLoadS = 4;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, json: { type: "string", default: "data/bench.json" } },
});

process.exitCode = await main(options.quick ? quickTiming : fullTiming, options.json);

async function main(timing: Timing, jsonFile: string): Promise<number> {
  say(canPin() ? "starting" : "starting; processes cannot be pinned here, which makes the figures worth little");
  const generator = new Worker(loadCore, "generator.ts");
  const receiver = new Worker(loadCore, "receiver.ts");
  const floorOf = (name: string): Worker => new Worker(measuredCore, `floors/${name}.ts`);
  const floors: Floors = { sender: floorOf("sender"), insert: floorOf("insert"), accept: floorOf("accept"), generator, receiver, timing };
  const bellhop = await Bellhop.start(measuredCore);
  try {
    const report = await measure({ bellhop, generator, receiver, timing }, floors);
    mkdirSync(dirname(jsonFile), { recursive: true });
    writeFileSync(jsonFile, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(`${tables(report)}\n\nAll windows: ${jsonFile}\n`);
    return 0;
  } finally {
    await Promise.all([bellhop, generator, receiver, floors.sender, floors.insert, floors.accept].map((each) => each.stop()));
  }
}

async function measure(parts: Parts, floors: Floors): Promise<Report> {
  const { bellhop, receiver, timing } = parts;
  const port = await receiver.ask<number>("port");
  for (const fanOut of new Set(scenarios.map((each) => each.fanOut))) {
    const scenario = scenarios.find((each) => each.fanOut === fanOut);
    if (scenario) await bellhop.makeWorkspaces(workspacesOf(scenario, timing), fanOut, port);
  }
  const maxima: Record<string, number> = {};
  const latencies: Latency[] = [];
  const compared: Compared[] = [];
  for (const scenario of scenarios) {
    say(`${scenario.name}: looking for the maximum`);
    const load = (rate: number, window: number) => loadBellhop(parts, { scenario, rate, warmUp: timing.warmUp, window });
    await load(rateEverywhere, scenario === scenarios[0] ? firstLoadS : 1);
    const maximum = await findMaximum(parts, scenario);
    maxima[scenario.name] = maximum;
    const shares = timing.confirm > 0 ? [0.2, 0.5, 0.8] : [0.5];
    for (const rate of [rateEverywhere, ...shares.map((share) => share * maximum)])
      latencies.push({ scenario: scenario.name, rate, window: await load(rate, timing.window) });
  }
  for (const scenario of scenarios) {
    say(`${scenario.name}: comparing with the bare parts`);
    compared.push(await comparePairs(parts, floors, scenario, (maxima[scenario.name] ?? 0) * comparedAt));
  }
  return { ...circumstances(), peakMemoryMb: peakMemoryMb(bellhop.pid), maxima, compared, latencies };
}

function circumstances(): Pick<Report, "command" | "at" | "commit" | "node" | "machine" | "pinned" | "seconds"> {
  const [cpu] = cpus();
  return {
    command: `npm run bench${options.quick ? " -- --quick" : ""}`,
    at: new Date().toISOString(),
    commit: spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout?.trim() ?? "unknown",
    node: process.versions.node,
    machine: `${cpu?.model ?? "unknown"}, ${cpus().length} cores`,
    pinned: canPin(),
    seconds: performance.now() / 1_000,
  };
}

function say(message: string): void {
  process.stderr.write(`bench: ${message} (${(performance.now() / 1_000).toFixed(0)} s)\n`);
}
