// Wires the engine: what is read goes into the queue, what leaves the queue is sent, what was sent is recorded. The stages
// do not know each other; this is where they meet. `app.ts` puts the program around it.
import type { Catalogue } from "./domain/catalogue.ts";
import { readPolicy } from "./domain/policy.ts";
import type { Policy as PolicyDocument } from "@bellhop/contract/subscriptions";
import type { Plan } from "./domain/transition.ts";
import { createDeliver } from "./deliver/deliver.ts";
import type { Sender } from "./deliver/sender.ts";
import { disableSubscription } from "./manage/subscriptions-state.ts";
import { Recorder } from "./record/recorder.ts";
import { Dispatcher } from "./schedule/dispatcher.ts";
import type { Delivery, Sent } from "./schedule/dispatcher.ts";
import { Engine } from "./schedule/engine.ts";
import { ItemCache } from "./schedule/item-cache.ts";
import { maxInFlightDefault, Queue } from "./schedule/queue.ts";
import type { Work } from "./schedule/work.ts";
import type { Telemetry, Waiting } from "./signal/telemetry.ts";
import type { DatabaseClock } from "./store/database-clock.ts";
import type { Database } from "./store/database.ts";
import type { Directory, SubscriptionView } from "./store/directory.ts";
import { makePartitions } from "./store/partitions.ts";
import { itemRows } from "./store/scan.ts";

export type DeliveryParts = {
  readonly database: Database;
  readonly directory: Directory;
  readonly catalogue: () => Catalogue;
  readonly sender: Sender;
  readonly clock: DatabaseClock;
  readonly userAgent: string;
  readonly holdDays: number;
  readonly telemetry: () => Telemetry;
  readonly versionSeen: (version: number) => void;
  /** Control data was changed by the engine itself. */
  readonly changed: () => Promise<void>;
  readonly trouble: (message: string, error: unknown) => void;
};

export type DeliveryEngine = { readonly engine: Engine; readonly items: ItemCache; waiting(): Waiting };

export function createDelivery(parts: DeliveryParts): DeliveryEngine {
  const { database, directory, clock, trouble, telemetry } = parts;
  const nowMs = clock.nowMs;
  const items = new ItemCache();
  const viewOf = (work: Work): SubscriptionView | undefined =>
    directory.app(work.app)?.subscriptions.find((each) => each.ref === work.subscription);
  const queue = new Queue((work) => viewOf(work)?.maxInFlight ?? maxInFlightDefault);
  const recorder = new Recorder({
    pool: database.record,
    epoch: () => engine.epoch,
    fenced: () => engine.lost(),
    missingPartition: () => makePartitions(database.control, nowMs(), nowMs()),
    trouble,
  });
  const deliver = createDeliver({
    send: (exchange) => parts.sender.send(exchange),
    userAgent: parts.userAgent,
    catalogue: parts.catalogue,
    nowMs,
  });
  const record = recorder.record.bind(recorder);
  const dispatcher: Dispatcher = new Dispatcher({
    queue,
    items,
    directory,
    catalogue: parts.catalogue,
    nowMs,
    chance: Math.random,
    holdDays: parts.holdDays,
    planOf: ({ policy }) => planOf(policy as PolicyDocument),
    send: (delivery) => deliver(delivery, limitsOf(delivery.subscription)),
    loadItems: (events) => itemRows(database.read, events),
    record,
    recorded: (work, next) => engine.recorded(work, next),
    maySend: () => engine.maySend(),
    attempted: (delivery, sent, next) => tell(telemetry(), delivery, sent, next.nextAtMs),
    ended: (_, reason) => telemetry().ended(reason),
    trouble,
  });
  const engine: Engine = new Engine({
    database,
    queue,
    dispatcher: () => dispatcher,
    record,
    userAgent: parts.userAgent,
    nowMs,
    monotonicMs: () => performance.now(),
    measureClock: () => clock.measure(),
    versionSeen: parts.versionSeen,
    disable: async (work) => {
      await disableSubscription(database, work.subscription, "gone");
      await parts.changed();
    },
    trouble,
  });
  return { engine, items, waiting: () => waitingIn(queue, recorder, nowMs()) };
}

function planOf(document: PolicyDocument): Plan {
  const { waitsS, jitter, throttledSecondsMax } = readPolicy(document);
  return { waitsMs: waitsS.map((wait) => wait * 1000), jitter, throttledForMs: throttledSecondsMax * 1000 };
}

function limitsOf({ policy, timeoutMs, maxInFlight }: SubscriptionView): { timeoutMs: number; connections: number } {
  const { timeoutMs: byPolicy } = readPolicy(policy as PolicyDocument);
  return { timeoutMs: timeoutMs ?? byPolicy, connections: maxInFlight ?? maxInFlightDefault };
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
