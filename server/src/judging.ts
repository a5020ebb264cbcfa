// What the rules need to be asked: facts of a notification, its subscription and its app come together here, from memory.
import type { EndedReason } from "@bellhop/contract/reasons";
import { subscriptionLimits } from "@bellhop/contract/subscriptions";
import type { Policy as PolicyDocument } from "@bellhop/contract/subscriptions";
import { madeAtMs } from "./domain/id.ts";
import { readPolicy } from "./domain/policy.ts";
import { replayCause } from "./domain/status.ts";
import type { Plan } from "./domain/transition.ts";
import { whyDropped, whyOver } from "./domain/turn.ts";
import type { Delivery, Sent } from "./schedule/dispatcher.ts";
import type { Endpoints } from "./schedule/endpoints.ts";
import type { Permits } from "./schedule/permits.ts";
import type { Outcome } from "./schedule/queue.ts";
import { whyRefused } from "./schedule/refusal.ts";
import type { Known } from "./schedule/refusal.ts";
import { isFresh } from "./schedule/work.ts";
import type { Work } from "./schedule/work.ts";
import type { Open, WhyMarked } from "./show/marked.ts";
import type { SubscriptionView } from "./store/directory.ts";

/** Beside the rule of matching: a mark, an age, or what the state of its subscription does to it. */
export function whyEnded(
  endpoints: Endpoints,
  work: Work,
  subscription: SubscriptionView | undefined,
  holdDays: number,
  nowMs: number,
): EndedReason | null {
  const isReplay = work.retryReason === replayCause;
  const marked = endpoints.whyMarked({ ...work, isReplay });
  if (marked !== null || !subscription) return marked;
  const { pause, throttledSecondsMax } = readPolicy(subscription.policy as PolicyDocument);
  const { madeAtMs, progress, heldCause } = work;
  const isHeld = heldCause !== null && heldCause !== replayCause;
  const health = endpoints.health(work.subscription);
  const isNew = isFresh(work) && madeAtMs >= (health?.sinceMs ?? 0);
  // The times of a throttle are looked at when its turn comes: in a pause that is not.
  const isStopped = health?.state === "paused" || health?.state === "suspended";
  const facts = { madeAtMs, isHeld, throttledSinceMs: isStopped ? null : progress.throttledSinceMs, isReplay, isFresh: isNew };
  const over = whyOver(facts, { holdDays, throttledForMs: throttledSecondsMax * 1000 }, nowMs);
  return over ?? (health && whyDropped(health.state, pause, facts));
}

/** What the answer does to its subscription. */
export function judge(
  endpoints: Endpoints,
  permits: Permits,
  { work, app, subscription }: Delivery,
  { sentAtMs, answered }: Sent,
): { outcome: Outcome; throttledUntilMs: number | null } {
  const { name, timeoutMs } = readPolicy(subscription.policy as PolicyDocument);
  const outcome = endpoints.answered({
    subscription: subscription.ref,
    maxInFlight: subscription.maxInFlight ?? subscriptionLimits.inFlightDefault,
    rules: { spaced: name !== "intercom", suspends: app.facts.visibility === "private" },
    startedMs: sentAtMs,
    timeoutMs: subscription.timeoutMs ?? timeoutMs,
    atATime: permits.inFlightOf(subscription.ref),
    answered,
    counts: work.retryReason !== replayCause,
  });
  return { outcome, throttledUntilMs: endpoints.throttledUntilMs(subscription.ref) };
}

/** Of notifications that people look at: what a mark or a change of control data has ended already. */
export async function whyMarked(known: Known, endpoints: Endpoints, open: readonly Open[]): ReturnType<WhyMarked> {
  await known.directory.loadMissing(
    open.map(({ app }) => app),
    open.map(({ workspace }) => workspace),
  );
  return open.map((each) => {
    const made = { ...each, madeAtMs: madeAtMs(each.id) };
    return endpoints.whyMarked(made) ?? whyRefused(known, made, each.isReplay);
  });
}

export function planOf(document: PolicyDocument): Plan {
  const { waitsS, jitter, throttledSecondsMax } = readPolicy(document);
  return { waitsMs: waitsS.map((wait) => wait * 1000), jitter, throttledForMs: throttledSecondsMax * 1000 };
}

export function limitsOf({ policy, timeoutMs, maxInFlight }: SubscriptionView): { timeoutMs: number; connections: number } {
  const { timeoutMs: byPolicy } = readPolicy(policy as PolicyDocument);
  return { timeoutMs: timeoutMs ?? byPolicy, connections: maxInFlight ?? subscriptionLimits.inFlightDefault };
}
