// A PostgreSQL that a test can stop at once and start again under the same address, as an operator's own would come back. Unlike
// that of other tests it is durable: what is on trial is what survives.
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import type { TestContext } from "node:test";
import pg from "pg";
import { preparePrograms } from "../server/src/embedded/binaries.ts";
import { ensureCluster, superuser } from "../server/src/embedded/cluster.ts";
import { chooseRunAs, run, systemTools } from "../server/src/embedded/run-as.ts";
import type { RunAs } from "../server/src/embedded/run-as.ts";
import { testPort } from "./port.ts";
import { eventually } from "./eventually.ts";

export class RestartablePostgres {
  readonly url: string;
  readonly #as: RunAs;
  readonly #cluster: string;
  readonly #port: number;
  #child: ChildProcess | null = null;

  constructor(as: RunAs, cluster: string, port: number, password: string) {
    this.#as = as;
    this.#cluster = cluster;
    this.#port = port;
    this.url = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`;
  }

  /** Resolves once it takes connections; recovery after a crash included. */
  async start(): Promise<void> {
    const settings = ["listen_addresses=127.0.0.1", `port=${this.#port}`, "unix_socket_directories=", "jit=off"];
    const child = run(this.#as, join(this.#as.programs, "bin/postgres"), [
      "-D",
      this.#cluster,
      ...settings.flatMap((each) => ["-c", each]),
    ]);
    child.stderr?.resume();
    this.#child = child;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}`);
      const client = new pg.Client({ connectionString: this.url });
      await client.connect();
      await client.end();
      return true;
    });
  }

  /**
   * As `pg_ctl stop` with this mode. `immediate`: every session is cut off, no checkpoint, recovery at the next start.
   * `fast`: every session is told that it ends.
   */
  async stop(mode: "immediate" | "fast"): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    await ended;
  }
}

/** Runs until the end of the test. */
export async function startRestartablePostgres(t: TestContext): Promise<RestartablePostgres> {
  const folder = mkdtempSync(join(tmpdir(), "bellhop-postgres-"));
  const as = await chooseRunAs(folder, await preparePrograms(folder), systemTools);
  const password = await ensureCluster(folder, as);
  const postgres = new RestartablePostgres(as, join(folder, "postgres"), await testPort(), password);
  t.after(async () => {
    await postgres.stop("immediate");
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  await postgres.start();
  return postgres;
}
