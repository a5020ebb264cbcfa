// Wires the engine: what is read goes into the queue, what leaves the queue is sent, what was sent is recorded. The stages
// do not know each other; this is where they meet. `app.ts` puts the program around it.
import { randomBytes } from "node:crypto";
import type { Catalogue } from "./domain/catalogue.ts";
import { subscriptionLimits } from "@bellhop/contract/subscriptions";
import type { Policy as PolicyDocument } from "@bellhop/contract/subscriptions";
import { createDeliver } from "./deliver/deliver.ts";
import type { Sender } from "./deliver/sender.ts";
import { inspecting } from "./inspecting.ts";
import type { Inspecting } from "./inspecting.ts";
import { judge, limitsOf, planOf, whyEnded, whyMarked } from "./judging.ts";
import { Recorder } from "./record/recorder.ts";
import type { Statistics } from "./record/statistics.ts";
import { Dispatcher } from "./schedule/dispatcher.ts";
import type { Delivery, DispatcherPorts, Sent } from "./schedule/dispatcher.ts";
import { Engine } from "./schedule/engine.ts";
import { ItemCache } from "./schedule/item-cache.ts";
import { Endpoints } from "./schedule/endpoints.ts";
import { Permits } from "./schedule/permits.ts";
import { Queue } from "./schedule/queue.ts";
import type { WhyMarked } from "./show/marked.ts";
import type { ChangeRing } from "./show/stream-ring.ts";
import type { Telemetry, Waiting } from "./signal/telemetry.ts";
import type { DatabaseClock } from "./store/database-clock.ts";
import type { Database } from "./store/database.ts";
import type { Directory, SubscriptionView } from "./store/directory.ts";
import { makePartitions } from "./store/partitions.ts";
import { endedWhole, itemRows } from "./store/scan.ts";

export type DeliveryParts = {
  readonly database: Database;
  readonly directory: Directory;
  readonly catalogue: () => Catalogue;
  readonly sender: Sender;
  readonly clock: DatabaseClock;
  readonly userAgent: string;
  readonly holdDays: number;
  readonly retentionDays: number;
  readonly telemetry: () => Telemetry;
  readonly statistics: () => Statistics;
  /** Hears what is on disk, for whoever looks on. */
  readonly changes: ChangeRing;
  readonly versionSeen: (version: number) => void;
  /** Control data was changed by the engine itself. */
  readonly changed: () => Promise<void>;
  /** Another process owned meanwhile what this one could own again: this engine has come to its end. */
  readonly overtaken: () => void;
  readonly trouble: (message: string, error: unknown) => void;
};

export type DeliveryEngine = Inspecting & {
  readonly engine: Engine;
  readonly items: ItemCache;
  /** What a mark or a change of control data has ended, although its last step is not written yet. */
  readonly whyMarked: WhyMarked;
  waiting(): Waiting;
  /** Lets what is under way finish for at most `graceMs`, and writes how far it came. */
  stop(graceMs: number): Promise<void>;
};

