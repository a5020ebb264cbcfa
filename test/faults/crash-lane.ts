// One program after the other on one database that a test can stop: each is killed at its point, and the next one takes over
// where it was. What is on disk is read by connections of the test's own.
import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import pg from "pg";
import { makeProgram } from "../program.ts";
import type { Program } from "../program.ts";
import { startRestartablePostgres } from "../restartable-postgres.ts";
import type { RestartablePostgres } from "../restartable-postgres.ts";
import { lastWord, orderVariable } from "./crash-points.ts";
import type { CrashPoint } from "./crash-points.ts";

const trap = new URL("./crash-trap.ts", import.meta.url).href;
/** All programs on one database have the same. */
const encryptionKey = Buffer.alloc(32, 7).toString("base64");
const reachedWithinMs = 40_000;

type Ground = {
  readonly t: TestContext;
  readonly postgres: RestartablePostgres;
  readonly folder: string;
};

export class Lane {
  readonly t: TestContext;
  readonly postgres: RestartablePostgres;
  /** Whether the database is stopped at once, and started again, before the next program is. */
  restarts = false;
  readonly program: Program;
  readonly #folder: string;
  readonly #orderFile: string;
  readonly #databaseUrl: string;
  #client: pg.Client | null = null;

  constructor({ t, postgres, folder }: Ground, program: Program, orderFile: string, databaseUrl: string) {
    this.t = t;
    this.postgres = postgres;
    this.program = program;
    this.#folder = folder;
    this.#orderFile = orderFile;
    this.#databaseUrl = databaseUrl;
  }

  /** The same server with an empty database, and a program that has not been started on it. */
  async beside(): Promise<Lane> {
    const name = `beside_${Math.random().toString(36).slice(2)}`;
    await this.ask(`create database ${name}`);
    const url = new URL(this.#databaseUrl);
    url.pathname = `/${name}`;
    const lane = await this.#open(url.href);
    lane.restarts = this.restarts;
    return lane;
  }

  /** Another program on the same database, not started yet. */
  async second(): Promise<Lane> {
    return this.#open(this.#databaseUrl);
  }

  #open(url: string): Promise<Lane> {
    return openLane({ t: this.t, postgres: this.postgres, folder: this.#folder }, url);
  }

  /** From now on the program dies at this point, at its `nth` passage. */
  arm(point: CrashPoint, nth = 1): void {
    writeFileSync(`${this.#orderFile}.new`, `${point} ${nth}`);
    // At once: the program reads it at any time.
    renameSync(`${this.#orderFile}.new`, this.#orderFile);
  }

  /** It died there and nowhere else. The database is as the case wants it; the next program can be started. */
  async died(point: CrashPoint): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const never = new Promise<string>((resolve) => (timer = setTimeout(resolve, reachedWithinMs, "it was never reached")));
    const how = await Promise.race([this.program.ended(), never]);
    clearTimeout(timer);
    const said = this.program.output;
    assert.equal(how, "SIGKILL", `${point}: ${said.slice(-2_000)}`);
    assert.ok(said.trimEnd().endsWith(lastWord + point), `${point} was not the program's last word: ${said.slice(-2_000)}`);
    this.disarm();
    if (this.restarts) await this.restartDatabase();
  }

  disarm(): void {
    rmSync(this.#orderFile, { force: true });
  }

  async restartDatabase(): Promise<void> {
    this.#client = null;
    await this.postgres.stop("immediate");
    await this.postgres.start();
  }

  /** A start that is not to get far. */
  async startInVain(): Promise<void> {
    await assert.rejects(this.program.start(), /the program ended/);
  }

  /** On a connection of its own, and on another one after a restart. */
  async ask<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = (this.#client ??= await this.#connectAgain());
    return (await client.query(text, [...values])).rows as Row[];
  }

  async #connectAgain(): Promise<pg.Client> {
    const client = await this.connect();
    client.once("end", () => (this.#client = null));
    return client;
  }

  async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#databaseUrl });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  async close(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
  }
}

async function openLane(ground: Ground, url: string): Promise<Lane> {
  const { t, folder } = ground;
  const orderFile = join(mkdtempSync(join(folder, "lane-")), "order");
  const program = await makeProgram(t, {
    DATABASE_URL: url,
    BELLHOP_ALLOW_HTTP: "true",
    BELLHOP_ALLOW_NETWORKS: "127.0.0.0/8",
    NODE_OPTIONS: `--import=${trap}`,
    BELLHOP_ENCRYPTION_KEY: encryptionKey,
    NODE_COMPILE_CACHE: join(folder, "compiled"),
    [orderVariable]: orderFile,
  });
  const lane = new Lane(ground, program, orderFile, url);
  t.after(() => lane.close());
  return lane;
}

/** A lane whose program runs. */
export async function startLane(t: TestContext): Promise<Lane> {
  const folder = mkdtempSync(join(tmpdir(), "bellhop-crash-"));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  const postgres = await startRestartablePostgres(t);
  const lane = await openLane({ t, postgres, folder }, postgres.url);
  await lane.program.start();
  // What a program compiled is kept by one that ends in order: the many that follow start in half the time.
  await lane.program.kill("SIGTERM");
  await lane.program.start();
  return lane;
}
