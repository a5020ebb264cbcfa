// The catalogue that the configuration names, as a parsed document: one that comes with the program, or the operator's
// own file. Whether it is a good catalogue is for `readCatalogue` to say.
import { readFile, stat } from "node:fs/promises";

/** 2,000 topics with samples of a few kilobytes; anything larger is not a catalogue. */
const fileBytesMax = 32 * 1024 * 1024;

const builtIn: Record<string, URL> = {
  intercom: new URL("../../catalogue/intercom.json", import.meta.url),
  empty: new URL("../../catalogue/empty.json", import.meta.url),
};

export type CatalogueFileRead = { ok: true; document: unknown } | { ok: false; problem: string };

/** `setting`: `intercom`, `empty` or a path. `problem` is one sentence that names the file. */
export async function loadCatalogueDocument(setting: string): Promise<CatalogueFileRead> {
  const file = Object.hasOwn(builtIn, setting) ? (builtIn[setting] ?? setting) : setting;
  const text = await readCatalogueFile(file).catch((error: NodeJS.ErrnoException) => ({ problem: readProblem(error) }));
  if (typeof text !== "string") return { ok: false, problem: `The catalogue file ${setting} ${text.problem}.` };
  try {
    return { ok: true, document: JSON.parse(text) };
  } catch (error) {
    // The engine's message may quote lines of the file.
    const where = (error as SyntaxError).message.replaceAll(/\s+/g, " ");
    return { ok: false, problem: `The catalogue file ${setting} is not valid JSON: ${where}.` };
  }
}

async function readCatalogueFile(file: string | URL): Promise<string | { problem: string }> {
  const { size } = await stat(file);
  if (size > fileBytesMax) return { problem: `is larger than ${fileBytesMax} bytes` };
  const bytes = await readFile(file);
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function readProblem(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "does not exist";
  if (error.code === "EISDIR") return "is a folder";
  if (error.code === "EACCES") return "may not be read by this user";
  if (error.code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "is not UTF-8";
  return `cannot be read: ${error.message}`;
}
