// What goes wrong, by cause. The newest steps of each subscription that were no success are read by their own index and
// counted in memory: 2,000 steps at most, whatever has failed, so that the page costs the same in a bad week.
import type { FailureGroup, FailureList, FailureQuery } from "@bellhop/contract/failures";
import { failureLimits } from "@bellhop/contract/failures";
import { firstIdAt } from "../domain/id.ts";
import { deliveredOf, failedSteps, failingSubscriptions, subscriptionsNamed } from "../store/failures.ts";
import type { FailedStep, FailingSubscription } from "../store/failures.ts";
import type { Stretch } from "../store/notification-list.ts";
import type { Connection } from "../store/sql.ts";
import { notificationsByIds } from "../store/stream.ts";
import { failureAdvice, failureCause } from "./failures-cause.ts";
import type { FailureCause } from "./failures-cause.ts";
import type { Asking } from "./find.ts";
import { readQuestion } from "./list-question.ts";

const dayMs = 86_400_000;
const { stepsMax, subscriptionsMax, groupsMax, daysDefault } = failureLimits;

export async function listFailures(on: Connection, query: FailureQuery, asking: Asking, nowMs: number): Promise<FailureList> {
  const { workspace, subscriptions: named, from, below } = await readQuestion(on, query, asking);
  const within = { from: from ?? firstIdAt(nowMs - daysDefault * dayMs), below: below ?? firstIdAt(nowMs + dayMs) };
  const found = named ?? (await failingSubscriptions(on, within, subscriptionsMax + 1));
  const refs = found.slice(0, subscriptionsMax);
  if (refs.length === 0) return { data: [], looked_at: 0, complete: true };
  const each = Math.floor(stepsMax / refs.length);
  const steps = await failedSteps(on, refs, within, each);
  const bySubscription = Map.groupBy(steps, ({ subscription }) => subscription);
  const isCut = [...bySubscription.values()].some(({ length }) => length === each);
  const looked = [...bySubscription.values()].flatMap((all) => wholeNotifications(all, each));
  const failing = await failingOf(on, looked, workspace, within);
  const subscriptions = await subscriptionsNamed(on, [...new Set(failing.map(({ step }) => step.subscription))]);
  const groups = Map.groupBy(failing, ({ step: { subscription, reason, status } }) => `${subscription} ${reason} ${status}`);
  const byRef = new Map(subscriptions.map((subscription) => [subscription.ref, subscription]));
  const data = [...groups.values()]
    .map((causes) => groupOf(causes, byRef.get(causes[0]?.step.subscription as number) as FailingSubscription))
    .toSorted((a, b) => (a.last_at < b.last_at ? 1 : -1));
  const complete = !isCut && found.length <= subscriptionsMax && data.length <= groupsMax;
  return { data: data.slice(0, groupsMax), looked_at: looked.length, complete };
}

/** The steps of each notification, newest first. Of the last one perhaps not all were read, so it is left out. */
function wholeNotifications(steps: readonly FailedStep[], max: number): FailedStep[][] {
  const all = [...Map.groupBy(steps, ({ notification }) => notification).values()];
  return steps.length === max && all.length > 1 ? all.slice(0, -1) : all;
}

async function failingOf(
  on: Connection,
  looked: readonly FailedStep[][],
  workspace: number | null,
  within: Stretch,
): Promise<FailureCause[]> {
  const causes = looked.flatMap((steps) => failureCause(steps) ?? []);
  const ids = causes.map(({ step }) => step.notification);
  if (ids.length === 0) return [];
  const delivered = await deliveredOf(on, ids, within);
  const rows = workspace === null ? null : await notificationsByIds(on, ids, within);
  const theirs = rows && new Set(rows.filter((row) => row.workspace === workspace).map(({ id }) => id));
  return causes.filter(({ step: { notification } }) => !delivered.has(notification) && (theirs?.has(notification) ?? true));
}

function groupOf(causes: readonly FailureCause[], { id, app_id: app, url }: FailingSubscription): FailureGroup {
  const newestFirst = causes.toSorted((a, b) => b.lastAt.getTime() - a.lastAt.getTime());
  const [newest, oldest] = [newestFirst[0] as FailureCause, newestFirst.at(-1) as FailureCause];
  const ended = causes.filter(({ isOver }) => isOver).length;
  const { reason, status, notification } = newest.step;
  return {
    subscription: id,
    app,
    host: URL.parse(url)?.host ?? "",
    reason,
    code: status,
    count: causes.length,
    retrying: causes.length - ended,
    ended,
    first_at: oldest.lastAt.toISOString(),
    last_at: newest.lastAt.toISOString(),
    ...failureAdvice(newest.step, url),
    sample: `notif_${notification}`,
  };
}
