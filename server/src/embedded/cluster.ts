/** Makes the database cluster at the first start: aside, on disk, and only then under its name. A killed first start leaves nothing that counts. */
import { randomBytes } from "node:crypto";
import { mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PrivatePostgresError } from "./postgres-error.ts";
import { complaintOf, handOver, run, type RunAs } from "./run-as.ts";

export const superuser = "bellhop";
const passwordFile = "bellhop.password";
const unfinishedPrefix = "postgres.init";
const passwordBytes = 24;

const initdbSettings = [
  `--username=${superuser}`,
  "--auth=scram-sha-256",
  // PostgreSQL's own collation: an upgrade of the operating system's cannot corrupt an index.
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
];

/** Resolves with the password of the superuser, when there is a complete cluster. */
export async function ensureCluster(dataDir: string, as: RunAs): Promise<string> {
  const cluster = join(dataDir, "postgres");
  if (!(await stat(cluster).catch(() => null))) await makeCluster(dataDir, cluster, as);
  return (await readFile(join(cluster, passwordFile), "utf8")).trim();
}

async function makeCluster(dataDir: string, cluster: string, as: RunAs): Promise<void> {
  await removeUnfinished(dataDir);
  // A new name each time: the initdb of a killed start may still be writing into its own folder.
  const folder = await mkdtemp(join(dataDir, `${unfinishedPrefix}-`));
  const password = `${folder}.password`;
  await writeFile(password, randomBytes(passwordBytes).toString("base64url"), { mode: 0o600, flag: "wx", flush: true });
  await handOver(as, folder);
  await handOver(as, password);
  await runInitdb(as, folder, password);
  await rename(password, join(folder, passwordFile));
  await syncFolder(folder);
  await rename(folder, cluster);
  await syncFolder(dataDir);
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(unfinishedPrefix)) await rm(join(dataDir, name), { recursive: true, maxRetries: 5 });
  }
}

/** initdb itself writes without syncing, and syncs everything once at its end. */
async function runInitdb(as: RunAs, folder: string, password: string): Promise<void> {
  const args = [...initdbSettings, `--pwfile=${password}`, "-D", folder];
  const complaint = await complaintOf(run(as, join(as.programs, "bin/initdb"), args));
  if (complaint === null) return;
  const what = `PostgreSQL could not make its files in ${dirname(folder)}: ${complaint}`;
  throw new PrivatePostgresError("cluster_not_made", `${what} Remove the cause and start again, or set DATABASE_URL.`);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync();
  await folder.close();
}
