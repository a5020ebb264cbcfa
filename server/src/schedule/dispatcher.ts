// From the queue to the next step: look up what the request needs, ask the rule of matching once more, send, decide what
// the answer means, have it recorded. It knows neither HTTP nor SQL.
import type { EndedReason } from "@bellhop/contract/reasons";
import type { Catalogue } from "../domain/catalogue.ts";
import { replayCause } from "../domain/status.ts";
import { afterAttempt, afterExtraAttempt, endsAtMs } from "../domain/transition.ts";
import type { Answered, Next, Plan } from "../domain/transition.ts";
import type { Directory, AppView, SubscriptionView, WorkspaceView } from "../store/directory.ts";
import type { AttemptFacts, Step } from "../store/log.ts";
import type { ItemRow } from "../store/scan.ts";
import type { CachedItem, ItemCache } from "./item-cache.ts";
import type { Outcome, Queue } from "./queue.ts";
import { whyRefused } from "./refusal.ts";
import type { Work } from "./work.ts";

/**
 * Answers that are not on disk yet: as many as requests are in flight, and this many at least; beyond it sending stops.
 * With the limit in flight this bounds memory, and what is sent twice after a crash: 64 in flight make at most 128.
 */
const unrecordedMin = 64;
const tryAgainMs = 1_000;
/** Requests begun in one turn of the event loop: publishes, answers and what is read have their turn before the next ones. */
const startsPerTurn = 32;

/** Everything one request is made of. */
export type Delivery = {
  readonly work: Work;
  readonly item: CachedItem;
  readonly workspace: WorkspaceView;
  readonly app: AppView;
  readonly subscription: SubscriptionView;
};

/** What the deliver stage gives back. */
export type Sent = { readonly sentAtMs: number; readonly answered: Answered; readonly attempt: AttemptFacts };

export type DispatcherPorts = {
  readonly queue: Queue;
  readonly items: ItemCache;
  readonly directory: Directory;
  readonly catalogue: () => Catalogue;
  readonly nowMs: () => number;
  readonly chance: () => number;
  readonly holdDays: number;
  readonly planOf: (subscription: SubscriptionView) => Plan;
  /** Why it is over although it was not sent, beside the rule of matching: a mark, its age, or its subscription's state. */
  readonly whyEnded: (work: Work, subscription: SubscriptionView | undefined) => EndedReason | null;
  /** What the answer does to the subscription: until when a 429 makes it wait, and how it counts. */
  readonly judged: (delivery: Delivery, sent: Sent) => { outcome: Outcome; throttledUntilMs: number | null };
  readonly send: (delivery: Delivery) => Promise<Sent>;
  readonly loadItems: (events: readonly string[]) => Promise<ItemRow[]>;
  readonly record: (steps: readonly Step[], done: () => void) => void;
  /** Its next step is on disk. */
  readonly recorded: (work: Work, next: Next) => void;
  readonly maySend: () => boolean;
  /** By what is in memory. */
  readonly isBraked: (work: Work) => boolean;
  /** All places are taken. */
  readonly starved: () => void;
  readonly attempted: (delivery: Delivery, sent: Sent, next: Next) => void;
  readonly ended: (work: Work, reason: EndedReason) => void;
  readonly trouble: (message: string, error: unknown) => void;
};

export class Dispatcher {
  readonly #ports: DispatcherPorts;
  #unrecorded = 0;
  #pumping = false;

  constructor(ports: DispatcherPorts) {
    this.#ports = ports;
  }

  /** Everything that may be sent now is started, a portion in each turn of the event loop. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (this.#startPortion()) this.pump();
    });
  }

  /** True when there may be more. */
  #startPortion(): boolean {
    const { queue, maySend, nowMs, starved } = this.#ports;
    const missing: Work[] = [];
    let left = startsPerTurn;
    for (; left > 0 && maySend() && this.#unrecorded < Math.max(unrecordedMin, queue.inFlight); left--) {
      const work = queue.take(nowMs());
      if (!work && queue.isStarved) starved();
      if (!work) break;
      if (this.#isComplete(work)) this.#start(work);
      else missing.push(work);
    }
    if (missing.length > 0) void this.#loadAndStart(missing);
    return left === 0;
  }

