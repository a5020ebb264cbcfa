/**
 * Supervises a PostgreSQL server of our own, for those who set no DATABASE_URL. The server lives exactly as long as this
 * process: it is interrupted when we die, whatever kills us, and a server found left behind is stopped before a new one starts.
 */
import type { ChildProcess } from "node:child_process";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { preparePrograms } from "./binaries.ts";
import { claimFolder } from "./claim.ts";
import { ensureCluster, superuser } from "./cluster.ts";
import { stopOrphan } from "./orphan.ts";
import { startPostmaster, type Ended, type Log, type Ready, type Server } from "./postmaster.ts";
import { PrivatePostgresError } from "./postgres-error.ts";
import { chooseRunAs, systemTools, type SystemTools } from "./run-as.ts";

export type PrivatePostgresOptions = {
  /** The cluster is `<dataDir>/postgres`. */
  dataDir: string;
  log: Log;
  settings?: Record<string, string>;
  tools?: Partial<SystemTools>;
};

export type PrivatePostgres = {
  /** `postgres://...` for any client on this machine, with the password. */
  url: string;
  pid: number;
  /** Resolves when the server has ended, for whatever reason; the folder may be started again from then on. */
  exited: Promise<Ended>;
  stop(): Promise<void>;
};

const startAttemptsMax = 5;
/** After the server was killed its processes notice within moments; until then the next one finds their memory in use. */
const leftoversRetryMs = 10_000;
const leftoversPollMs = 50;
/** A fast stop writes a checkpoint first. After this it is stopped at once, and the next start recovers from the log. */
const fastStopMs = 30_000;

/**
 * 127.0.0.1 and a free port with SCRAM, not a Unix socket: no path limit of 107 bytes, nothing to clean up, and an address
 * that every client and tool takes. SCRAM proves each side to the other, so another process on that port learns nothing.
 */
const serverSettings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "50",
  shared_buffers: "128MB",
  max_wal_size: "1GB",
  wal_compression: "on",
  jit: "off",
  log_checkpoints: "off",
  log_line_prefix: "",
};

/** Must be called on the main thread: the kernel ties the server's life to the thread that starts it. Rejects with PrivatePostgresError. */
export async function startPrivatePostgres(options: PrivatePostgresOptions): Promise<PrivatePostgres> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(options.dataDir);
  const claim = await claimFolder(join(dataDir, "postgres.supervisors"));
  if ("heldBy" in claim) {
    const what = `Another Bellhop (process ${claim.heldBy}) is running with the data folder ${dataDir}.`;
    throw new PrivatePostgresError("in_use", `${what} Stop it, or choose another folder with BELLHOP_DATA_DIR.`);
  }
  try {
    return await startClaimed(dataDir, options, claim.release);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function startClaimed(dataDir: string, options: PrivatePostgresOptions, release: () => Promise<void>): Promise<PrivatePostgres> {
  const { log } = options;
  const tools = { ...systemTools, ...options.tools };
  const cluster = join(dataDir, "postgres");
  const orphan = await stopOrphan(cluster);
  if (orphan !== null) log("info", `stopped a PostgreSQL server (process ${orphan}) left behind by a killed Bellhop`);
  const as = await chooseRunAs(dataDir, await preparePrograms(dataDir), tools);
  const password = await ensureCluster(dataDir, as);
  const settings = { ...serverSettings, ...options.settings };
  const { child, pid, port, exited } = await startUntilReady({ as, cluster, settings, tools, log });
  const released = exited.then(async (ended) => (await release(), ended));
  const url = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`;
  return { url, pid, exited: released, stop: () => stop(child, released) };
}

async function startUntilReady(server: Server): Promise<Ready> {
  const leftoversUntil = performance.now() + leftoversRetryMs;
  for (let attempt = 1; ;) {
    const result = await startPostmaster(server);
    if ("pid" in result) return result;
    const why = result.lines.join("\n");
    if (isOccupied(why) && performance.now() < leftoversUntil) await wait(leftoversPollMs);
    else if (why.includes("could not bind") && attempt < startAttemptsMax) attempt++;
    else throw doesNotStart(server.cluster, result.lines);
  }
}

function isOccupied(why: string): boolean {
  return why.includes("pre-existing shared memory block") || why.includes('lock file "postmaster.pid" already exists');
}

function doesNotStart(cluster: string, lines: string[]): PrivatePostgresError {
  const why = lines.filter((line) => /^(FATAL|PANIC|DETAIL|HINT)/.test(line)).join(" ") || lines.at(-1);
  const what = `The private PostgreSQL in ${cluster} does not start: ${why}`;
  return new PrivatePostgresError("server_does_not_start", `${what} Remove the cause and start again, or set DATABASE_URL.`);
}

async function stop(child: ChildProcess, exited: Promise<Ended>): Promise<void> {
  child.kill("SIGINT");
  const tooSlow = setTimeout(() => child.kill("SIGQUIT"), fastStopMs);
  await exited;
  clearTimeout(tooSlow);
}
