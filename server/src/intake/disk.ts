// A database that fills its disk stops for everybody; publishing stops before that, and delivery goes on.
import { statfs } from "node:fs/promises";
import { Problem } from "../domain/problem.ts";

const checkMs = 10_000;
const freeBytesMin = 2 * 1024 ** 3;
/** On small disks a tenth is kept free instead. */
const freePartMin = 0.1;

export type DiskWatch = { refusal(): Problem | null; stop(): void };

export async function watchDisk(folder: string): Promise<DiskWatch> {
  let low: Problem | null = null;
  const check = async (): Promise<void> => {
    const { bavail, blocks, bsize } = await statfs(folder);
    const [free, total] = [bavail * bsize, blocks * bsize];
    const needed = Math.min(freeBytesMin, total * freePartMin);
    low =
      free >= needed
        ? null
        : new Problem(
            "storage_low",
            `The disk of the database has ${mib(free)} MiB left, fewer than ${mib(needed)}; nothing is accepted until there is room.`,
            [],
            60,
          );
  };
  await check();
  const timer = setInterval(() => void check().catch(() => undefined), checkMs);
  return { refusal: () => low, stop: () => clearInterval(timer) };
}

const mib = (bytes: number): number => Math.floor(bytes / 1024 ** 2);
