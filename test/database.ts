// A database of its own for each test that asks: migrated once into a template and copied. One private PostgreSQL serves
// the whole run when `scripts/test.ts` started one; a test file run alone starts its own.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startPrivatePostgres } from "../server/src/embedded/postgres.ts";
import { migrate } from "../server/src/store/migrate.ts";

const template = "bellhop_template";
/** Keeps two test files from making the template at once. */
const templateLock = 4_100_002;

export type TestDatabase = { readonly url: string; drop(): Promise<void> };

let own: Promise<{ url: string; stop(): Promise<void> }> | undefined;
let databasesInOwn = 0;

/** Starts a private PostgreSQL for tests; `stop` removes it with its folder. Durability is off: the machine is not on trial. */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), "bellhop-test-"));
  const settings = { fsync: "off", max_connections: "300", shared_preload_libraries: "pg_stat_statements" };
  const postgres = await startPrivatePostgres({ dataDir, log: () => undefined, settings });
  const stop = async (): Promise<void> => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { url: postgres.url, stop };
}

/** A fresh, migrated database. Drop it in `after`; the last drop of a file run alone also stops its PostgreSQL. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const shared = process.env["BELLHOP_TEST_POSTGRES"];
  const server = shared ? { url: shared, stop: async () => undefined } : await (own ??= startTestPostgres());
  databasesInOwn++;
  const name = `test_${randomBytes(6).toString("hex")}`;
  await onServer(server.url, async (client) => {
    await client.query("select pg_advisory_lock($1)", [templateLock]);
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [template]);
    if (!rowCount) await makeTemplate(client, server.url);
    await client.query(`create database ${name} template ${template}`);
  });
  const drop = async (): Promise<void> => {
    await onServer(server.url, (client) => client.query(`drop database ${name} with (force)`));
    if (--databasesInOwn > 0) return;
    own = undefined;
    await server.stop();
  };
  return { url: inDatabase(server.url, name), drop };
}

async function makeTemplate(client: pg.Client, url: string): Promise<void> {
  const making = `${template}_${randomBytes(4).toString("hex")}`;
  await client.query(`create database ${making}`);
  await migrate(inDatabase(url, making));
  await client.query(`alter database ${making} rename to ${template}`);
}

async function onServer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function inDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
