// Asking for a replay of many notifications, looking at it, canceling it. It is written down here and done by whoever owns
// the subscription.
import { replayLimits } from "@bellhop/contract/replays";
import type { NewReplay, ReplayPreview, ReplayView } from "@bellhop/contract/replays";
import type { Catalogue } from "../domain/catalogue.ts";
import { whyNotNow } from "../domain/matching.ts";
import { Problem } from "../domain/problem.ts";
import { change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import type { AppView, SubscriptionView } from "../store/directory.ts";
import * as store from "../store/replays.ts";
import type { ReplayRecord } from "../store/replays.ts";
import { findApp } from "./find.ts";
import type { Asking, By } from "./find.ts";
import { mapPage, readPage } from "./find-page.ts";
import type { List, Page, PageQuery } from "./find-page.ts";
import { lowerCase, randomText } from "./random-id.ts";
import { estimate } from "./replays-estimate.ts";
import type { Estimate } from "./replays-estimate.ts";
import { readRange } from "./replays-range.ts";
import type { Range } from "./replays-range.ts";
import { receiversSentence, replayView } from "./replays-view.ts";

const nearestShown = 3;
const idLength = 16;
const statementCanceled = "57014";
const tryAgainS = 5;

export type ReplayDeps = {
  readonly database: Database;
  readonly directory: { app(ref: number): AppView | null | undefined; loadApps(refs: readonly number[]): Promise<void> };
  readonly catalogue: () => Catalogue;
  readonly nowMs: () => number;
  readonly retentionDays: number;
};

type Target = { readonly app: AppView; readonly subscription: SubscriptionView };
type Plan = { readonly range: Range; readonly newId: boolean; readonly estimate: Estimate };

export async function createReplay(deps: ReplayDeps, by: By, body: NewReplay): Promise<ReplayView | ReplayPreview> {
  const newId = readNewId(body);
  const range = readRange(body, newId, deps.nowMs(), deps.retentionDays);
  const target = await findTarget(deps, body.subscription, by.asking);
  refuseUnknownTopics(deps.catalogue(), body);
  refuseOtherTopics(body, target.subscription);
  const plan = { range, newId, estimate: await counted(deps, target, body, range) };
  if (body.dry_run === true) return preview(body, plan);
  if (plan.estimate.count === 0 && plan.estimate.exact) throw new Problem("conflict", nothingToReplay[body.include]);
  const id = `rpl_${randomText(lowerCase, idLength)}`;
  await change(deps.database, by.actor, async (changing) => {
    const running = await store.countRunning(changing.on, target.subscription.ref);
    refuseTooMany(running, body.subscription);
    await store.insertReplay(changing, {
      id,
      subscription: target.subscription.ref,
      sinceMs: range.sinceMs,
      untilMs: range.untilMs,
      include: body.include,
      topics: body.topics ?? null,
      newId,
      estimate: plan.estimate.count,
      estimateExact: plan.estimate.exact,
      createdBy: by.actor.key,
    });
    changing.audit({ subject: id, before: null, after: { ...preview(body, plan), state: "running" } });
  });
  return getReplay(deps, id, by.asking);
}

export async function getReplay(deps: ReplayDeps, id: string, asking: Asking): Promise<ReplayView> {
  return replayView(await findReplay(deps, id, asking), deps.nowMs());
}

const list: List<ReplayRecord> = {
  name: "replays",
  position: /^(\d{1,16}) (rpl_[a-z0-9]{16})$/,
  positionOf: ({ created_us, id }) => `${created_us} ${id}`,
};

export async function listReplays(
  deps: ReplayDeps,
  { app, subscription, ...query }: PageQuery & { app?: string; subscription?: string },
  asking: Asking,
): Promise<Page<ReplayView>> {
  const on = deps.database.control;
  const subject = subscription === undefined ? null : await findSubject(deps, subscription, asking);
  const owning = app === undefined ? null : await findApp(deps.database, app, asking, "/app");
  const filter = { owner: asking.workspace, app: owning?.ref ?? null, subscription: subject?.ref ?? null };
  const page = await readPage(list, query, (after, limit) =>
    store.listReplays(on, filter, after && { createdUs: Number(after[1]), id: after[2] as string }, limit),
  );
  return mapPage(page, (record) => replayView(record, deps.nowMs()));
}

/** What was given to the queue before is sent. */
export async function cancelReplay(deps: ReplayDeps, by: By, id: string): Promise<ReplayView> {
  await findReplay(deps, id, by.asking);
  await change(deps.database, by.actor, async (changing) => {
    if (!(await store.cancelReplay(changing, id))) throw new Problem("conflict", `The replay ${id} is over already.`);
    changing.audit({ subject: id, before: { state: "running" }, after: { state: "canceled" } });
  });
  return getReplay(deps, id, by.asking);
}

async function findReplay({ database }: ReplayDeps, id: string, asking: Asking): Promise<ReplayRecord> {
  const record = await store.findReplay(database.control, id, asking.workspace);
  if (record === undefined) throw new Problem("not_found", `There is no replay ${id}.`);
  return record;
}

async function findSubject({ database }: ReplayDeps, id: string, asking: Asking): Promise<{ ref: number; app: number }> {
  const subject = await store.replaySubject(database.control, id, asking.workspace);
  if (subject === undefined) throw new Problem("not_found", `There is no subscription ${id}.`);
  return subject;
}

/** The subscription as it is now; refused when nothing would be sent to it. */
async function findTarget(deps: ReplayDeps, id: string, asking: Asking): Promise<Target> {
  const { ref, app: appRef } = await findSubject(deps, id, asking);
  if (!deps.directory.app(appRef)) await deps.directory.loadApps([appRef]);
  const app = deps.directory.app(appRef);
  const subscription = app?.subscriptions.find((each) => each.ref === ref);
  if (!app || !subscription) throw new Problem("conflict", `The subscription ${id} was deleted; nothing can be sent to it.`);
  const anywhere = { installed: true, permissions: new Set<string>() };
  const reason = whyNotNow(deps.catalogue(), null, anywhere, app.facts, subscription.facts);
  if (reason === "subscription_disabled")
    throw new Problem("conflict", `The subscription ${id} is disabled, because its endpoint answered 410; set it live first.`);
  if (reason !== null) throw new Problem("conflict", `The subscription ${id} is off; switch on one of its topics first.`);
  return { app, subscription };
}

function readNewId({ include, new_id: newId }: NewReplay): boolean {
  if (include !== "missed") return newId ?? false;
  if (newId !== false) return true;
  const message = "cannot be false for `missed`: what made no notification has no id to keep; leave it out";
  throw new Problem("invalid_request", undefined, [{ pointer: "/new_id", message }]);
}

/** By any name a topic has or had: older notifications keep theirs. */
function refuseUnknownTopics(catalogue: Catalogue, { topics = [] }: NewReplay): void {
  const mistakes = topics.flatMap((topic, index) => {
    if (catalogue.topicNamed(topic) !== null || catalogue.formerly(topic) !== null) return [];
    const nearest = catalogue.nearest(topic, nearestShown).join(", ");
    return [{ pointer: `/topics/${index}`, message: `there is no topic "${topic}"; the nearest are ${nearest}` }];
  });
  if (mistakes.length > 0) throw new Problem("invalid_request", undefined, mistakes);
}

/** What was missed can only be of topics that would make something now. */
function refuseOtherTopics({ include, topics = [] }: NewReplay, { facts }: SubscriptionView): void {
  if (include !== "missed") return;
  const mistakes = topics.flatMap((topic, index) =>
    facts.topics.get(topic) === true
      ? []
      : [{ pointer: `/topics/${index}`, message: `"${topic}" is not switched on in the subscription; nothing of it would be made` }],
  );
  if (mistakes.length > 0) throw new Problem("invalid_request", undefined, mistakes);
}

async function counted({ database, catalogue }: ReplayDeps, target: Target, body: NewReplay, range: Range): Promise<Estimate> {
  const asked = { ...target, catalogue: catalogue(), include: body.include, topics: body.topics ?? null, range };
  try {
    return await estimate(database.read, asked);
  } catch (error) {
    if ((error as { code?: string }).code !== statementCanceled) throw error;
    throw new Problem("unavailable", "Counting took too long; try again, or ask for a shorter range.", [], tryAgainS);
  }
}

function refuseTooMany({ own, all }: { own: number; all: number }, subscription: string): void {
  const { perSubscriptionMax, runningMax } = replayLimits;
  if (own >= perSubscriptionMax)
    throw new Problem("limit_reached", `${subscription} has ${own} running replays, which is the most; wait for one, or cancel one.`);
  if (all >= runningMax)
    throw new Problem("limit_reached", `${all} replays are running, which is the most; wait for some, or cancel some.`);
}

const nothingToReplay = {
  failed: "Nothing in this range ended undelivered.",
  all: "There is nothing in this range that is not waiting anyway.",
  missed: "Nothing in this range was missed for a reason that is mended since.",
} as const;

function preview(body: NewReplay, { range, newId, estimate: count }: Plan): ReplayPreview {
  return {
    dry_run: true,
    subscription: body.subscription,
    since: new Date(range.sinceMs).toISOString(),
    until: new Date(range.untilMs).toISOString(),
    include: body.include,
    topics: body.topics ?? null,
    new_id: newId,
    estimate: count,
    receivers: receiversSentence(body.include, newId),
  };
}
