// One running Bellhop on this machine: its data folder, its PostgreSQL, the program, the port. Used by `npm start`, by
// `npm run sample:remove` where nothing runs, and by whole-system tests.
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { join } from "node:path";
import type { Logger } from "pino";
import { createApp } from "./app.ts";
import type { App } from "./app.ts";
import { portDefault } from "./config.ts";
import { dnsLookup } from "./deliver/resolver-dns.ts";
import type { Config } from "./config.ts";
import { makeFolder } from "./data-dir.ts";
import { startPrivatePostgres } from "./embedded/postgres.ts";
import type { PrivatePostgres } from "./embedded/postgres.ts";
import { PrivatePostgresError } from "./embedded/postgres-error.ts";
import { hubDir } from "./hub-build.ts";
import { diskOf } from "./intake/disk.ts";
import type { FirstKey } from "./manage/keys-first.ts";
import { choosePort } from "./port.ts";
import type { AttemptSignal } from "./signal/telemetry.ts";
import { StartRefused } from "./start-refused.ts";

const portsTried = 50;

export type Instance = {
  readonly url: string;
  readonly port: number;
  readonly keyFile: string;
  readonly firstKey: FirstKey;
  readonly makeStartLink: App["makeStartLink"];
  readonly inbox: App["inbox"];
  /** Rejects when the private PostgreSQL ends by itself. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
};

export type InstanceOptions = {
  readonly config: Config;
  readonly log: Logger;
  readonly attempted: (signal: AttemptSignal) => void;
};

export async function startInstance({ config, log, attempted }: InstanceOptions): Promise<Instance> {
  makeDataDir(config.dataDir);
  const postgres = config.databaseUrl === null ? await ownPostgres(config.dataDir, log) : null;
  try {
    return await startWith(postgres, { config, log, attempted });
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}

function makeDataDir(dataDir: string): void {
  try {
    makeFolder(dataDir);
  } catch (error) {
    const why = (error as Error).message;
    throw new StartRefused(`BELLHOP_DATA_DIR is ${dataDir}, which cannot be used as a folder: ${why}; set it to one that can be written.`);
  }
}

async function ownPostgres(dataDir: string, log: Logger): Promise<PrivatePostgres> {
  try {
    return await startPrivatePostgres({ dataDir, log: (level, message) => log[level](message) });
  } catch (error) {
    if (!(error instanceof PrivatePostgresError)) throw error;
    const running = error.reason === "in_use" ? readRunning(dataDir) : null;
    throw new StartRefused(
      running ? `Bellhop is already running on this data folder: ${running.url} (process ${running.pid}).` : error.message,
    );
  }
}

async function startWith(postgres: PrivatePostgres | null, { config, log, attempted }: InstanceOptions): Promise<Instance> {
  const port = await choosePort(config.host, config.port, portDefault, portsTried).catch((error: Error) => {
    throw new StartRefused(
      `HOST ${config.host} and PORT ${config.port ?? portDefault} cannot be listened on: ${error.message}; set them to an address of this machine and a free port.`,
    );
  });
  if (port === null) throw new StartRefused(`Port ${config.port ?? portDefault} on ${config.host} is taken; set PORT to another one.`);
  const url = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
  const keyFile = join(config.dataDir, "admin.key");
  const databaseUrl = postgres?.url ?? (config.databaseUrl as string);
  const app = await createApp({
    config,
    databaseUrl,
    encryptionKey: config.encryptionKey ?? encryptionKeyIn(config.dataDir),
    keyFile,
    disk: postgres ? () => diskOf(config.dataDir) : null,
    wallMs: Date.now,
    lookup: dnsLookup(),
    publicUrl: config.publicUrl ?? url,
    hubDir,
    ownPorts: [port, Number(new URL(databaseUrl).port || 5432), ...(config.metricsPort === null ? [] : [config.metricsPort])],
    log,
    attempted,
  });
  try {
    await app.server.listen({ port, host: config.host });
    const metrics = await serveMetrics(app, config.metricsPort);
    writeRunning(config.dataDir, url);
    let stopping = false;
    const stop = async (): Promise<void> => {
      stopping = true;
      metrics?.close();
      await app.stop();
      await postgres?.stop();
      rmSync(runningFile(config.dataDir), { force: true });
    };
    const { firstKey, makeStartLink, inbox } = app;
    return { url, port, keyFile, firstKey, makeStartLink, inbox, broken: brokenWith(postgres, () => stopping), stop };
  } catch (error) {
    await app.stop();
    throw error;
  }
}

/** Pends for ever with a database of somebody else's: its absence is waited out. */
function brokenWith(postgres: PrivatePostgres | null, stopping: () => boolean): Promise<never> {
  return new Promise((_, reject) => {
    void postgres?.exited.then(({ code, signal }) => {
      if (!stopping()) reject(new Error(`The private PostgreSQL ended by itself (${signal ?? `code ${code}`}).`));
    });
  });
}

async function serveMetrics(app: App, port: number | null): Promise<Server | null> {
  if (port === null) return null;
  const { registry } = app.telemetry;
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") return void response.writeHead(404).end();
    void registry.metrics().then((text) => response.writeHead(200, { "content-type": registry.contentType }).end(text));
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve)).catch((error: Error) => {
    throw new StartRefused(`METRICS_PORT ${port} cannot be listened on: ${error.message}; set it to another one.`);
  });
  return server;
}

const encryptionKeyFile = "encryption.key";

/** The key in the data folder, made at the first start. Whoever loses it loses every secret in the database. */
function encryptionKeyIn(dataDir: string): Buffer {
  const file = join(dataDir, encryptionKeyFile);
  try {
    const key = Buffer.from(readFileSync(file, "utf8").trim(), "base64");
    if (key.length !== 32)
      throw new StartRefused(
        `${file} does not hold 32 bytes in base64; put the right encryption key there, or set BELLHOP_ENCRYPTION_KEY.`,
      );
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const key = randomBytes(32);
    writeFileSync(file, `${key.toString("base64")}\n`, { mode: 0o600, flag: "wx" });
    return key;
  }
}

export type Running = { url: string; pid: number };

const runningFile = (dataDir: string): string => join(dataDir, "running.json");

function writeRunning(dataDir: string, url: string): void {
  writeFileSync(runningFile(dataDir), JSON.stringify({ url, pid: process.pid }), { mode: 0o600 });
}

/** Where the Bellhop of this data folder listens; null when none has said so. */
export function readRunning(dataDir: string): Running | null {
  try {
    return JSON.parse(readFileSync(runningFile(dataDir), "utf8")) as Running;
  } catch {
    return null;
  }
}
