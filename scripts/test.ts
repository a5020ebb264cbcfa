// Runs all tests, or the files given: one private PostgreSQL for the whole run, a database of its own for each test that
// asks. `--quick` leaves out those that take long: the browser, kills, hostile receivers, weeks of time, a million rows.
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { startTestPostgres } from "../test/database.ts";

const concurrency = 2;
const hangsAfterMs = 180_000;
const slow = [
  "server/src/embedded/",
  "server/src/manage/replays",
  "server/src/schedule/replays",
  "server/src/show/list",
  "server/src/show/statistics-buffers",
  "test/brakes",
  "test/browser/",
  "test/ended-reasons",
  "test/ends",
  "test/fairness",
  "test/faults/",
  "test/forty-days",
  "test/hostile/",
  "test/link",
  "test/order",
  "test/page-buffers",
  "test/pause",
  "test/publish-order",
  "test/replays",
  "test/secrets-inside",
  "test/states",
  "test/statistics",
  "test/steady",
  "test/stream",
  "test/system",
  "test/throttle",
];
const root = new URL("..", import.meta.url).pathname;

const given = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const quick = process.argv.includes("--quick");
const found = globSync(["contract/src/**/*.test.ts", "server/src/**/*.test.ts", "scripts/**/*.test.ts", "test/**/*.test.ts"], {
  cwd: root,
});
const files = given.length > 0 ? given : found.filter((file) => !quick || !slow.some((start) => file.startsWith(start)));

const postgres = await startTestPostgres();
const code = await runTests(files.toSorted());
await postgres.stop();
process.exitCode = code;

function runTests(names: readonly string[]): Promise<number> {
  const reporter = process.stdout.isTTY ? "spec" : "dot";
  const options = [
    "--test",
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${hangsAfterMs}`,
    "--test-reporter=./scripts/test-reporter.ts",
  ];
  const child = spawn(process.execPath, [...options, ...names], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, BELLHOP_TEST_POSTGRES: postgres.url, BELLHOP_TEST_REPORTER: reporter },
  });
  // The tests end first, and then what was started for them.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on("exit", (status, signal) => resolve(status ?? (signal ? 1 : 0))));
}
