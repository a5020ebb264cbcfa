// The log as a file: page after page of the list, read when the one before was taken. Whoever goes away stops the reading.
import { Readable } from "node:stream";
import { listLimitMax } from "@bellhop/contract/fields";
import { exportRowsMax, exportsMax } from "@bellhop/contract/notifications";
import type { ExportQuery, NotificationEntry, NotificationList, NotificationQuery } from "@bellhop/contract/notifications";
import { Problem } from "../domain/problem.ts";
import type { Connection } from "../store/sql.ts";
import { formats } from "./export-format.ts";
import type { Format } from "./export-format.ts";
import type { Asking } from "./find.ts";
import { withSearch } from "./list-search.ts";
import { listNotifications } from "./list.ts";
import type { ListDeps } from "./list.ts";

/** A name for the file, and what is in it. */
export type Export = { readonly name: string; readonly mediaType: string; readonly content: Readable };

export type Exports = (query: ExportQuery, asking: Asking) => Promise<Export>;

export function createExports(on: Connection, deps: ListDeps, rowsMax: number = exportRowsMax): Exports {
  let underWay = 0;
  return async ({ format: name, ...asked }, asking) => {
    if (underWay >= exportsMax)
      throw new Problem("limit_reached", `There are ${exportsMax} exports under way; try again when one is over.`);
    underWay++;
    try {
      // Two hours ago is as seen from now for every page.
      const { q: _, ...query } = withSearch<NotificationQuery>(asked, deps.nowMs());
      const page = (cursor: string | null): Promise<NotificationList> =>
        listNotifications(on, deps, { ...query, limit: listLimitMax, ...(cursor !== null && { cursor }) }, asking);
      const format = formats[name];
      // What is wrong with the question is told before there is a file.
      const content = Readable.from(texts(format, await page(null), page, rowsMax));
      content.once("close", () => underWay--);
      const day = new Date(deps.nowMs()).toISOString().slice(0, 10);
      return { name: `notifications-${day}.${name}`, mediaType: format.mediaType, content };
    } catch (error) {
      underWay--;
      throw error;
    }
  };
}

/** A text for each page. */
async function* texts(
  format: Format,
  first: NotificationList,
  page: (cursor: string | null) => Promise<NotificationList>,
  rowsMax: number,
): AsyncGenerator<string> {
  if (format.head !== "") yield format.head;
  let rows = 0;
  for (let list = first; ; list = await page(list.next_cursor)) {
    const taken = list.data.slice(0, rowsMax - rows);
    rows += taken.length;
    if (taken.length > 0) yield taken.map(format.row).join("");
    const isMore = taken.length < list.data.length || list.next_cursor !== null;
    if (!isMore) return;
    if (rows >= rowsMax) return void (yield format.cut(rows, after(taken.at(-1) as NotificationEntry)));
  }
}

/** Where the next export goes on: others may be of the same moment, so those of it come twice rather than never. */
function after({ created_at: createdAt }: NotificationEntry): string {
  return new Date(Date.parse(createdAt) + 1).toISOString();
}
