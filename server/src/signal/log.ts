// The program's own log: JSON lines. Of an error only its words are written: what drivers hang on their errors (clients,
// statements, parameters) would take secrets and items out of the process.
import pino from "pino";
import type { Logger } from "pino";

const causesMax = 3;
/** Lines within this time are written together: a write for each would cost more than all else that is done for it. */
const togetherMs = 20;
const togetherMax = 64;

export function createLog(level: string): Logger {
  const out = pino.destination(1);
  let lines: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  const flushSync = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (lines.length === 0) return;
    const text = lines.join("");
    lines = [];
    out.write(text);
  };
  const write = (line: string): void => {
    if (lines.push(line) >= togetherMax) flushSync();
    else timer ??= setTimeout(flushSync, togetherMs).unref();
  };
  process.once("exit", flushSync);
  return pino({ level, serializers: { err: wordsOf } }, { write, flushSync } as pino.DestinationStream);
}

export type ErrorWords = { type: string; message: string; code?: string; stack?: string; cause?: ErrorWords };

export function wordsOf(error: unknown, depth = 0): ErrorWords {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name: type, message, stack } = error;
  const { code } = error as { code?: unknown };
  const words: ErrorWords = { type, message };
  if (typeof code === "string") words.code = code;
  if (stack !== undefined) words.stack = stack;
  if (error.cause !== undefined && depth < causesMax) words.cause = wordsOf(error.cause, depth + 1);
  return words;
}
