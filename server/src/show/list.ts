// A page of the list of notifications, newest first. It touches at most 500 buffers (list-cost.ts) whatever is asked and however large
// the log is; where that is not enough to fill it, it is short and its cursor goes on from where it stopped.
import type { NotificationList, NotificationQuery } from "@bellhop/contract/notifications";
import { logSpan } from "../store/notification-list.ts";
import type { Stretch } from "../store/notification-list.ts";
import type { Connection } from "../store/sql.ts";
import type { Asking } from "./find.ts";
import { writeCursor } from "./list-cursor.ts";
import { candidateAndHistoryBuffers, candidateBuffers, lookUpCost } from "./list-cost.ts";
import { chooseDrive } from "./list-drive.ts";
import { notificationEntry } from "./list-entry.ts";
import { gather } from "./list-gather.ts";
import { fits, readQuestion } from "./list-question.ts";
import type { Question } from "./list-question.ts";
import { withSearch } from "./list-search.ts";
import { stepsAreAsked, stepsFit } from "./list-steps.ts";
import { withMarks } from "./marked.ts";
import type { WhyMarked } from "./marked.ts";
import type { Names } from "./names.ts";
import { settle } from "./settle.ts";
import type { Settled } from "./settle.ts";

export type ListDeps = { readonly names: Names; readonly whyMarked: WhyMarked; readonly nowMs: () => number };

export async function listNotifications(
  on: Connection,
  { names, whyMarked, nowMs }: ListDeps,
  query: NotificationQuery,
  asking: Asking,
): Promise<NotificationList> {
  const question = await readQuestion(on, withSearch(query, nowMs()), asking);
  const span = await spanOf(on, question);
  if (span === null || question.subscriptions?.length === 0) return { data: [], next_cursor: null };
  const drive = chooseDrive(question);
  const wanted = stepsAreAsked(question) ? Infinity : question.limit;
  const historyEach = drive.candidateCost - lookUpCost;
  const budget = historyEach > 0 ? candidateAndHistoryBuffers : candidateBuffers;
  const { found, reached, spent } = await gather(on, drive, (row) => fits(question, row), span, wanted, budget);
  const within = { from: found.at(-1)?.id ?? span.from, below: span.below };
  const settled = await withMarks(
    await settle(on, found, within, candidateAndHistoryBuffers - spent + historyEach * found.length),
    whyMarked,
  );
  const { data, next } = cut(
    settled.length < found.length ? { settled, reached: settled.at(-1)?.row.id ?? reached } : { settled, reached },
    question,
  );
  await names.load(
    on,
    data.map(({ row }) => row),
  );
  return { data: data.map((each) => notificationEntry(each, names)), next_cursor: next > span.from ? writeCursor(next) : null };
}

/** Null when the log has nothing there. */
async function spanOf(on: Connection, { from, below }: Question): Promise<Stretch | null> {
  const log = await logSpan(on);
  if (log === null) return null;
  const span = { from: from !== null && from > log.from ? from : log.from, below: below !== null && below < log.below ? below : log.below };
  return span.from < span.below ? span : null;
}

/** The entries that answer the question, and where the next page begins. */
function cut({ settled, reached }: { settled: Settled[]; reached: string }, question: Question): { data: Settled[]; next: string } {
  const answering = settled.filter((each) => stepsFit(question, each));
  const data = answering.slice(0, question.limit);
  return { data, next: answering.length > data.length ? (data.at(-1) as Settled).row.id : reached };
}
