/**
 * As whom, and tied to whose life, the PostgreSQL programs run. PostgreSQL refuses to run as root. For root we enter a user
 * namespace in which we are `nobody`: outside of it the files stay root's, so that any folder works, nothing changes its
 * owner and no account is made. Where namespaces are refused, the real `nobody` is tried. Every way is tried out before use.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { chmod, chown, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { copyPrograms } from "./binaries.ts";
import { PrivatePostgresError } from "./postgres-error.ts";

/** Names of system programs; a test gives one that does not exist to see what happens without it. */
export type SystemTools = { unshare: string; setpriv: string; watcher: string };
export const systemTools: SystemTools = { unshare: "unshare", setpriv: "setpriv", watcher: "/bin/sh" };

export type RunAs = {
  programs: string;
  prefix: string[];
  /** Set when the programs run as another user than we do. */
  user: { uid: number; gid: number } | null;
  /** True when the kernel interrupts the program as soon as the thread of ours that started it is gone. */
  diesWithParent: boolean;
};

/** `nobody` on every Linux: a user id that is missing in the password file does not do. */
const nobody = 65_534;
/** Nothing of our own environment: a stray PGDATA or LANG must not change what the programs do, nor the words of their log. */
const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC" };

export function run(as: RunAs, program: string, args: string[]): ChildProcess {
  const [first = program, ...rest] = [...as.prefix, program, ...args];
  // A process group of its own: Ctrl-C in a terminal must reach us alone, or the database would be gone before we drained.
  return spawn(first, rest, { stdio: ["ignore", "ignore", "pipe"], env, detached: true, ...as.user });
}

/** Null when the program succeeded, else what it said. */
export async function complaintOf(child: ChildProcess): Promise<string | null> {
  const ended = new Promise<number | string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message)).once("exit", resolve);
  });
  const [how, said] = await Promise.all([ended, child.stderr === null ? "" : text(child.stderr)]);
  return how === 0 ? null : said.trim() || String(how);
}

/** Gives a file or folder that we made to the user as whom the programs run. */
export async function handOver(as: RunAs, path: string): Promise<void> {
  if (as.user !== null) await chown(path, as.user.uid, as.user.gid);
}

export async function chooseRunAs(dataDir: string, programs: string, tools: SystemTools): Promise<RunAs> {
  const plain: RunAs = { programs, prefix: [], user: null, diesWithParent: false };
  if (process.getuid?.() !== 0) return tryOut(plain, dataDir, tools);
  // A cluster made by a normal user, or by the real `nobody`, stays that user's when root starts it.
  const owner = await stat(join(dataDir, "postgres")).catch(() => null);
  if (owner !== null && owner.uid !== 0) return tryAsUser({ ...plain, user: { uid: owner.uid, gid: owner.gid } }, dataDir, tools);
  const namespace = [tools.unshare, "--user", `--map-user=${nobody}`, `--map-group=${nobody}`, "--"];
  try {
    return await tryOut({ ...plain, prefix: namespace }, dataDir, tools);
  } catch {
    return tryAsUser({ ...plain, user: { uid: nobody, gid: nobody } }, dataDir, tools);
  }
}

async function tryAsUser(as: RunAs, dataDir: string, tools: SystemTools): Promise<RunAs> {
  const folder = await stat(dataDir);
  if (folder.uid !== as.user?.uid) await chmod(dataDir, folder.mode | 0o011); // others may pass through, and see nothing
  const copied = async () => ({ ...as, programs: await copyPrograms(as.programs, dataDir) });
  try {
    const found = await tryOut(as, dataDir, tools).catch(async () => tryOut(await copied(), dataDir, tools));
    await handOverAll(found, join(dataDir, "postgres"));
    return found;
  } catch (error) {
    const what = `PostgreSQL does not run as root, and here it runs neither in a user namespace nor as another user in ${dataDir}`;
    throw new PrivatePostgresError("root_refused", `${what}: run as a normal user or set DATABASE_URL. (${(error as Error).message})`);
  }
}

/** A cluster that was made in a user namespace, on a system that has stopped to allow them. */
async function handOverAll(as: RunAs, cluster: string): Promise<void> {
  const owner = await stat(cluster).catch(() => null);
  if (owner === null || owner.uid === as.user?.uid) return;
  for (const name of await readdir(cluster, { recursive: true })) await handOver(as, join(cluster, name));
  await handOver(as, cluster); // last: it says whose the cluster is
}

/** The same way, tied to our life if that is possible here. */
async function tryOut(as: RunAs, dataDir: string, tools: SystemTools): Promise<RunAs> {
  // After the change of user, because that clears the signal. BusyBox has a setpriv without it, macOS has none.
  const tied = { ...as, prefix: [...as.prefix, tools.setpriv, "--pdeathsig", "INT", "--"], diesWithParent: true };
  const probe = ["-c", 'cd "$1" && exec "$2" --version >&2', "sh", dataDir, join(as.programs, "bin/postgres")];
  if ((await complaintOf(run(tied, "/bin/sh", probe))) === null) return tied;
  const complaint = await complaintOf(run(as, "/bin/sh", probe));
  if (complaint === null) return as;
  const what = `The PostgreSQL programs do not run here (on Linux they need glibc, and a way to ${dataDir}): ${complaint}`;
  throw new PrivatePostgresError("binaries_do_not_run", `${what}. Set DATABASE_URL instead.`);
}
