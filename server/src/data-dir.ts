// The folder of the private PostgreSQL and of keys: made where it is not there, and tried, so that a start which cannot
// work ends before anything else was begun.
import { mkdirSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Makes the folder and those above it. Throws where one cannot be made, or nothing can be written there. */
export function makeFolder(folder: string): void {
  make(folder);
  rmdirSync(mkdtempSync(join(folder, ".writable-")));
}

/** Not `recursive`: that never returns below a folder such as /proc, which is there and takes no new one. */
function make(folder: string): void {
  const failure = tryMake(folder);
  if (failure?.code === "ENOENT" && dirname(folder) !== folder) {
    make(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  } else if (failure !== null && !isFolder(folder)) throw failure;
}

function tryMake(folder: string): NodeJS.ErrnoException | null {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