  /** Writes the end of a notification that is not to be sent. */
  end(work: Work, reason: EndedReason, done: () => void = () => undefined): void {
    this.#ports.ended(work, reason);
    const next: Next = { progress: work.progress, nextAtMs: null, ended: reason };
    this.#ports.record([endedStep(work, work.step + 1, reason, this.#ports.nowMs())], () => {
      this.#recorded(work, next, 1);
      done();
    });
  }

  #isComplete(work: Work): boolean {
    const { items, directory } = this.#ports;
    return (
      items.get(work.event) !== undefined && directory.app(work.app) !== undefined && directory.workspaceByRef(work.workspace) !== undefined
    );
  }

  /** Brings into memory what these need to be judged; items stay where they are. */
  async loadRules(works: readonly Work[]): Promise<void> {
    await this.#ports.directory.loadMissing(
      works.map((work) => work.app),
      works.map((work) => work.workspace),
    );
  }

  /** Brings into memory what these need to be judged and sent; gives the events that are not there any more. */
  async load(works: readonly Work[]): Promise<ReadonlySet<string>> {
    const { items, loadItems } = this.#ports;
    const events = [...new Set(works.map((work) => work.event))].filter((event) => !items.get(event));
    const [rows] = await Promise.all([events.length > 0 ? loadItems(events) : [], this.loadRules(works)]);
    const uses = Map.groupBy(works, (work) => work.event);
    for (const row of rows) items.put(row, uses.get(row.id)?.length ?? 1);
    const found = new Set(rows.map(({ id }) => id));
    return new Set(events.filter((event) => !found.has(event)));
  }

  /** Why it is not to be sent any more. Asked of what was loaded. A replay by hand may go out after the notification's end. */
  whyOver(work: Work): EndedReason | null {
    if (work.canceled) return "canceled";
    const subscription = this.#ports.directory.app(work.app)?.subscriptions.find((each) => each.ref === work.subscription);
    return this.#ports.whyEnded(work, subscription) ?? whyRefused(this.#ports, work, work.retryReason === replayCause);
  }

  /** Why nobody may replay it. Asked of what was loaded. */
  whyNoReplay(work: Work): EndedReason | null {
    return whyRefused(this.#ports, work, true);
  }

  async #loadAndStart(works: readonly Work[]): Promise<void> {
    const { maySend, isBraked, trouble } = this.#ports;
    try {
      const gone = await this.load(works);
      // Items are many and the cache is not: what others pushed out meanwhile is loaded again.
      // A brake on its host was not seen before the host was known.
      for (const work of works)
        if (!maySend() || isBraked(work)) this.#startLater(work);
        else if (this.#isComplete(work) || gone.has(work.event) || this.whyOver(work) !== null) this.#start(work);
        else this.#startLater(work);
    } catch (error) {
      trouble("what a request needs could not be read; it is tried again", error);
      for (const work of works) this.#startLater(work);
    }
    this.pump();
  }

  #startLater(work: Work): void {
    const { queue, nowMs } = this.#ports;
    queue.release(work, nowMs(), "neutral");
    work.dueAtMs = nowMs() + tryAgainMs;
    queue.defer(work, nowMs());
  }

  #start(work: Work): void {
    const { queue, items, directory, send, trouble } = this.#ports;
    const item = items.get(work.event);
    const workspace = directory.workspaceByRef(work.workspace);
    const app = directory.app(work.app);
    const subscription = app?.subscriptions.find((each) => each.ref === work.subscription);
    const reason = this.whyOver(work);
    if (reason !== null || !item || !workspace || !app || !subscription) {
      queue.release(work, this.#ports.nowMs(), "neutral");
      this.end(work, reason ?? "expired");
      return;
    }
    const delivery = { work, item, workspace, app, subscription };
    send(delivery).then(
      (sent) => this.#settle(delivery, sent),
      (error: unknown) => {
        trouble("an attempt could not be made; it counts as failed", error);
        this.#settle(delivery, notMade(subscription, this.#ports.nowMs()));
      },
    );
  }

  #settle(delivery: Delivery, sent: Sent): void {
    const { queue, nowMs, record, attempted, judged } = this.#ports;
    const { work } = delivery;
    const { outcome, throttledUntilMs } = judged(delivery, sent);
    work.heldCause = null;
    queue.release(work, nowMs(), outcome);
    const next = this.#next(delivery, sent, throttledUntilMs);
    const steps = [attemptStep(work, sent, next)];
    if (next.ended !== null) steps.push(endedStep({ ...work, progress: next.progress }, work.step + 2, next.ended, nowMs()));
    attempted(delivery, sent, next);
    this.#unrecorded++;
    record(steps, () => {
      this.#unrecorded--;
      work.retryReason = sent.answered.failure;
      this.#recorded(work, next, steps.length);
    });
    this.pump();
  }

  #next({ work, subscription }: Delivery, { answered, sentAtMs }: Sent, throttledUntilMs: number | null): Next {
    const { planOf, nowMs, chance, holdDays } = this.#ports;
    if (work.delivered && answered.failure !== null) return afterExtraAttempt(work.progress, sentAtMs);
    const at = { sentAtMs, nowMs: nowMs(), endsAtMs: endsAtMs(work.madeAtMs, holdDays), throttledUntilMs };
    const next = afterAttempt(work.progress, answered, planOf(subscription), at, chance());
    // What ended meanwhile is not tried again.
    const over = next.nextAtMs === null ? null : this.whyOver(work);
    return over === null ? next : { ...next, nextAtMs: null, ended: over };
  }

  #recorded(work: Work, next: Next, steps: number): void {
    work.step += steps;
    work.progress = next.progress;
    if (next.nextAtMs === null) this.#ports.items.used(work.event);
    this.#ports.recorded(work, next);
  }
}

