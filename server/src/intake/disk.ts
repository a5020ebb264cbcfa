// A database that fills its disk stops for everybody; publishing stops before that, and delivery goes on.
import { statfs } from "node:fs/promises";
import { Problem } from "../domain/problem.ts";

const checkMs = 10_000;
const freeBytesMin = 2 * 1024 ** 3;
/** On disks of less than 20 GB a tenth is kept free instead. */
const freePartMin = 0.1;
const retryAfterS = 60;

export type Disk = { readonly freeBytes: number; readonly totalBytes: number };
export type DiskWatch = { look(): Promise<Disk>; refusal(): Problem | null; stop(): void };

export async function diskOf(folder: string): Promise<Disk> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Looks at once, then every ten seconds. `told`: publishing stops for want of room, or goes on. */
export async function watchDisk(look: () => Promise<Disk>, told: (message: string) => void): Promise<DiskWatch> {
  let low: Problem | null = null;
  const check = async (): Promise<void> => {
    const before = low;
    low = refusalFor(await look());
    if (low && !before) told(`publishing is refused: ${low.detail}`);
    if (before && !low) told("publishing goes on: the disk of the database has room again");
  };
  await check();
  const timer = setInterval(() => void check().catch(() => undefined), checkMs);
  return { look, refusal: () => low, stop: () => clearInterval(timer) };
}

function refusalFor({ freeBytes, totalBytes }: Disk): Problem | null {
  const needed = Math.min(freeBytesMin, totalBytes * freePartMin);
  if (freeBytes >= needed) return null;
  const detail = `The disk of the database has ${mib(freeBytes)} MiB left, fewer than ${mib(needed)}; nothing is accepted until there is room.`;
  return new Problem("storage_low", detail, [], retryAfterS);
}

const mib = (bytes: number): number => Math.floor(bytes / 1024 ** 2);
