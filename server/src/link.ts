// `npm run link`: prints a link that signs in to the hub of the Bellhop that runs on this data folder. Where nobody reads
// along, the URL is all that standard output gets.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readOptions } from "./command-options.ts";
import { readConfig } from "./config.ts";
import type { Config } from "./config.ts";
import { readRunning } from "./instance.ts";

const timeoutMs = 10_000;

readOptions("npm run link: prints a link that signs in to the Developer Hub, once, within 15 minutes", []);
const read = readConfig();
if (!read.ok) refuse(read.mistakes.join("\n"));
const running = readRunning(read.config.dataDir) ?? refuse(nothingRuns(read.config));
const made = await askFor(running.url, keyOf(read.config)).catch(() => refuse(nothingRuns(read.config)));
if (made.status !== 201) refuse(`Bellhop at ${running.url} makes no link: ${whyNot(made)}`);
const { url } = JSON.parse(made.text) as { url: string };
process.stdout.write(process.stdout.isTTY ? `Open the Developer Hub, signed in (once, within 15 minutes):\n  ${url}\n` : `${url}\n`);

type Made = { readonly status: number; readonly text: string };

async function askFor(at: string, key: string): Promise<Made> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${at}/v1/sign-in-links`, { method: "POST", headers, signal: AbortSignal.timeout(timeoutMs) });
  return { status: answer.status, text: await answer.text() };
}

function keyOf({ adminKey, dataDir }: Config): string {
  if (adminKey !== null) return adminKey;
  try {
    return readFileSync(join(dataDir, "admin.key"), "utf8").trim();
  } catch (error) {
    return refuse(`There is no admin key: ${(error as Error).message}. Set BELLHOP_ADMIN_KEY to one of this Bellhop's.`);
  }
}

function nothingRuns({ dataDir }: Config): string {
  return `No Bellhop runs on ${dataDir}: start it with \`npm start\`, or set BELLHOP_DATA_DIR to the folder of the one that runs.`;
}

/** The problem's own words, where it is one. */
function whyNot({ status, text }: Made): string {
  try {
    const { title, detail = "" } = JSON.parse(text) as { title: string; detail?: string };
    return `${title}. ${detail}`.trim();
  } catch {
    return `it answers with ${status}.`;
  }
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
