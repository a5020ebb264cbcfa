/**
 * A server whose supervisor is gone is stopped, never adopted: its port, its settings and its log pipe belong to a process
 * that no longer exists. The caller holds the claim of the folder, so whatever server still runs on it is an orphan.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { PrivatePostgresError } from "./postgres-error.ts";
import { birthOf, commandLineOf } from "./process-table.ts";

const orphanStopMs = 10_000;
const orphanPollMs = 20;

/** Resolves with the process id of the orphan that was stopped, or null when there was none. */
export async function stopOrphan(cluster: string): Promise<number | null> {
  const lockFile = join(cluster, "postmaster.pid");
  const [first, ...rest] = (await readFile(lockFile, "utf8").catch(() => "")).split("\n");
  const pid = Number(first);
  if (!(pid > 1)) return null;
  if (birthOf(pid) !== null && commandLineOf(pid).includes(`postgres -D ${cluster} `)) {
    await interrupt(pid, cluster);
    return pid;
  }
  // A dead server's id may belong to somebody else's process by now, and PostgreSQL would refuse to start as long as that
  // one lives. It ignores the id of its own parent, and then still checks, by the shared memory named further down in the
  // file, that nothing is left of the old server: so we put our id there, and keep the rest.
  await writeFile(lockFile, [process.pid, ...rest].join("\n"));
  return null;
}

async function interrupt(pid: number, cluster: string): Promise<void> {
  const birth = birthOf(pid);
  process.kill(pid, "SIGINT");
  const giveUpAt = performance.now() + orphanStopMs;
  while (birthOf(pid) === birth) {
    if (performance.now() > giveUpAt) {
      const what = `A PostgreSQL server left behind in ${cluster} (process ${pid}) does not stop.`;
      throw new PrivatePostgresError("orphan_does_not_stop", `${what} End it with "kill -QUIT ${pid}", then start again.`);
    }
    await wait(orphanPollMs);
  }
}
