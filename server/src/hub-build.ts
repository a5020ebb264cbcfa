// Builds the Developer Hub where its sources are not those of the build that is there. The stamp is a hash of their content, so
// a fresh checkout, a changed clock or a touched file builds nothing. A build is made aside and renamed into place: one that
// is killed leaves nothing, and of two at once either may be the last.
import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const root = resolve(import.meta.dirname, "../..");
/** Where the build puts the hub, and the server takes it from. */
export const hubDir = join(root, "web/dist");

const sources = ["web/src/**/*", "web/public/**/*", "web/*.{html,json,ts}", "contract/src/**/*", "package-lock.json"];
const stampFile = ".stamp";
/** Names a change in how it is built, so that older builds are not taken for current ones. */
const recipe = "1";
const timeoutMs = 120_000;
/** No build is still under way after this. */
const leftAfterMs = 600_000;
const outputCharactersMax = 2_000;
/** Beyond this, compressing takes longer than it saves. */
const brotliQuality = 9;
const compressed = /\.(js|css|html|svg|json|txt|webmanifest)$/;
const renamesMax = 5;

export type HubBuild =
  | { readonly state: "fresh" }
  | { readonly state: "built"; readonly tookMs: number }
  | { readonly state: "failed"; readonly why: string };

/** `from`: the folder of the repository. */
export async function buildHub(from: string = root): Promise<HubBuild> {
  const dist = join(from, "web/dist");
  const startedMs = performance.now();
  try {
    const stamp = stampOf(from);
    if ((await readFile(join(dist, stampFile), "utf8").catch(() => "")) === stamp) return { state: "fresh" };
    await build(from, dist, stamp);
    return { state: "built", tookMs: performance.now() - startedMs };
  } catch (error) {
    return { state: "failed", why: (error as Error).message };
  }
}

/** What the terminal says of it; null: nothing to say. */
export function hubBuildLine(build: HubBuild): string | null {
  if (build.state === "fresh") return null;
  if (build.state === "built") return `building the Developer Hub: done in ${(build.tookMs / 1000).toFixed(1)} s`;
  return `building the Developer Hub failed, the API runs without it: ${build.why}`;
}

function stampOf(from: string): string {
  const files = globSync(sources, { cwd: from, withFileTypes: true }).filter((file) => file.isFile() && !file.name.endsWith(".test.ts"));
  const hash = createHash("sha256").update(recipe);
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).toSorted()) {
    const content = readFileSync(path);
    hash.update(`${path.slice(from.length)} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

async function build(from: string, dist: string, stamp: string): Promise<void> {
  // Beside the build, on the same disk, and where no version control looks.
  const making = join(from, "web/node_modules/.hub");
  const aside = join(making, randomUUID());
  try {
    await mkdir(aside, { recursive: true });
    await removeLeft(making);
    await runVite(from, join(aside, "new"));
    await compress(join(aside, "new"));
    await writeFile(join(aside, "new", stampFile), stamp);
    await replace(dist, aside);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** What builds that were killed have left. */
async function removeLeft(making: string): Promise<void> {
  for (const name of await readdir(making)) {
    const found = await stat(join(making, name)).catch(ignore("ENOENT"));
    if (found && Date.now() - found.mtimeMs > leftAfterMs) await rm(join(making, name), { recursive: true, force: true });
  }
}

/** A process of its own: what the tool needs of memory is gone with it. */
async function runVite(from: string, outDir: string): Promise<void> {
  const vite = join(from, "node_modules/vite/bin/vite.js");
  const options = ["build", "--outDir", outDir, "--emptyOutDir", "--logLevel", "warn"];
  const child = spawn(process.execPath, [vite, ...options], {
    cwd: join(from, "web"),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
  });
  const end = (): void => void child.kill();
  process.once("exit", end);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-outputCharactersMax)));
  const how = await new Promise<string>((done, fail) =>
    child.once("error", fail).once("close", (code, signal) => done(String(code ?? signal))),
  );
  process.off("exit", end);
  if (how !== "0") throw new Error(`vite ended with ${how}.\n${output.trim()}`);
}

/** Beside each file what a browser may have instead. */
async function compress(folder: string): Promise<void> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => compressed.test(file));
  await Promise.all(
    files.map(async (file) => {
      const content = await readFile(join(folder, file));
      const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
      await writeFile(join(folder, `${file}.br`), await promisify(brotliCompress)(content, { params }));
      await writeFile(join(folder, `${file}.gz`), await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }));
    }),
  );
}

/** Another start may do the same in between; then theirs goes too. */
async function replace(dist: string, aside: string): Promise<void> {
  for (let tried = 1; ; tried++) {
    await rename(dist, join(aside, `old-${tried}`)).catch(ignore("ENOENT"));
    const renamed = await rename(join(aside, "new"), dist).then(() => true, tried < renamesMax ? ignore("ENOTEMPTY", "EEXIST") : undefined);
    if (renamed === true) return;
  }
}

const ignore =
  (...codes: readonly string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? "")) throw error;
  };
