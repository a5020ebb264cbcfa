import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, beforeEach, test } from "node:test";

/** A repository as small as can be, so that nothing is downloaded: the script, a lock file, and what npm notes of an install. */
let root: string;
const roots: string[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "bellhop run ")));
  roots.push(root);
  mkdirSync(join(root, "scripts"));
  for (const file of ["run.mjs", "program-options.json"]) cpSync(join(import.meta.dirname, file), join(root, "scripts", file));
  writeFileSync(join(root, "package-lock.json"), JSON.stringify(lock));
});

after(() => roots.forEach((path) => rmSync(path, { recursive: true, force: true })));

const runtime = { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } };
const development = { "node_modules/b": { version: "2.0.0", integrity: "sha512-b", dev: true } };
const elsewhere = { "node_modules/c": { version: "3.0.0", integrity: "sha512-c", optional: true, os: ["plan9"], cpu: ["x64"] } };
const lock = { packages: { "": { name: "small" }, ...runtime, ...development, ...elsewhere } };

test("without node_modules, and told not to install, it prints the command and touches nothing", async () => {
  writeFileSync(join(root, "program.mjs"), 'console.log("ran")');
  const { code, stdout, stderr } = await run(["start", "program.mjs"]);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /BELLHOP_NO_BOOTSTRAP.*\n {2}npm ci --ignore-scripts --include=optional --omit=dev\n$/);
  assert.deepEqual(readdirSync(root).toSorted(), ["package-lock.json", "program.mjs", "scripts"]);
});

test("the program runs in the repository, from wherever it was called, with its arguments and its exit code", async () => {
  installed({ ...runtime, ...development });
  writeFileSync(join(root, "program.ts"), "console.log(process.cwd(), process.argv.slice(2).join()); process.exitCode = (7 as number);");
  const { code, stdout, stderr } = await run(["start", "program.ts", "--no-sample", "two words"], tmpdir());
  assert.deepEqual({ code, stdout, stderr }, { code: 7, stdout: `${root} --no-sample,two words\n`, stderr: "" });
});

test("an install that somebody else made is accepted where it is what the lock file says, and noted", async () => {
  writeFileSync(join(root, "program.mjs"), "");
  installed(runtime);
  assert.equal((await run(["start", "program.mjs"])).code, 0);
  assert.ok(existsSync(join(root, "node_modules/.bellhop-install")));
  assert.equal((await run(["dev", "program.mjs"])).code, 1, "development dependencies are missing");
  installed({ ...runtime, ...development });
  assert.equal((await run(["dev", "program.mjs"])).code, 0);
  assert.equal((await run(["start", "program.mjs"])).code, 0, "what serves development serves the start");
});

test("a changed lock file and an install of another version are noticed", async () => {
  writeFileSync(join(root, "program.mjs"), "");
  installed(runtime);
  assert.equal((await run(["start", "program.mjs"])).code, 0);
  const changed = { ...runtime, "node_modules/a": { version: "1.0.1", integrity: "sha512-a2" } };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages: changed }));
  assert.equal((await run(["start", "program.mjs"])).code, 1);
});

test("a tool of the development dependencies runs by its name", { skip: process.platform === "win32" }, async () => {
  installed({ ...runtime, ...development });
  mkdirSync(join(root, "node_modules/.bin"));
  writeFileSync(join(root, "node_modules/.bin/tool"), '#!/usr/bin/env node\nconsole.log("tool", process.argv[2])', { mode: 0o755 });
  const { code, stdout } = await run(["dev", "--bin", "tool", "argument"]);
  assert.deepEqual({ code, stdout }, { code: 0, stdout: "tool argument\n" });
});

test("SIGTERM is passed on, and the program decides when it ends", async () => {
  const { runner, lines } = await runResident('process.on("SIGTERM", () => { console.log("drained"); process.exit(3); })');
  runner.kill("SIGTERM");
  assert.equal((await lines.next()).value, "drained");
  assert.deepEqual(await once(runner, "exit"), [3, null]);
});

test("a program ended by a signal gives 128 and its number", async () => {
  installed(runtime);
  writeFileSync(join(root, "program.mjs"), 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)');
  assert.equal((await run(["start", "program.mjs"])).code, 137);
});

test("a program whose runner was killed with -9 is told by the end of the channel", async () => {
  const { runner, lines } = await runResident('process.on("disconnect", () => { console.log("alone"); process.exit(); })');
  runner.kill("SIGKILL");
  assert.equal((await lines.next()).value, "alone");
});

test("a wrong call is answered with the usage", async () => {
  for (const args of [[], ["start"], ["stop", "program.mjs"], ["dev", "--bin"]]) {
    const { code, stderr } = await run(args);
    assert.equal(code, 1);
    assert.match(stderr, /^bellhop: usage: /);
  }
});

function installed(packages: object): void {
  mkdirSync(join(root, "node_modules"), { recursive: true });
  writeFileSync(join(root, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
}

async function run(args: string[], cwd = root): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawnRunner(args, cwd);
  assert.ok(child.stdout && child.stderr);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code, stdout, stderr };
}

/** A program that says "up" once it has set up what is given, and stays. */
async function runResident(setUp: string): Promise<{ runner: ChildProcess; lines: AsyncIterator<string> }> {
  installed(runtime);
  writeFileSync(join(root, "program.mjs"), `${setUp}\nsetInterval(() => {}, 1000); console.log("up");`);
  const runner = spawnRunner(["start", "program.mjs"], root);
  assert.ok(runner.stdout);
  const lines = createInterface({ input: runner.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "up");
  return { runner, lines };
}

function spawnRunner(args: string[], cwd: string): ChildProcess {
  const env = { ...process.env, BELLHOP_NO_BOOTSTRAP: "1" };
  return spawn(process.execPath, [join(root, "scripts/run.mjs"), ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}
