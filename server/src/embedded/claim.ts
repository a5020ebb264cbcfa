/**
 * One supervisor per data folder. Each puts a file of its own, named after its process id and birth, into one folder, and
 * only then looks who else is there: whoever sees another live one takes its own file back. Of two that start at the same
 * instant at least one sees the other. A dead one's file is removed by whoever finds it, and that can never hit a live one,
 * because no name is used twice; with a single lock file that step would be a race.
 */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { birthOf } from "./process-table.ts";

/** A process that was just killed looks alive while the kernel takes its memory apart. */
const heldRetryMs = 1_000;
const heldPollMs = 50;

export type Claim = { release(): Promise<void> } | { heldBy: number };

export async function claimFolder(folder: string): Promise<Claim> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const giveUpAt = performance.now() + heldRetryMs;
  for (;;) {
    const claim = await tryToClaim(folder);
    if ("release" in claim || performance.now() > giveUpAt) return claim;
    await wait(heldPollMs * (0.5 + Math.random())); // unequal steps, so that two that met do not meet for ever
  }
}

async function tryToClaim(folder: string): Promise<Claim> {
  const name = `${process.pid}.${birthOf(process.pid)}`;
  const own = join(folder, name);
  try {
    await writeFile(own, "", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return { heldBy: process.pid };
    throw error;
  }
  const release = () => rm(own, { force: true });
  const heldBy = await findLive(folder, name);
  if (heldBy === null) return { release };
  await release();
  return { heldBy };
}

async function findLive(folder: string, except: string): Promise<number | null> {
  for (const name of await readdir(folder)) {
    const [pid, birth] = name.split(".");
    if (name === except) continue;
    if (birthOf(Number(pid)) === birth) return Number(pid);
    await rm(join(folder, name), { force: true });
  }
  return null;
}
