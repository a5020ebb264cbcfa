// Pages of a list, newest first. A cursor is opaque: the list's name and the position of the last entry, so that one
// list's cursor is refused by another.
import { listLimitDefault } from "@bellhop/contract/fields";
import { Problem } from "../domain/problem.ts";

export type PageQuery = { readonly limit?: number; readonly cursor?: string };
export type Page<T> = { data: T[]; next_cursor: string | null };

export type List<Row> = {
  /** Part of its cursors. */
  readonly name: string;
  /** What a position looks like as text; the group or groups are handed to `read`. */
  readonly position: RegExp;
  positionOf(row: Row): string;
};

/** Reads one entry more than the page shows, to know whether there is another page. */
export async function readPage<Row>(
  list: List<Row>,
  query: PageQuery,
  read: (after: RegExpExecArray | null, limit: number) => Promise<Row[]>,
): Promise<Page<Row>> {
  const limit = query.limit ?? listLimitDefault;
  const after = query.cursor === undefined ? null : decodeCursor(list, query.cursor);
  const found = await read(after, limit + 1);
  const data = found.slice(0, limit);
  const last = data.at(-1);
  const more = found.length > limit && last !== undefined;
  return { data, next_cursor: more ? encodeCursor(list, last) : null };
}

export function mapPage<Row, Entry>({ data, next_cursor }: Page<Row>, present: (row: Row) => Entry): Page<Entry> {
  return { data: data.map(present), next_cursor };
}

function encodeCursor<Row>(list: List<Row>, row: Row): string {
  return Buffer.from(`${list.name} ${list.positionOf(row)}`).toString("base64url");
}

function decodeCursor<Row>(list: List<Row>, cursor: string): RegExpExecArray {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  const position = text.startsWith(`${list.name} `) ? list.position.exec(text.slice(list.name.length + 1)) : null;
  if (!position) {
    const message = "Take `next_cursor` of the page before, unchanged, for the same list.";
    throw new Problem("invalid_cursor", message, [{ pointer: "/cursor", message }]);
  }
  return position;
}

/** Rows numbered by a serial: at most 9 digits, so that the number fits the column. */
export const serialPosition = /^(\d{1,9})$/;

export const serialOf = (after: RegExpExecArray | null): number | null => (after ? Number(after[1]) : null);
