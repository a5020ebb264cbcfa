// Numbers by workspace, which no counter has: from the newest notifications of the range, as many as a page may touch. The answer
// says how far back they reach.
import { kept } from "../domain/kept.ts";
import type { StatisticsQuery } from "@bellhop/contract/statistics";
import { firstIdAt, madeAtMs } from "../domain/id.ts";
import { addCounts, countAttempt, newSum, place } from "../domain/statistics.ts";
import type { Counts } from "../domain/statistics.ts";
import { logSpan } from "../store/notification-list.ts";
import type { NotificationRow } from "../store/notification-list.ts";
import { fatesOf, fatesWithin } from "../store/statistics-sample.ts";
import type { FateRow } from "../store/statistics-sample.ts";
import type { Connection } from "../store/sql.ts";
import type { Asking } from "./find.ts";
import { chooseDrive } from "./list-drive.ts";
import { gather } from "./list-gather.ts";
import { fits, readQuestion } from "./list-question.ts";
import type { Range } from "./statistics-range.ts";

/** Neighbours in the log, their steps too: dozens to a page. */
const together = { notifications: 500, candidateCost: 1 / 4 };
/** Pages touched to find notifications and what became of them. */
const buffersMax = 200;
/** Steps read of one, the newest: each of many attempts lies on a page of its own, and the newest says how many there were. */
const stepsMax = 4;

export type Sampled = { readonly row: NotificationRow; readonly counts: Counts };
export type Sample = { readonly found: readonly Sampled[]; readonly sinceMs: number; readonly complete: boolean };

/** Where nobody asks for it. */
export const noSample = ({ toMs }: Range): Sample => ({ found: [], sinceMs: toMs, complete: false });

export async function takeSample(on: Connection, query: StatisticsQuery, range: Range, asking: Asking): Promise<Sample> {
  const none = { found: [], sinceMs: range.fromMs, complete: true };
  const { app, subscription, workspace_id } = query;
  const named = { ...(app && { app }), ...(subscription && { subscription }), ...(workspace_id && { workspace_id }) };
  const question = await readQuestion(on, named, asking);
  const log = await logSpan(on);
  if (log === null || question.subscriptions?.length === 0) return none;
  const asked = { from: firstIdAt(range.fromMs), below: firstIdAt(range.toMs) };
  const span = { from: asked.from > log.from ? asked.from : log.from, below: asked.below < log.below ? asked.below : log.below };
  if (span.from >= span.below) return none;
  const everything = question.workspace === null && question.app === null && question.subscriptions === null;
  const chosen = chooseDrive(question);
  const drive = everything ? { ...chosen, candidateCost: together.candidateCost } : chosen;
  const { found, reached } = await gather(on, drive, (row) => fits(question, row), span, together.notifications, buffersMax);
  const fates = await fatesOfFound(on, found, everything);
  const complete = reached <= span.from;
  return { found: found.map((row) => sampled(row, fates.get(row.id))), sinceMs: complete ? range.fromMs : madeAtMs(reached), complete };
}

async function fatesOfFound(on: Connection, found: readonly NotificationRow[], everything: boolean): Promise<Map<string, FateRow>> {
  const [newest, oldest] = [found[0], found.at(-1)];
  if (!newest || !oldest) return new Map();
  const stretch = { from: oldest.id, below: firstIdAt(madeAtMs(newest.id) + 1) };
  const ids = found.map(({ id }) => id);
  const fates = everything ? await fatesWithin(on, stretch) : await fatesOf(on, ids, stretch, stepsMax);
  return new Map(fates.map((fate) => [fate.notification, fate]));
}

function sampled(row: NotificationRow, fate: FateRow | undefined): Sampled {
  const counts = newSum();
  counts[place.made] = 1;
  if (fate === undefined) return { row, counts };
  counts[place.attempts] = fate.attempts;
  counts[place.failed] = fate.failed;
  counts[place.delivered] = fate.delivered ? 1 : 0;
  counts[place.ended] = fate.ended && !fate.delivered ? 1 : 0;
  for (const us of fate.durations_us ?? []) countAttempt(counts, us / 1000);
  return { row, counts };
}

/** One sum for each key. */
export function sumBy<Key>(found: readonly Sampled[], keyOf: (row: NotificationRow) => Key): Map<Key, Counts> {
  const sums = new Map<Key, Counts>();
  for (const { row, counts } of found) addCounts(kept(sums, keyOf(row), newSum), counts);
  return sums;
}
