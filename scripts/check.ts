// Everything that must hold before a change lands; exactly what CI runs.
import { spawnSync } from "node:child_process";

const root = new URL("..", import.meta.url).pathname;
const bin = (name: string): string => `${root}node_modules/.bin/${name}`;

const steps: readonly (readonly [string, string, readonly string[]])[] = [
  ["format", bin("oxfmt"), ["--check"]],
  ["lint", bin("oxlint"), ["--type-aware", "--quiet"]],
  ["types", bin("tsc"), ["-p", "."]],
  ["types of the hub", bin("tsc"), ["-p", "web"]],
  ["dead code", bin("knip"), []],
  ["tests", process.execPath, ["scripts/test.ts"]],
];

for (const [name, command, options] of steps) {
  const startedMs = performance.now();
  console.log(`check: ${name}`);
  const { status } = spawnSync(command, options, { cwd: root, stdio: "inherit" });
  console.log(`check: ${name} ${status === 0 ? "holds" : "FAILED"} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
  if (status !== 0) process.exit(status ?? 1);
}