/** A bug of ours is an attempt that failed, so that it shows, and ends with the policy. */
function notMade({ revision }: SubscriptionView, nowMs: number): Sent {
  const none = { status: null, dnsUs: null, connectUs: null, tlsUs: null, firstByteUs: null, totalUs: null, address: null };
  const attempt = { ...none, detail: null, revision, signatures: null, bodySha256: null, answerHeaders: null, answerBody: null };
  return { sentAtMs: nowMs, answered: { failure: "internal", status: null, retryAfterMs: null }, attempt };
}

function attemptStep(work: Work, sent: Sent, next: Next): Step {
  return {
    ...emptyStep(work, work.step + 1),
    kind: "a",
    atMs: sent.sentAtMs,
    reason: sent.answered.failure,
    requests: next.progress.requests,
    policyStep: next.progress.policyStep,
    firstSentAtMs: next.progress.firstSentAtMs,
    throttledSinceMs: next.progress.throttledSinceMs,
    nextAtMs: next.nextAtMs,
    retryReason: work.retryReason,
    attempt: sent.attempt,
  };
}

function endedStep(work: Work, step: number, reason: EndedReason, nowMs: number): Step {
  return { ...emptyStep(work, step), kind: "e", atMs: nowMs, reason };
}

/** A step that carries on what is known and says nothing of its own yet. */
export function emptyStep(work: Work, step: number): Step {
  return {
    notification: work.id,
    step,
    kind: "h",
    subscription: work.subscription,
    shard: work.shard,
    atMs: 0,
    reason: null,
    requests: work.progress.requests,
    policyStep: work.progress.policyStep,
    firstSentAtMs: work.progress.firstSentAtMs,
    throttledSinceMs: work.progress.throttledSinceMs,
    nextAtMs: null,
    retryReason: null,
    queue: null,
    position: null,
    attempt: null,
  };
}
