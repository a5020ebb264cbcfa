// Forward-only migrations: numbered `.sql` files, each applied once in one transaction, its hash kept. A file that changed
// after it was applied, or a database that is ahead of the program, is refused before anything listens.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";

const folder = new URL("./migrations/", import.meta.url);
/** Any number nobody else uses: it keeps two processes from migrating at once. */
const advisoryLock = 4_100_001;

type Migration = { readonly name: string; readonly text: string; readonly hash: string };

function readMigrations(): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{3}-.+\.sql$/.test(name));
  return names.toSorted().map((name) => {
    const text = readFileSync(new URL(name, folder), "utf8");
    return { name, text, hash: createHash("sha256").update(text).digest("hex") };
  });
}

/** The oldest PostgreSQL that has everything the statements use. */
const majorMin = 16;

/** The database cannot be used; the message says why and what to do. */
export class MigrationRefused extends Error {}

/** Brings the database up to date; gives the names of what was applied. */
export async function migrate(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: "bellhop migrate" });
  await client.connect();
  try {
    await refuseOldServer(client);
    await client.query("select pg_advisory_lock($1)", [advisoryLock]);
    await client.query(
      "create table if not exists migration (name text primary key, hash text not null, applied_at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ name: string; hash: string }>("select name, hash from migration");
    const migrations = readMigrations();
    refuseStrangers(rows, migrations);
    const applied = new Set(rows.map((row) => row.name));
    const missing = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of missing) await apply(client, migration);
    return missing.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>("show server_version_num");
  const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (major < majorMin)
    throw new MigrationRefused(`Bellhop needs PostgreSQL ${majorMin} or newer; the database of DATABASE_URL is version ${major}.`);
}

function refuseStrangers(applied: readonly { name: string; hash: string }[], migrations: readonly Migration[]): void {
  for (const { name, hash } of applied) {
    const migration = migrations.find((each) => each.name === name);
    if (!migration)
      throw new MigrationRefused(`The database was migrated by a newer Bellhop (${name}); start that version, or a newer one.`);
    if (migration.hash !== hash)
      throw new MigrationRefused(`The migration ${name} differs from the one that was applied; use an unchanged copy of Bellhop.`);
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(migration.text);
    await client.query("insert into migration (name, hash) values ($1, $2)", [migration.name, migration.hash]);
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback");
    throw new Error(`The migration ${migration.name} failed.`, { cause });
  }
}
