// Which index a page of the list is read by, and what that costs. PostgreSQL counts pages it touches ("buffers"); a page
// of ours may touch 500 in all, however large the log is, so each way to read says beforehand what it will cost:
// `openCost` for beginning a stretch, `rowCost` for each row. The costs are those of indexes three levels deep.
import { eventOf, fanOutMax, notificationId } from "../domain/id.ts";
import { attemptFailed, held } from "@bellhop/contract/reasons";
import { needsFailedStep } from "../domain/status.ts";
import type { Status } from "../domain/status.ts";
import * as store from "../store/notification-list.ts";
import type { FailureKind, NotificationRow, Stretch } from "../store/notification-list.ts";
import type { Connection } from "../store/sql.ts";
import { historyCost, lookUpCost } from "./list-cost.ts";
import type { Question } from "./list-question.ts";

/** In the order of the primary key rows lie side by side, dozens to a page of the table. */
const adjacentRowCost = 1 / 8;

/** `reached`: everything from there on was looked at; null when the whole stretch was. */
export type DriveRows = { readonly rows: NotificationRow[]; readonly reached: string | null };

export type Drive = {
  readonly openCost: number;
  readonly rowCost: number;
  /** Settling a row that fits, in advance: its newest step, and attempts before it where they will be needed. */
  readonly candidateCost: number;
  /** Rows read at once, at most. */
  readonly rowsMax: number;
  /** Each row it gives fits the question, as far as rows can tell. */
  readonly exact: boolean;
  read(on: Connection, stretch: Stretch, count: number): Promise<DriveRows>;
};

export function chooseDrive(question: Question): Drive {
  const { workspace, subscriptions, topic, objectId, app } = question;
  const exact = topic === null;
  if (objectId !== null) return byObject(objectId, workspace);
  const failure = failureNeeded(question);
  if (subscriptions !== null && failure !== null) return byFailure(failure, subscriptions, exact && workspace === null);
  if (workspace !== null) return byWorkspace(workspace, exact && app === null && subscriptions === null);
  if (subscriptions === null) return byId(exact && app === null);
  const [only] = subscriptions;
  return only !== undefined && subscriptions.length === 1 ? bySubscription(only, exact) : bySubscriptions(subscriptions, exact);
}

/**
 * Whatever answers the question has such a step, and those have an index of their own; null where it may have none. What is held may
 * have ended by a mark: it is shown as dropped, for the mark's reason.
 */
function failureNeeded({ status, code, reason }: Question): FailureKind | null {
  const isOfAttempt = (status !== null && attempted.has(status)) || (code !== null && !code.startsWith("2"));
  if (isOfAttempt || (reason !== null && reason in attemptFailed && !(reason in held))) return "failed";
  return reason !== null || (status !== null && needsFailedStep.has(status)) ? "failedOrHeld" : null;
}

/** Of those that need a failed step: statuses of what was attempted, or ended by a step of its own. */
const attempted: ReadonlySet<Status> = new Set(["retrying", "failed", "canceled"]);

/** Rows read to find the few that fit, at most. */
const scanRowsMax = 1_000;

const byId = (exact: boolean): Drive => ({
  openCost: lookUpCost,
  rowCost: adjacentRowCost,
  candidateCost: lookUpCost,
  rowsMax: scanRowsMax,
  exact,
  read: async (on, stretch, count) => counted(await store.newestNotifications(on, stretch, count), count),
});

const byWorkspace = (workspace: number, exact: boolean): Drive => ({
  openCost: lookUpCost,
  rowCost: 1,
  candidateCost: lookUpCost,
  rowsMax: scanRowsMax,
  exact,
  read: async (on, stretch, count) => counted(await store.newestOfWorkspace(on, workspace, stretch, count), count),
});

const bySubscription = (subscription: number, exact: boolean): Drive => ({
  openCost: lookUpCost,
  rowCost: 1,
  candidateCost: lookUpCost,
  rowsMax: scanRowsMax,
  exact,
  read: async (on, stretch, count) => counted(await store.newestOfSubscription(on, subscription, stretch, count), count),
});

const bySubscriptions = (subscriptions: readonly number[], exact: boolean): Drive => ({
  openCost: lookUpCost * subscriptions.length,
  rowCost: lookUpCost,
  candidateCost: lookUpCost,
  rowsMax: scanRowsMax,
  exact,
  read: async (on, stretch, count) => counted(await store.newestOfSubscriptions(on, subscriptions, stretch, count), count),
});

const byFailure = (kind: FailureKind, subscriptions: readonly number[], exact: boolean): Drive => ({
  openCost: lookUpCost * subscriptions.length,
  rowCost: 2 * lookUpCost,
  candidateCost: lookUpCost + historyCost,
  rowsMax: scanRowsMax,
  exact,
  read: async (on, stretch, count) => counted(await store.newestFailures(on, kind, subscriptions, stretch, count), count),
});

const counted = (rows: NotificationRow[], count: number): DriveRows => ({
  rows,
  reached: rows.length < count ? null : (rows.at(-1)?.id ?? null),
});

/** Objects have no index: events are read in their order and compared. A row with its item fills a quarter of a page. */
const eventsScanned = 500;
const workspaceEventsScanned = 120;
const eventsMatchedMax = 10;
/** Notifications of one event looked at, at a time. */
const notificationsPerEventMax = 100;

const byObject = (objectId: string, workspace: number | null): Drive => ({
  openCost: 180,
  rowCost: 0,
  candidateCost: lookUpCost + historyCost,
  rowsMax: eventsMatchedMax * notificationsPerEventMax,
  exact: false,
  read: async (on, stretch) => {
    const events = { from: eventOf(stretch.from), below: stretch.below };
    const scan =
      workspace === null
        ? await store.eventsAbout(on, objectId, events, eventsScanned, eventsMatchedMax)
        : await store.workspaceEventsAbout(on, workspace, objectId, events, workspaceEventsScanned, eventsMatchedMax);
    const ranges = scan.matches.map((event) => ({ from: event, below: notificationId(event, fanOutMax + 1) }));
    const rows = ranges.length === 0 ? [] : await store.notificationsOfEvents(on, ranges, stretch, notificationsPerEventMax);
    const wholeStretch = scan.scanned < (workspace === null ? eventsScanned : workspaceEventsScanned);
    const lastEvent = scan.matches.length === eventsMatchedMax ? (scan.matches.at(-1) ?? null) : wholeStretch ? null : scan.last;
    return cutAtFullEvent(rows, lastEvent);
  },
});

/** An event of which only the newest notifications were read ends what can be given; older ones come with the next page. */
function cutAtFullEvent(rows: NotificationRow[], reached: string | null): DriveRows {
  let ofEvent = 0;
  for (const [index, row] of rows.entries()) {
    ofEvent = row.event === rows[index - 1]?.event ? ofEvent + 1 : 1;
    if (ofEvent === notificationsPerEventMax) return { rows: rows.slice(0, index + 1), reached: row.id };
  }
  return { rows, reached };
}
