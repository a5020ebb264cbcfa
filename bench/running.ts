// The report of this run on top of the last one: what is measured anew replaces what was, part by part, on disk at once.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { canPin } from "./pinned.ts";
import type { Circumstances, Report, Results } from "./report.ts";
import type { Timing } from "./settings.ts";

/** Raised when the parts change their shape: what an older benchmark wrote is not read. */
const version = 4;

export class Running {
  readonly file: string;
  readonly #timing: Timing["name"];
  #report: Report;

  constructor(file: string, timing: Timing["name"]) {
    this.file = file;
    this.#timing = timing;
    this.#report = existsSync(file) ? readReport(file) : {};
  }

  get report(): Report {
    return this.#report;
  }

  keep<Name extends keyof Results>(name: Name, result: Results[Name], startedMs: number): void {
    this.#report = { ...this.#report, [name]: { circumstances: circumstances(this.#timing, startedMs), result } };
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, `${JSON.stringify({ version, parts: this.#report }, written, 1)}\n`);
  }
}

/** JSON has no word for what is divided by nothing. */
const noNumber = "not a number";
const written = (_: string, value: unknown): unknown => (typeof value === "number" && !Number.isFinite(value) ? noNumber : value);
const read = (_: string, value: unknown): unknown => (value === noNumber ? Number.NaN : value);

function readReport(file: string): Report {
  const found = JSON.parse(readFileSync(file, "utf8"), read) as { version?: number; parts?: Report };
  return found.version === version ? (found.parts ?? {}) : {};
}

function circumstances(timing: Timing["name"], startedMs: number): Circumstances {
  const [cpu] = cpus();
  const git = (...args: string[]): string => spawnSync("git", args, { encoding: "utf8" }).stdout?.trim() ?? "";
  const isChanged = git("status", "--porcelain", "--untracked-files=no", "server", "contract", "bench") !== "";
  return {
    command: ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "),
    at: new Date().toISOString(),
    commit: `${git("rev-parse", "--short", "HEAD") || "unknown"}${isChanged ? ", changed" : ""}`,
    node: process.versions.node,
    machine: `${cpu?.model ?? "unknown"}, ${cpus().length} cores`,
    pinned: canPin(),
    timing,
    seconds: Math.round((performance.now() - startedMs) / 1_000),
  };
}
