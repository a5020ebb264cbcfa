// A line of the log as a row of CSV (RFC 4180) or as a line of NDJSON.
import { NotificationEntrySchema } from "@bellhop/contract/notifications";
import type { ExportQuery, NotificationEntry } from "@bellhop/contract/notifications";

export type Format = {
  readonly mediaType: string;
  readonly head: string;
  row(entry: NotificationEntry): string;
  /** There are more rows than an export has; the next export goes on at `until`. */
  cut(rows: number, until: string): string;
};

const columns = Object.keys(NotificationEntrySchema.properties) as (keyof NotificationEntry)[];

const csv: Format = {
  mediaType: "text/csv; charset=utf-8; header=present",
  head: csvRow(columns),
  row: (entry) => csvRow(columns.map((column) => entry[column])),
  cut: (rows, until) => csvRow(columns.map((_, index) => (index === 0 ? `cut after ${rows} rows; go on with until=${until}` : null))),
};

const ndjson: Format = {
  mediaType: "application/x-ndjson",
  head: "",
  row: (entry) => `${JSON.stringify(entry)}\n`,
  cut: (rows, until) => `${JSON.stringify({ cut: { rows, until } })}\n`,
};

export const formats: Readonly<Record<ExportQuery["format"], Format>> = { csv, ndjson };

function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** Spreadsheets run what begins like a formula, whoever wrote it: a topic or an id may be anybody's. */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
