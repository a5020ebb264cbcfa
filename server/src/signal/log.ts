// The program's own log: JSON lines. Of an error only its words are written: what drivers hang on their errors (clients,
// statements, parameters) would take secrets and items out of the process.
import pino from "pino";
import type { Logger } from "pino";

const causesMax = 3;

export function createLog(level: string): Logger {
  return pino({ level, serializers: { err: wordsOf } });
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
