// Bellhop as `npm start` runs it, with its private PostgreSQL, on a core of its own; and what it needs to have somebody to notify.
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { freePort } from "../server/src/port.ts";
import { makePartitions } from "../server/src/store/partitions.ts";
import { endProcess, spawnNode } from "./pinned.ts";

export const key = "bench-admin-key-0123456789";
const readyWithinMs = 60_000;
const readyPollMs = 50;
const makingAtOnce = 8;
/** Days that the log goes back once a program has run for its default retention. Their number has a price of its own. */
const agedMs = 30 * 86_400_000;

/** What PostgreSQL counted since it was made. */
export type Written = { readonly walBytes: number; readonly fsyncs: number; readonly diskBytes: number };

export class Bellhop {
  readonly port: number;
  readonly #dataDir: string;
  readonly #child: ChildProcess;
  readonly #database: pg.Client;

  private constructor(port: number, dataDir: string, child: ChildProcess) {
    this.port = port;
    this.#dataDir = dataDir;
    this.#child = child;
    this.#database = new pg.Client({ connectionString: databaseUrl(dataDir) });
  }

  /** Its log goes nowhere, but it is written as by default: a line for each attempt. */
  static async start(core: number, nodeOptions: readonly string[] = []): Promise<Bellhop> {
    const port = (await freePort("127.0.0.1", 0)) as number;
    const dataDir = mkdtempSync(join(tmpdir(), "bellhop-bench-"));
    const main = new URL("../server/src/main.ts", import.meta.url).pathname;
    const environment = { PATH: process.env["PATH"], PORT: String(port), BELLHOP_DATA_DIR: dataDir, BELLHOP_ADMIN_KEY: key };
    const child = spawnNode(core, [...nodeOptions, main, "--no-sample"], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: environment,
    });
    await ready(port, child);
    const bellhop = new Bellhop(port, dataDir, child);
    await bellhop.#database.connect();
    await makeAgedDays(databaseUrl(dataDir));
    return bellhop;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** A workspace for each name, with an app that has `fanOut` subscriptions to one topic. */
  async makeWorkspaces(names: readonly string[], fanOut: number, receiverPort: number): Promise<void> {
    const left = [...names];
    const work = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) await this.#makeWorkspace(name, fanOut, receiverPort);
    };
    await Promise.all(Array.from({ length: makingAtOnce }, work));
  }

  async written(): Promise<Written> {
    const { rows } = await this.#database.query<Written>(`
      select (pg_current_wal_insert_lsn() - '0/0')::float8 as "walBytes",
        (select coalesce(sum(fsyncs), 0)::float8 from pg_stat_io where object = 'wal') as "fsyncs",
        (select coalesce(sum(pg_total_relation_size(inhrelid)), 0)::float8 from pg_inherits
         join pg_class on pg_class.oid = inhrelid where relkind = 'r') as "diskBytes"`);
    return rows[0] as Written;
  }

  async stop(): Promise<void> {
    await this.#database.end();
    await endProcess(this.#child, () => this.#child.kill("SIGTERM"));
    rmSync(this.#dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async #makeWorkspace(name: string, fanOut: number, receiverPort: number): Promise<void> {
    await this.#call("PUT", `/v1/workspaces/ext:${name}`, { name, kind: "paid", region: "us" });
    const permissions = ["read_tickets"];
    const app = await this.#call<{ id: string }>("POST", "/v1/apps", { name: `App of ${name}`, workspace_id: `ext:${name}`, permissions });
    for (let number = 0; number < fanOut; number++) {
      const url = `http://127.0.0.1:${receiverPort}/${name}/${number}`;
      await this.#call("POST", `/v1/apps/${app.id}/subscriptions?verify=false`, { url, topics: ["ticket.created"] });
    }
  }

  async #call<T>(method: string, path: string, body: unknown): Promise<T> {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

/** The partitions of a database in which the program has run for a month; they are empty. */
export async function makeAgedDays(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  await makePartitions(pool, Date.now() - agedMs, Date.now());
  await pool.end();
}

async function ready(port: number, child: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + readyWithinMs;
  while (performance.now() < giveUpAt && child.exitCode === null) {
    const status = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await wait(readyPollMs);
  }
  child.kill("SIGKILL");
  throw new Error("Bellhop did not become ready");
}

/** Of the private PostgreSQL in the folder. */
function databaseUrl(dataDir: string): string {
  const password = readFileSync(join(dataDir, "postgres/bellhop.password"), "utf8").trim();
  const port = readFileSync(join(dataDir, "postgres/postmaster.pid"), "utf8").split("\n")[3];
  return `postgres://bellhop:${password}@127.0.0.1:${port}/postgres`;
}
