// `npm run bench`: what Bellhop costs, beside the bare parts of the same work. Bellhop, its PostgreSQL and the bare parts run
// on one core, generator and receiver on another.
//
//   npm run bench                            everything, as figures count
//   npm run bench -- --medium                every row, in short windows
//   npm run bench -- --quick                 less than two minutes, for daily use
//   npm run bench -- --only overhead,memory  some parts; the others stay as they were in the JSON
//   npm run bench -- --only single [--rate 3000]   less than 40 s, for who changes the hot path
//   npm run bench -- --write                 nothing is measured: tables and document are written from the JSON again
//
// The JSON is in the repository beside the document, so that parts can be measured at different times; a quick run's is not.
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Bench } from "./bench.ts";
import { measureCounts } from "./counts.ts";
import { writeDocument } from "./document.ts";
import { measureHanging } from "./hanging.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { measureOverhead } from "./overhead.ts";
import { measurePages } from "./pages.ts";
import { canPin, pinSelf } from "./pinned.ts";
import type { Results } from "./report.ts";
import { measureRivals } from "./rivals/measure.ts";
import { Running } from "./running.ts";
import { fullTiming, mediumTiming, quickTiming } from "./settings.ts";
import { lookAtSingle } from "./single.ts";
import { summary } from "./summary.ts";

type PartName = Exclude<keyof Results, "maximum">;

/** In this order. What leaves traces in the Bellhop that all share comes last. */
const parts: { readonly [Name in PartName]: (bench: Bench) => Promise<Results[Name]> } = {
  overhead: measureOverhead,
  latency: measureLatency,
  counts: measureCounts,
  memory: measureMemory,
  hanging: measureHanging,
  pages: measurePages,
  rivals: measureRivals,
};
/** Every step has a limit of its own; this is for what nobody thought of. */
const partWithinMs = 7_200_000;
const quickParts: readonly PartName[] = ["overhead", "latency"];

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    medium: { type: "boolean", default: false },
    only: { type: "string" },
    rate: { type: "string" },
    write: { type: "boolean", default: false },
    json: { type: "string" },
    document: { type: "string", default: "docs/performance.md" },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const timing = options.quick ? quickTiming : options.medium ? mediumTiming : fullTiming;
  const file = options.json ?? (options.quick ? "data/bench-quick.json" : "docs/performance.json");
  const running = new Running(file, timing.name);
  if (options.write) {
    tell(running);
    return 0;
  }
  pinSelf();
  const bench = new Bench(timing);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void bench.end());
  bench.say(canPin() ? "starting" : "starting; processes cannot be pinned here, which makes the figures worth little");
  try {
    if (options.only === "single") {
      process.stdout.write(`${await lookAtSingle(bench, options.rate === undefined ? null : Number(options.rate))}\n`);
      return 0;
    }
    let failed = 0;
    for (const name of namesOf(options.only)) {
      await measurePart(bench, running, name).catch((error: Error) => {
        failed++;
        bench.say(`${name} could not be measured: ${error.stack}`);
      });
    }
    tell(running);
    return failed;
  } finally {
    await bench.end();
  }
}

async function measurePart<Name extends PartName>(bench: Bench, running: Running, name: Name): Promise<void> {
  const startedMs = performance.now();
  const ended = new AbortController();
  const tooLong = wait(partWithinMs, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`${name} took longer than ${partWithinMs / 60_000} minutes`);
  });
  try {
    running.keep(name, (await Promise.race([parts[name](bench), tooLong])) as Results[Name], startedMs);
  } finally {
    ended.abort();
  }
  if (bench.maxima.size > 0) running.keep("maximum", Object.fromEntries(bench.maxima), 0);
}

/** All, unless some were asked for. */
function namesOf(only: string | undefined): readonly PartName[] {
  const all = Object.keys(parts) as PartName[];
  if (only === undefined) return options.quick ? quickParts : all;
  const wanted = only.split(",");
  const unknown = wanted.filter((name) => !all.some((each) => each === name));
  if (unknown.length > 0) throw new Error(`--only knows single, ${all.join(", ")}; not ${unknown.join(", ")}`);
  return all.filter((name) => wanted.includes(name));
}

/** The document is of runs whose figures count. */
function tell(running: Running): void {
  process.stdout.write(`${summary(running.report)}\n\nAll windows: ${running.file}\n`);
  if (options.quick) return;
  writeDocument(running.report, options.document);
  process.stdout.write(`Written: ${options.document}\n`);
}
