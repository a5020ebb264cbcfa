// `npm run soak`: the tests of what Bellhop survives, with bigger numbers and new seeds, and load for an hour. What came of
// it is kept in docs/reliability.json and written to docs/reliability.md. `--part crash` runs one part, the others stay as they
// were; `--minutes 10` shortens the load.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { run } from "node:test";
import type { TestEvent } from "node:test/reporters";
import { parseArgs } from "node:util";
import { startTestPostgres } from "../test/database.ts";
import { reliabilityText } from "./soak-report.ts";
import type { SoakedPart } from "./soak-report.ts";

const partTimeoutMs = 3 * 3_600_000;
const resultsFile = new URL("../docs/reliability.json", import.meta.url);
const documentFile = new URL("../docs/reliability.md", import.meta.url);

type Part = { readonly name: string; readonly title: string; readonly files: readonly string[]; readonly sizes: Record<string, string> };

const { values: options } = parseArgs({ options: { part: { type: "string" }, minutes: { type: "string", default: "60" } } });

const parts: readonly Part[] = [
  {
    name: "crash",
    title: "Killed at every named moment, with the database up and restarted",
    files: ["delivery", "states", "control", "process", "stopped"].map((theme) => `test/faults/crash-${theme}.test.ts`),
    sizes: { SOAK_CRASH_ROUNDS: "2" },
  },
  {
    name: "kills",
    title: "Killed and restarted at random moments under load",
    files: ["sigkill", "sigterm", "database-restart", "held", "discard", "order", "hanging"].map((file) => `test/faults/${file}.test.ts`),
    sizes: {},
  },
  {
    name: "network",
    title: "Trouble on the way to PostgreSQL: delayed, cut, reset, swallowed",
    files: ["test/faults/tcp.test.ts"],
    sizes: { SOAK_TCP_ROUNDS: "3" },
  },
  { name: "disk", title: "A disk that fills, nearly and wholly", files: ["test/faults/disk.test.ts"], sizes: {} },
  {
    name: "receivers",
    title: "Hostile receivers and name servers",
    files: ["rows", "reuse", "through-program", "sender", "dns", "dns-stored", "soak"].map((file) => `test/hostile/${file}.test.ts`),
    sizes: { SOAK_HOSTILE: "50000", SOAK_TLS: "100000" },
  },
  {
    name: "publishers",
    title: "Mean publishers, and requests that nobody thought of",
    files: ["test/faults/publisher.test.ts", "test/faults/fuzz.test.ts"],
    sizes: { SOAK_PUBLISHER: "3", FUZZ_RUNS: "100" },
  },
  {
    name: "load",
    title: `Load for ${options.minutes} minutes`,
    files: ["test/steady.test.ts"],
    sizes: { SOAK_LOAD_MINUTES: options.minutes },
  },
];

process.exitCode = await main();

async function main(): Promise<number> {
  const wanted = options.part === undefined ? parts : parts.filter(({ name }) => name === options.part);
  if (wanted.length === 0) throw new Error(`--part is one of ${parts.map(({ name }) => name).join(", ")}`);
  const postgres = await startTestPostgres();
  const soaked: SoakedPart[] = [];
  for (const part of wanted) soaked.push(await soak(part, postgres.url));
  await postgres.stop();
  keep(soaked);
  return soaked.every(({ tests }) => tests.every(({ ok }) => ok)) ? 0 : 1;
}

/** Beside what other runs left. */
function keep(soaked: readonly SoakedPart[]): void {
  const before: SoakedPart[] = existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, "utf8")) as SoakedPart[]) : [];
  const all = parts.flatMap(({ name }) => soaked.find((each) => each.name === name) ?? before.find((each) => each.name === name) ?? []);
  writeFileSync(resultsFile, `${JSON.stringify(all, null, 1)}\n`);
  if (all.length < parts.length) return;
  writeFileSync(documentFile, reliabilityText(all));
}

async function soak({ name: part, title, files, sizes }: Part, postgresUrl: string): Promise<SoakedPart> {
  console.log(`soak: ${title}`);
  const startedMs = performance.now();
  const tests: SoakedPart["tests"][number][] = [];
  const figures: string[] = [];
  const root = new URL("..", import.meta.url).pathname;
  const env = { ...process.env, ...sizes, BELLHOP_TEST_POSTGRES: postgresUrl };
  const events = run({ cwd: root, files: files.map((file) => root + file), concurrency: 1, timeout: partTimeoutMs, env });
  for await (const event of events as AsyncIterable<TestEvent>) {
    if (event.type === "test:diagnostic" && event.data.file !== undefined) figures.push(event.data.message);
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const { name, details, skip } = event.data;
    const ok = event.type === "test:pass" && skip === undefined;
    const error = (details as { error?: { failureType?: string } }).error;
    // Of a suite, and of a file, its tests say what held; unless it failed by itself, as one that cannot be loaded.
    const isWhole = details.type === "suite" || files.some((file) => name.endsWith(file));
    if (isWhole && (ok || error?.failureType === "subtestsFailed")) continue;
    tests.push({ name: skip === undefined ? name : `${name} (left out)`, ok });
    if (!ok) console.log(`not ok: ${name}\n`, error);
  }
  if (tests.length === 0) throw new Error(`${part}: no test ran`);
  const seconds = (performance.now() - startedMs) / 1_000;
  console.log(`soak: ${tests.filter(({ ok }) => ok).length} of ${tests.length} held (${seconds.toFixed(0)} s) ${figures.join("; ")}`);
  return { name: part, title, sizes, seconds, tests, figures, ...circumstances() };
}

function circumstances(): Pick<SoakedPart, "commit" | "at" | "node" | "machine"> {
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout?.trim() ?? "unknown";
  const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores`;
  return { commit, at: new Date().toISOString(), node: process.versions.node, machine };
}
