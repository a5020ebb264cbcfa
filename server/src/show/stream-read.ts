// Lines of the log for notifications that changed, by the same statements and rules as the list, so that the two cannot differ.
import type { NotificationEntry } from "@bellhop/contract/notifications";
import { nextId } from "../domain/id.ts";
import type { Connection } from "../store/sql.ts";
import { notificationsByIds, objectsOfEvents } from "../store/stream.ts";
import { notificationEntry } from "./list-entry.ts";
import { withMarks } from "./marked.ts";
import type { WhyMarked } from "./marked.ts";
import type { Names } from "./names.ts";
import { settle } from "./settle.ts";
import type { Settled } from "./settle.ts";

/** Notifications read by one statement. */
const readAtOnce = 250;

export type StreamLine = { readonly settled: Settled; readonly entry: NotificationEntry; readonly objectId: string | null };
export type LineDeps = { readonly names: Names; readonly whyMarked: WhyMarked };

/** By id; those that are not there are left out. */
export async function readLines(
  on: Connection,
  deps: LineDeps,
  ids: readonly string[],
  withObjects: boolean,
): Promise<ReadonlyMap<string, StreamLine>> {
  const lines = new Map<string, StreamLine>();
  for (let from = 0; from < ids.length; from += readAtOnce) {
    for (const line of await readSome(on, deps, ids.slice(from, from + readAtOnce), withObjects)) lines.set(line.settled.row.id, line);
  }
  return lines;
}

async function readSome(
  on: Connection,
  { names, whyMarked }: LineDeps,
  ids: readonly string[],
  withObjects: boolean,
): Promise<StreamLine[]> {
  const sorted = ids.toSorted();
  const within = { from: sorted[0] as string, below: nextId(sorted.at(-1) as string) };
  const rows = await notificationsByIds(on, ids, within);
  const settled = await withMarks(await settle(on, rows, within, Infinity), whyMarked);
  await names.load(on, rows);
  const objects = withObjects ? await objectsOfEvents(on, [...new Set(rows.map(({ event }) => event))]) : [];
  const objectOf = new Map(objects.map(({ id, object_id }) => [id, object_id]));
  return settled.map((each) => ({ settled: each, entry: notificationEntry(each, names), objectId: objectOf.get(each.row.event) ?? null }));
}
