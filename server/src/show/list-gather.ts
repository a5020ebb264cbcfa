// Walks the log backwards, day by day, until a page has enough candidates, its budget is used up, or the log ends.
import { firstIdAt, madeAtMs } from "../domain/id.ts";
import { dayOf } from "../store/partitions.ts";
import type { NotificationRow, Stretch } from "../store/notification-list.ts";
import type { Connection } from "../store/sql.ts";
import type { Drive } from "./list-drive.ts";

const dayMs = 86_400_000;
/** Days without a hit that one page walks over. */
const daysMax = 16;

/** `reached`: everything from there on was looked at. `spent`: the budget used, settling each candidate included. */
export type Gathered = { readonly found: NotificationRow[]; readonly reached: string; readonly spent: number };

export async function gather(
  on: Connection,
  drive: Drive,
  fits: (row: NotificationRow) => boolean,
  span: Stretch,
  wanted: number,
  budget: number,
): Promise<Gathered> {
  const found: NotificationRow[] = [];
  let reached = span.below;
  let spent = 0;
  for (let day = 0; day < daysMax && reached > span.from && found.length < wanted; day++) {
    const stretch = { from: later(span.from, dayStart(reached)), below: reached };
    const count = affordableRows(drive, budget - spent, wanted - found.length);
    if (count < 1) break;
    const read = await drive.read(on, stretch, count);
    spent += drive.openCost + read.rows.length * drive.rowCost;
    const fitting = read.rows.filter(fits);
    const room = Math.max(1, Math.min(wanted - found.length, Math.floor((budget - spent) / drive.candidateCost)));
    const kept = fitting.slice(0, room);
    found.push(...kept);
    spent += kept.length * drive.candidateCost;
    reached = kept.length < fitting.length ? (kept.at(-1) as NotificationRow).id : (read.reached ?? stretch.from);
  }
  return { found, reached, spent };
}

/** Where rows are read to be thrown away, half of the budget goes into reading. */
function affordableRows(drive: Drive, left: number, wanted: number): number {
  if (left < drive.openCost + drive.rowCost + drive.candidateCost) return 0;
  const all = Math.floor((left - drive.openCost) / (drive.rowCost + drive.candidateCost));
  if (drive.exact) return Math.min(all, wanted);
  if (drive.rowCost === 0) return drive.rowsMax;
  return Math.min(drive.rowsMax, Math.max(all, Math.floor((left / 2 - drive.openCost) / drive.rowCost)));
}

/** The first id of the day in which the ids below this one lie. */
function dayStart(below: string): string {
  const start = firstIdAt(dayOf(madeAtMs(below)) * dayMs);
  return start < below ? start : firstIdAt((dayOf(madeAtMs(below)) - 1) * dayMs);
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
