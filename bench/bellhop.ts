// Bellhop as `npm start` runs it, with its private PostgreSQL, on a core of its own; and what it needs to have somebody to notify.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import program from "../scripts/program-options.json" with { type: "json" };
import { freePort } from "../server/src/port.ts";
import { makePartitions } from "../server/src/store/partitions.ts";
import { fillLog } from "../test/filled-log.ts";
import type { LogShape } from "../test/filled-log.ts";
import { destinationUrl } from "./destination.ts";
import { endProcess, spawnNode } from "./pinned.ts";
import type { System, Written } from "./system.ts";

const adminKey = "bench-admin-key-0123456789";
const readyWithinMs = 60_000;
const readyPollMs = 50;
const answerWithinMs = 30_000;
const makingAtOnce = 8;
const compileCache = new URL("../node_modules/.cache/node", import.meta.url).pathname;
/** Days that the log goes back once a program has run for its default retention. Their number has a price of its own. */
const agedMs = 30 * 86_400_000;

export type BellhopOptions = { readonly probed?: boolean; readonly counting?: boolean };
/** Since the database was made: calls of statements, rows of events, notifications and log. */
export type Counted = { readonly statements: number; readonly inserted: number; readonly changed: number };

export class Bellhop implements System {
  readonly name = "Bellhop";
  readonly key = adminKey;
  readonly port: number;
  readonly #dataDir: string;
  readonly #child: ChildProcess;
  readonly #database: pg.Client;

  private constructor(port: number, dataDir: string, child: ChildProcess) {
    this.port = port;
    this.#dataDir = dataDir;
    this.#child = child;
    this.#database = new pg.Client({ connectionString: databaseUrl(dataDir), query_timeout: answerWithinMs });
  }

  /** Its log goes nowhere, but it is written as by default: a line for each attempt. `counting`: PostgreSQL counts statements. */
  static async start(core: number, { probed = false, counting = false }: BellhopOptions = {}): Promise<Bellhop> {
    const dataDir = mkdtempSync(join(tmpdir(), "bellhop-bench-"));
    const bellhop = await Bellhop.#startIn(dataDir, core, probed);
    await makeAgedDays(databaseUrl(dataDir));
    if (!counting) return bellhop;
    await bellhop.#database.query("alter system set shared_preload_libraries = 'pg_stat_statements'");
    await bellhop.#halt();
    const again = await Bellhop.#startIn(dataDir, core, probed);
    await again.#database.query("create extension pg_stat_statements");
    return again;
  }

  static async #startIn(dataDir: string, core: number, probed: boolean): Promise<Bellhop> {
    const port = (await freePort("127.0.0.1", 0)) as number;
    const probe = probed ? ["--expose-gc", "--import", new URL("./heap-probe.ts", import.meta.url).href] : [];
    const main = new URL("../server/src/main.ts", import.meta.url).pathname;
    const environment = {
      ...program.environment,
      PATH: process.env["PATH"],
      NODE_COMPILE_CACHE: compileCache,
      PORT: String(port),
      BELLHOP_DATA_DIR: dataDir,
      BELLHOP_ADMIN_KEY: adminKey,
    };
    const child = spawnNode(core, [...program.options, ...probe, main, "--no-sample"], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: environment,
    });
    await ready(port, child);
    const bellhop = new Bellhop(port, dataDir, child);
    await bellhop.#database.connect();
    return bellhop;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** A workspace for each name, with an app that has `fanOut` subscriptions to one topic. */
  async makeWorkspaces(names: readonly string[], fanOut: number, receiverPort: number): Promise<void> {
    let next = 0;
    const work = async (): Promise<void> => {
      for (let at = next++; at < names.length; at = next++) {
        const urls = Array.from({ length: fanOut }, (_, number) => destinationUrl(receiverPort, at * fanOut + number));
        await this.#makeWorkspace(names[at] as string, urls);
      }
    };
    await Promise.all(Array.from({ length: makingAtOnce }, work));
  }

  /** Apps with a log of some days, in a Bellhop that has had neither. */
  async fillLog(shape: LogShape): Promise<void> {
    const encryptionKey = Buffer.from(readFileSync(join(this.#dataDir, "encryption.key"), "utf8").trim(), "base64");
    await fillLog(databaseUrl(this.#dataDir), encryptionKey, shape);
    // It takes up what was changed with the next change that it makes itself.
    await this.#call("PUT", "/v1/workspaces/ext:last", { name: "Last", kind: "paid", region: "us" });
  }

  async written(): Promise<Written> {
    const { rows } = await this.#database.query<Written>(`
      select (pg_current_wal_insert_lsn() - '0/0')::float8 as "walBytes",
        (select coalesce(sum(fsyncs), 0)::float8 from pg_stat_io where object = 'wal') as "fsyncs",
        (select coalesce(sum(pg_total_relation_size(inhrelid)), 0)::float8 from pg_inherits
         join pg_class on pg_class.oid = inhrelid where relkind = 'r') as "diskBytes"`);
    return rows[0] as Written;
  }

  /** What its process has after its garbage was collected; only of one that is probed. */
  async collected(): Promise<NodeJS.MemoryUsage> {
    const answer = once(this.#child, "message", { signal: AbortSignal.timeout(answerWithinMs) });
    this.#child.send("collect");
    return (await answer)[0] as NodeJS.MemoryUsage;
  }

  /** Notifications in its memory that wait to be sent or answered. */
  async unfinished(): Promise<number> {
    const headers = { authorization: `Bearer ${this.key}` };
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`, { headers })).text();
    const gauge = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
    return gauge("bellhop_notifications_waiting") + gauge("bellhop_attempts_in_flight");
  }

  /** Only of one that counts. */
  async counted(): Promise<Counted> {
    const { rows } = await this.#database.query<Counted>(`
      select (select coalesce(sum(calls), 0)::float8 from pg_stat_statements
          where query !~ 'pg_stat_(statements|user_tables|io)') as statements,
        (select coalesce(sum(n_tup_ins), 0)::float8 from pg_stat_user_tables where relname ~ '_[0-9]{8}$') as inserted,
        (select coalesce(sum(n_tup_upd + n_tup_del), 0)::float8 from pg_stat_user_tables where relname ~ '_[0-9]{8}$') as changed`);
    return rows[0] as Counted;
  }

  async stop(): Promise<void> {
    await this.#halt();
    rmSync(this.#dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async #halt(): Promise<void> {
    await this.#database.end();
    await endProcess(this.#child, () => this.#child.kill("SIGTERM"));
  }

  async #makeWorkspace(name: string, urls: readonly string[]): Promise<void> {
    await this.#call("PUT", `/v1/workspaces/ext:${name}`, { name, kind: "paid", region: "us" });
    const permissions = ["read_tickets"];
    const app = await this.#call<{ id: string }>("POST", "/v1/apps", { name: `App of ${name}`, workspace_id: `ext:${name}`, permissions });
    for (const url of urls) {
      await this.#call("POST", `/v1/apps/${app.id}/subscriptions?verify=false`, { url, topics: ["ticket.created"] });
    }
  }

  async #call<T>(method: string, path: string, body: unknown): Promise<T> {
    const headers = { authorization: `Bearer ${this.key}`, "content-type": "application/json" };
    const signal = AbortSignal.timeout(answerWithinMs);
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { method, headers, body: JSON.stringify(body), signal });
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
