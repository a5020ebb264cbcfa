// The log of a search as a file: read as it comes, counted, and given to the browser once it is whole.
import { useCallback, useEffect, useRef, useState } from "react";
import { open } from "../../api/client.ts";
import type { LogQuery } from "./log.ts";

export type Format = "csv" | "ndjson";

export type ExportState = {
  readonly format: Format;
  readonly rows: number;
  readonly perSecond: number | null;
  readonly isOver: boolean;
  /** There were more rows than one export has. */
  readonly isCut: boolean;
  readonly error: Error | null;
};

/** Told about no more often, so that counting costs nothing. */
const toldEveryMs = 200;
const newline = 10;

export function useExport(query: LogQuery): { now: ExportState | null; start: (format: Format) => void; stop: () => void } {
  const [now, setNow] = useState<ExportState | null>(null);
  const running = useRef<AbortController | null>(null);
  const stop = useCallback((): void => {
    running.current?.abort();
    running.current = null;
    setNow(null);
  }, []);
  useEffect(() => () => running.current?.abort(), []);
  const start = (format: Format): void => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const begun: ExportState = { format, rows: 0, perSecond: null, isOver: false, isCut: false, error: null };
    const tell = (changes: Partial<ExportState>): void => {
      if (!controller.signal.aborted) setNow((old) => ({ ...(old ?? begun), ...changes }));
    };
    setNow(begun);
    download(query, format, controller.signal, tell).catch((error: unknown) => tell({ isOver: true, error: error as Error }));
  };
  return { now, start, stop };
}

async function download(
  query: LogQuery,
  format: Format,
  signal: AbortSignal,
  tell: (changes: Partial<ExportState>) => void,
): Promise<void> {
  const beganMs = performance.now();
  const response = await open("exportNotifications", { query: { ...query, format } }, signal);
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let [lines, toldMs] = [0, beganMs];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    for (const byte of value) if (byte === newline) lines++;
    const nowMs = performance.now();
    if (nowMs - toldMs < toldEveryMs) continue;
    toldMs = nowMs;
    tell({ rows: rowsOf(lines, format), perSecond: (lines * 1_000) / (nowMs - beganMs) });
  }
  const isCut = /^("?cut after |\{"cut":)/.test(await lastLine(chunks));
  tell({ rows: rowsOf(lines, format) - (isCut ? 1 : 0), isOver: true, isCut });
  save(new Blob(chunks, { type: response.headers.get("content-type") ?? "" }), nameIn(response) ?? `notifications.${format}`);
}

/** CSV begins with a line of names. */
const rowsOf = (lines: number, format: Format): number => Math.max(0, lines - (format === "csv" ? 1 : 0));

async function lastLine(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  const end = await new Blob(chunks.slice(-2)).text();
  return end.trimEnd().split("\n").at(-1) ?? "";
}

const nameIn = (response: Response): string | undefined =>
  /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
