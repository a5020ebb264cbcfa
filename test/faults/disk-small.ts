// A small disk for a test to fill: a tmpfs of its own. It is mounted in a private mount namespace, which nobody else sees and
// which ends with its last process; a plain user gets one inside a user namespace, where the kernel allows that.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmdirSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mib = 1024 ** 2;
/** Set for a test file that runs inside such a namespace. */
const insideVariable = "BELLHOP_TEST_SMALL_DISKS";
const zeros = Buffer.alloc(mib);
/** The last bytes are taken in pieces of this size, a page of memory. */
const pageBytes = 4_096;

export const hasSmallDisks = process.env[insideVariable] === "yes";

/** How to get a namespace to mount in, or why there is none. */
export function findNamespace(): { command: string[] } | { missing: string } {
  const commands = [
    ["unshare", "--mount"],
    ["unshare", "--user", "--map-root-user", "--mount"],
  ].slice(process.getuid?.() === 0 ? 0 : 1);
  const said: string[] = [];
  for (const command of commands) {
    const [program = "", ...options] = command;
    const tried = spawnSync(program, [...options, "mount", "-t", "tmpfs", "tmpfs", tmpdir()], { encoding: "utf8" });
    if (tried.status === 0) return { command };
    said.push(tried.error?.message ?? tried.stderr.trim());
  }
  return { missing: `no disk can be mounted here: ${said.join("; ")}` };
}

/** Runs a test file again in a namespace. What it reports is written where the first would have reported. */
export async function runInside(command: readonly string[], file: string): Promise<void> {
  const [program = "", ...options] = command;
  const child = spawn(program, [...options, process.execPath, ...process.execArgv, file], {
    // The channel tells it when we are gone.
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, [insideVariable]: "yes" },
  });
  process.exitCode = await new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

export function endWithParent(): void {
  process.once("disconnect", () => process.exit(1));
  process.channel?.unref();
}

export class SmallDisk {
  readonly folder: string;
  #ballast: number | null = null;
  #ballastBytes = 0;

  constructor(sizeMib: number) {
    this.folder = mkdtempSync(join(tmpdir(), "bellhop-small-disk-"));
    must("mount", "-t", "tmpfs", "-o", `size=${sizeMib}m,mode=0700`, "tmpfs", this.folder);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  get totalBytes(): number {
    const { blocks, bsize } = statfsSync(this.folder);
    return blocks * bsize;
  }

  /** Somebody else's file takes what is free, but for so many bytes. */
  fill(leaveBytes = 0): void {
    this.#ballast ??= openSync(join(this.folder, "ballast"), "w");
    while (this.freeBytes > leaveBytes) {
      const bytes = Math.min(mib, Math.max(pageBytes, this.freeBytes - leaveBytes));
      try {
        this.#ballastBytes += writeSync(this.#ballast, zeros, 0, bytes, this.#ballastBytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    }
  }

  /** Somebody else's file is made shorter until so much is free, or is gone. */
  free(bytes = Infinity): void {
    if (this.#ballast === null) return;
    this.#ballastBytes = Math.max(0, this.#ballastBytes - Math.max(0, bytes - this.freeBytes));
    ftruncateSync(this.#ballast, this.#ballastBytes);
  }

  remove(): void {
    if (this.#ballast !== null) closeSync(this.#ballast);
    must("umount", "--lazy", this.folder);
    rmdirSync(this.folder);
  }
}

function must(program: string, ...options: readonly string[]): void {
  execFileSync(program, options);
}
