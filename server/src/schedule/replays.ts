// Replays of many: page after page is put into the subscription's queue, or copied, together with how far the replay came,
// so that whoever goes on after a crash repeats nothing. A page is written only while the subscription is live and has
// room: neither the queue nor the log grows faster than it is sent.
import type { Catalogue } from "../domain/catalogue.ts";
import { eventId, firstIdAt, notificationId } from "../domain/id.ts";
import { whyNotNow } from "../domain/matching.ts";
import type { Database } from "../store/database.ts";
import type { AppView, SubscriptionView } from "../store/directory.ts";
import { writeCopies } from "../store/replays-copy.ts";
import type { ReplayFacts } from "../store/replays-read.ts";
import { writeHolds } from "../store/replays-write.ts";
import type { Move, ReplayHold } from "../store/replays-write.ts";
import { awaitReplayWriter, endReplay, runningReplays } from "../store/replays.ts";
import type { RunningReplay } from "../store/replays.ts";
import { restQueue } from "./hold-queues.ts";
import { readAgain, readForCopies, readMissedPage, replayPage } from "./replays-page.ts";
import type { Original, Page, PageFor } from "./replays-page.ts";

/** Looks for replays, and for room. */
const roundMs = 1_000;
/** More wait for these, oldest first; of one subscription one at a time. */
const atOnceMax = 4;
const dayMs = 86_400_000;
const sequenceMax = 0xfff;
const randomBytes = 10;

export type ReplayPorts = {
  readonly database: Database;
  readonly epoch: () => number | null;
  /** The database's time. */
  readonly nowMs: () => number;
  readonly retentionDays: number;
  readonly random: (bytes: number) => Uint8Array;
  readonly catalogue: () => Catalogue;
  readonly directory: { app(ref: number): AppView | null | undefined; loadApps(refs: readonly number[]): Promise<void> };
  /** A new place in the queue of holds. */
  readonly position: () => number;
  /** Holds with places that are given from now on are about to be written: no read may go past them before. */
  readonly writing: (subscription: number, queue: number) => number;
  /** They are on disk, or will never be. `below`: what `writing` gave. */
  readonly written: (subscription: number, queue: number, below: number) => void;
  /** Its gate is not closed: nothing is written for a subscription that is paused, throttled or suspended. */
  readonly isOpen: (subscription: number) => boolean;
  /** How many of rank 1 wait for this subscription, on disk and in memory; where that is not known, `replayPage` or more. */
  readonly undrained: (subscription: number) => number;
  /** In memory at the moment: its next step is on its way. */
  readonly busy: (notification: string) => boolean;
  /** Fresh notifications were committed. */
  readonly kick: () => void;
  readonly trouble: (message: string, error: unknown) => void;
};

/** `again`: there may be more to do at once. `wait`: at the next round. */
type Outcome = "again" | "wait";

export class Replays {
  readonly #ports: ReplayPorts;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> | null = null;
  #stopped = false;

  constructor(ports: ReplayPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#stopped = false;
    this.#timer ??= setInterval(() => void this.round(), roundMs);
  }

