// What a page of the list is asked for, in the numbers that rows have: from the query's text to refs, ids and bounds.
import type { NotificationQuery } from "@bellhop/contract/notifications";
import { listLimitDefault } from "@bellhop/contract/fields";
import { firstIdAt, nextId, parseId } from "../domain/id.ts";
import { notAnInstant, readInstant } from "../domain/instant.ts";
import { Problem } from "../domain/problem.ts";
import type { Status } from "../domain/status.ts";
import type { NotificationRow } from "../store/notification-list.ts";
import { findSubscription, subscriptionsOfApp } from "../store/notification-list-names.ts";
import type { Connection } from "../store/sql.ts";
import { findVisibleApp, findWorkspace, mayAskAbout } from "./find.ts";
import type { Asking } from "./find.ts";
import { readCursor } from "./list-cursor.ts";

/** Of an app with more (deleted ones count while the log has them), the whole log is read and filtered instead. */
export const mergedSubscriptionsMax = 50;

export type Question = {
  readonly workspace: number | null;
  readonly app: number | null;
  /** The subscriptions to read: the one asked for, or all of the app. Null: not restricted, or too many. */
  readonly subscriptions: readonly number[] | null;
  readonly topic: string | null;
  readonly status: Status | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly objectId: string | null;
  /** Bounds of ids: `from` included, `below` excluded, null where nothing bounds them. */
  readonly from: string | null;
  readonly below: string | null;
  readonly limit: number;
};

/** Search words are fields already (list-search.ts). */
export async function readQuestion(on: Connection, query: NotificationQuery, asking: Asking): Promise<Question> {
  const workspace = query.workspace_id === undefined ? null : (await findWorkspace(on, query.workspace_id, asking)).ref;
  const app = query.app === undefined ? null : (await findVisibleApp(on, query.app, asking)).ref;
  return {
    workspace: asking.workspace ?? workspace,
    app,
    subscriptions: await subscriptionsAsked(on, query.subscription, app, asking),
    topic: query.topic ?? null,
    status: query.status ?? null,
    code: query.code ?? null,
    reason: query.reason ?? null,
    objectId: query.object_id ?? null,
    ...bounds(query),
    limit: query.limit ?? listLimitDefault,
  };
}

async function subscriptionsAsked(
  on: Connection,
  id: string | undefined,
  app: number | null,
  asking: Asking,
): Promise<readonly number[] | null> {
  if (id !== undefined) {
    const found = await findSubscription(on, id);
    if (!found || !(await mayAskAbout(on, found.app, asking))) throw new Problem("not_found", `There is no subscription ${id}.`);
    return app === null || app === found.app ? [found.ref] : [];
  }
  if (app === null) return null;
  const refs = await subscriptionsOfApp(on, app, mergedSubscriptionsMax);
  return refs.length > mergedSubscriptionsMax ? null : refs;
}

function bounds(query: NotificationQuery): Pick<Question, "from" | "below"> {
  const since = query.since === undefined ? null : firstIdAt(instantAsked("since", query.since));
  const until = query.until === undefined ? null : firstIdAt(instantAsked("until", query.until));
  if (since !== null && until !== null && since > until)
    throw new Problem("invalid_query", undefined, [{ pointer: "/until", message: "is before `since`" }]);
  const only = query.id === undefined ? null : idAsked(query.id);
  return {
    from: higher(since, only),
    below: lower(lower(readCursor(query.cursor), until), only === null ? null : nextId(only)),
  };
}

function idAsked(text: string): string {
  const id = parseId("notif_", text);
  if (id === null) throw new Problem("invalid_query", undefined, [{ pointer: "/id", message: "is not the id of a notification" }]);
  return id;
}

function higher(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

function lower(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

const unixSeconds = /^\d{1,11}(\.\d{1,3})?$/;

function instantAsked(pointer: "since" | "until", text: string): number {
  const ms = unixSeconds.test(text) ? Number(text) * 1000 : readInstant(text);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  throw new Problem("invalid_query", undefined, [{ pointer: `/${pointer}`, message: notAnInstant }]);
}

/** What a row alone can tell; status, code and object need more. */
export function fits(question: Question, row: NotificationRow): boolean {
  if (question.workspace !== null && row.workspace !== question.workspace) return false;
  if (question.app !== null && row.app !== question.app) return false;
  if (question.subscriptions !== null && !question.subscriptions.includes(row.subscription)) return false;
  return question.topic === null || topicFits(question.topic, row.topic);
}

function topicFits(asked: string, topic: string): boolean {
  return asked.endsWith("*") ? topic.startsWith(asked.slice(0, -1)) : topic === asked;
}