export function createDelivery(parts: DeliveryParts): DeliveryEngine {
  const { database, directory, clock, statistics } = parts;
  const nowMs = clock.nowMs;
  const items = new ItemCache();
  const viewOf = ({ app, subscription }: { app: number; subscription: number }): SubscriptionView | undefined =>
    directory.app(app)?.subscriptions.find((each) => each.ref === subscription);
  const endpoints = new Endpoints({
    nowMs,
    host: (lane) => viewOf(lane)?.host ?? null,
    changed: (subscription, change) => {
      engine.stateChanged(subscription, change);
      parts.changes.changed(subscription, change, nowMs());
    },
    becameLive: (subscription) => engine.becameLive(subscription),
  });
  const permits = new Permits();
  const queue: Queue = new Queue({
    permits,
    gate: (lane, now) => endpoints.gate(lane, now),
    limit: (lane) => endpoints.limit(lane.subscription, viewOf(lane)?.maxInFlight ?? subscriptionLimits.inFlightDefault),
    host: (work) => viewOf(work)?.host ?? `subscription ${work.subscription}`,
    bytes: (work) => items.get(work.event)?.item.length ?? 0,
    blocked: () => endpoints.blocked,
    spilled: (subscription, slot) => engine.isSpilled(subscription, slot),
  });
  const recorder = createRecorder(parts, () => engine);
  const deliver = createDeliver({ ...parts, send: (exchange) => parts.sender.send(exchange), nowMs });
  const record: typeof recorder.record = (steps, done) => {
    statistics().recorded(steps);
    recorder.record(steps, done);
  };
  const dispatcher: Dispatcher = new Dispatcher({
    ...parts,
    queue,
    items,
    nowMs,
    chance: Math.random,
    planOf: ({ policy }) => planOf(policy as PolicyDocument),
    whyEnded: (work, subscription) => whyEnded(endpoints, work, subscription, parts.holdDays, nowMs()),
    judged: (delivery, sent) => judge(endpoints, permits, delivery, sent),
    send: (delivery) => deliver(delivery, limitsOf(delivery.subscription)),
    loadItems: (events) => itemRows(database.read, events),
    record,
    recorded: (work, next) => engine.recorded(work, next),
    maySend: () => engine.maySend(),
    isBraked: (work) => endpoints.isBraked(work),
    starved: () => engine.starved(),
    ...telling(parts),
  });
  const engine: Engine = new Engine({
    ...parts,
    queue,
    endpoints,
    copying: { ...parts, random: randomBytes },
    dispatcher: () => dispatcher,
    record,
    nowMs,
    monotonicMs: () => performance.now(),
    measureClock: () => clock.measure(),
    endedWhole: (subscription) => endedWhole(database.control, subscription),
  });
  const stop = async (graceMs: number): Promise<void> => {
    await engine.stop(graceMs);
    recorder.stop();
  };
  const waiting = (): Waiting => waitingIn(queue, recorder, nowMs());
  const looking = inspecting({ queue, permits, directory, holds: () => engine.holds }, nowMs);
  return { engine, items, whyMarked: (open) => whyMarked(parts, endpoints, open), waiting, ...looking, stop };
}

function createRecorder({ database, clock, changes, trouble }: DeliveryParts, engine: () => Engine): Recorder {
  return new Recorder({
    pool: database.record,
    epoch: () => engine().epoch,
    fenced: () => engine().lost(),
    written: (steps) => changes.recorded(steps),
    missingPartition: () => makePartitions(database.control, clock.nowMs(), clock.nowMs()),
    trouble,
  });
}

/** Who is told of attempts and ends: counters, metrics, the operator's log. */
function telling({ statistics, telemetry }: DeliveryParts): Pick<DispatcherPorts, "attempted" | "ended"> {
  return {
    attempted: (delivery, sent, next) => {
      const { subscription, delivered } = delivery.work;
      const isSuccess = sent.answered.failure === null;
      statistics().attempted(subscription, (sent.attempt.totalUs ?? 0) / 1000, isSuccess, isSuccess && !delivered);
      if (next.ended !== null && !delivered) statistics().ended(subscription);
      tell(telemetry(), delivery, sent, next.nextAtMs);
    },
    ended: ({ subscription, delivered }, reason) => {
      if (!delivered) statistics().ended(subscription);
      telemetry().ended(reason);
    },
  };
}

function tell(
  telemetry: Telemetry,
  { work, item, app, subscription }: Delivery,
  { sentAtMs, answered, attempt }: Sent,
  nextAtMs: number | null,
): void {
  const first = work.progress.requests === 0;
  telemetry.attempted({
    notification: `notif_${work.id}`,
    topic: item.topic,
    app: app.id,
    subscription: subscription.id,
    // Without its query, where people put tokens.
    url: subscription.url.split("?")[0] as string,
    attempt: work.progress.requests + 1,
    failure: answered.failure,
    status: answered.status,
    detail: attempt.detail,
    totalMs: (attempt.totalUs ?? 0) / 1000,
    sinceAcceptedMs: first ? sentAtMs - work.madeAtMs : null,
    nextAtMs,
  });
}

function waitingIn(queue: Queue, recorder: Recorder, nowMs: number): Waiting {
  let count = 0;
  let oldestMs = nowMs;
  for (const work of queue.all()) {
    if (work.state !== "busy") count++;
    if (work.progress.requests === 0) oldestMs = Math.min(oldestMs, work.madeAtMs);
  }
  return { count, oldestAgeMs: Math.max(0, nowMs - oldestMs), inFlight: queue.inFlight, unrecorded: recorder.pending };
}