  /** Resolves when no page is being written any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#round;
  }

  /** Writes as many pages as there is room for. */
  round(): Promise<void> {
    this.#round ??= this.#work()
      .catch((error: unknown) => this.#ports.trouble("replays could not be read; it is tried again", error))
      .finally(() => (this.#round = null));
    return this.#round;
  }

  async #work(): Promise<void> {
    const waiting = new Set<string>();
    for (let epoch = this.#ports.epoch(); epoch !== null && !this.#stopped; epoch = this.#ports.epoch()) {
      const running = await runningReplays(this.#ports.database.read);
      const able = running.filter(({ id, subscription }) => !waiting.has(id) && this.#ports.undrained(subscription) < replayPage);
      if (able.length === 0) return;
      for (const replay of able.slice(0, atOnceMax)) {
        if (!this.#stopped && (await this.#step(replay, epoch)) === "wait") waiting.add(replay.id);
      }
    }
  }

  async #step(replay: RunningReplay, epoch: number): Promise<Outcome> {
    const { database, trouble } = this.#ports;
    try {
      const target = await this.#target(replay);
      if (typeof target !== "string") return this.#ports.isOpen(replay.subscription) ? await this.#page(replay, epoch, target) : "wait";
      await endReplay(database.control, replay.id, target);
      return "wait";
    } catch (error) {
      trouble("a page of a replay could not be written; it is tried again", error);
      return "wait";
    }
  }

  /** Where it goes, or why it ends. */
  async #target({
    app: ref,
    subscription: subscriptionRef,
  }: RunningReplay): Promise<{ app: AppView; subscription: SubscriptionView } | string> {
    const { directory, catalogue } = this.#ports;
    if (!directory.app(ref)) await directory.loadApps([ref]);
    const app = directory.app(ref);
    const subscription = app?.subscriptions.find((each) => each.ref === subscriptionRef);
    if (!app || !subscription) return "subscription_deleted";
    const anywhere = { installed: true, permissions: new Set<string>() };
    return whyNotNow(catalogue(), null, anywhere, app.facts, subscription.facts) ?? { app, subscription };
  }

  async #page(replay: RunningReplay, epoch: number, target: { app: AppView; subscription: SubscriptionView }): Promise<Outcome> {
    const { database, catalogue, busy, nowMs, retentionDays } = this.#ports;
    const oldest = firstIdAt(nowMs() - (retentionDays - 1) * dayMs);
    const asked: PageFor = { on: database.read, replay, ...target, catalogue: catalogue(), oldest, busy };
    if (replay.include === "missed") return this.#copy(replay, epoch, target, await readMissedPage(asked));
    if (replay.new_id) return this.#copy(replay, epoch, target, await readForCopies(asked));
    return this.#hold(replay, epoch, await readAgain(asked));
  }

  async #hold(replay: RunningReplay, epoch: number, page: Page<ReplayFacts>): Promise<Outcome> {
    const { database, nowMs, position, writing, written } = this.#ports;
    const { subscription } = replay;
    const below = writing(subscription, restQueue);
    try {
      const holds = page.entries.map((facts) => holdOf(facts, position()));
      const queued = { subscription, queue: restQueue, atMs: nowMs() };
      const { moved } = await writeHolds(database.control, epoch, moveOf(replay, page), queued, holds);
      return moved ? "again" : "wait";
    } catch (error) {
      // It may be committed all the same: what is behind its places is read only when that is decided.
      await this.#decided(replay.id, epoch);
      throw error;
    } finally {
      written(subscription, restQueue, below);
    }
  }

  /** Copies are fresh notifications: nobody knows how many wait until they were scanned, so there is a page a round. */
  async #copy(
    replay: RunningReplay,
    epoch: number,
    { app, subscription }: { app: AppView; subscription: SubscriptionView },
    page: Page<Original>,
  ): Promise<Outcome> {
    const { database, nowMs, random, kick } = this.#ports;
    const atMs = nowMs();
    const copies = page.entries.map(({ event: original, topic, apiVersion }, index) => {
      const event = eventId(atMs, index & sequenceMax, random(randomBytes));
      return { original, event, notification: notificationId(event, 1), topic, apiVersion };
    });
    const target = { subscription: subscription.ref, app: app.ref, shard: subscription.shard };
    const { moved, written } = await writeCopies(database.control, epoch, moveOf(replay, page), target, copies);
    if (written > 0) kick();
    return moved && written === 0 ? "again" : "wait";
  }

  async #decided(id: string, epoch: number): Promise<void> {
    const { database, trouble } = this.#ports;
    while (!this.#stopped && this.#ports.epoch() === epoch) {
      try {
        return await awaitReplayWriter(database.control, id);
      } catch (error) {
        trouble("what became of a page of a replay is not known yet", error);
        await new Promise((resolve) => setTimeout(resolve, roundMs));
      }
    }
  }
}

function moveOf(replay: RunningReplay, { to, toWorkspace, looked, complete }: Page<unknown>): Move {
  return { replay: replay.id, from: replay.cursor, to, toWorkspace, looked, complete };
}

/** Never delivered: its policy starts again. Delivered: it gets one request, for which nothing is to be carried on. */
function holdOf(facts: ReplayFacts, position: number): ReplayHold {
  const { id, step, shard, requests, delivered } = facts;
  return {
    notification: id,
    step: step + 1,
    shard,
    requests,
    policyStep: delivered ? facts.policy_step : 0,
    firstSentAtMs: facts.first_sent_ms,
    throttledSinceMs: delivered ? facts.throttled_since_ms : null,
    position,
  };
}
