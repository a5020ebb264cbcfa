// Writes notifications that cannot be sent now as held, so that each has a fate on disk within a minute: what waits too
// long, what its subscription's state or a brake stops, what somebody wants sent once more.
import type { HeldCause } from "@bellhop/contract/reasons";
import { replayCause } from "../domain/status.ts";
import type { Step } from "../store/log.ts";
import { emptyStep } from "./dispatcher.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Endpoints } from "./endpoints.ts";
import { brakedQueue, headsQueue, slotOfQueue } from "./hold-queues.ts";
import { Holds } from "./holds.ts";
import type { Hold } from "./holds.ts";
import type { Lane } from "./lane.ts";
import { unsentMaxMs } from "./queue.ts";
import type { Queue } from "./queue.ts";
import { holdQueueOf, makeReplay } from "./work.ts";
import type { Work } from "./work.ts";

const dayMs = 86_400_000;
const nothing = Promise.resolve();

export type HolderPorts = {
  readonly queue: Queue;
  readonly endpoints: Endpoints;
  readonly dispatcher: () => Dispatcher;
  readonly record: (steps: readonly Step[], done: () => void) => void;
  readonly nowMs: () => number;
  readonly holdDays: number;
  /** The work has a step, so its scan owes one less. */
  readonly settled: (work: Work) => void;
  /** There is room for more from disk. */
  readonly drained: (hold: Hold) => void;
  readonly trouble: (message: string, error: unknown) => void;
};

export class Holder {
  readonly #ports: HolderPorts;
  readonly holds = new Holds();

  constructor(ports: HolderPorts) {
    this.#ports = ports;
  }

  /** Everything that must not, or cannot, go out now and has no hold on disk yet. */
  tick(nowMs: number): void {
    for (const lane of this.#ports.queue.lanes()) {
      this.#holdAll(this.#ports.queue.overdue(lane, nowMs));
      void this.stop(lane, nowMs);
    }
  }

  /** What waits before a gate that stays closed, or belongs to a workspace under a brake, is held at once: resolves when each has its place. */
  stop(lane: Lane, nowMs: number): Promise<void> {
    const { queue, endpoints } = this.#ports;
    const { atOnce, opensAtMs } = endpoints.gate(lane, nowMs);
    const isClosed = atOnce === 0 && (opensAtMs === null || opensAtMs - nowMs > unsentMaxMs);
    if (isClosed) return this.#settle(queue.unheld(lane, () => true));
    if (endpoints.blocked.size === 0) return nothing;
    const isBlocked = (work: Work): boolean => endpoints.blocked.has(work.workspace);
    this.#holdAll(queue.unheld(lane, isBlocked));
    // Moved to a queue of its own, where it stands in nobody's way.
    this.#holdAll(queue.held(lane, isBlocked));
    return nothing;
  }

  /** Held, or ended where the policy says so. Each was taken out of its queue. */
  async #settle(works: readonly Work[]): Promise<void> {
    if (works.length === 0) return;
    const { dispatcher, queue, nowMs, trouble } = this.#ports;
    try {
      await dispatcher().loadRules(works);
    } catch (error) {
      trouble("what becomes of held notifications could not be read; it is tried again", error);
      for (const work of works) queue.putBack(work, nowMs());
      return;
    }
    for (const work of works) {
      const reason = dispatcher().whyOver(work);
      if (reason === null) this.hold(work);
      else dispatcher().end(work, reason);
    }
  }

  #holdAll(works: readonly Work[]): void {
    for (const work of works) this.hold(work);
  }

  /** Writes a `held` step; the work was taken out of its queue. A head of an order slot stays in memory: it goes first. */
  hold(work: Work): void {
    const { endpoints, nowMs, holdDays, queue } = this.#ports;
    const cause = this.#causeOf(work);
    const isHead = work.slot !== null && queue.isHead(work);
    const isBraked = cause === "brake" && work.slot === null && endpoints.blocked.has(work.workspace);
    const queueNumber = isHead ? headsQueue : isBraked ? brakedQueue : holdQueueOf(work);
    const below = isHead ? null : this.holds.writing(work.subscription, queueNumber);
    const position = this.holds.position(nowMs());
    if (cause === "throttled") work.progress = { ...work.progress, throttledSinceMs: work.progress.throttledSinceMs ?? nowMs() };
    // What was attempted before may lie behind younger ones: it has its own time to end.
    const endsAtMs = isHead || work.progress.requests > 0 ? work.madeAtMs + holdDays * dayMs : null;
    this.#write(work, cause, { queue: queueNumber, position, nextAtMs: endsAtMs }, () => {
      if (below !== null) this.holds.written(work.subscription, queueNumber, below);
      if (work.canceled) this.#ports.dispatcher().end(work, "canceled");
      else if (isHead) {
        Object.assign(work, { position, queue: headsQueue });
        queue.putBack(work, nowMs());
      } else queue.finish(work, false);
    });
  }

  /** Writes a step that makes it due at once. */
  holdForReplay(work: Work, done: () => void): void {
    const { nowMs, queue, dispatcher } = this.#ports;
    const atMs = nowMs();
    // Before it is written, so that no checkpoint passes it.
    work.dueAtMs = atMs;
    queue.leaveSlot(work);
    makeReplay(work);
    this.#write(work, replayCause, { queue: null, position: null, nextAtMs: atMs }, () => {
      if (work.canceled) dispatcher().end(work, "canceled");
      else queue.defer(work, nowMs());
      dispatcher().pump();
      done();
    });
  }

  /** Its place among the held is free. */
  leave(work: Work): void {
    if (work.position === null) return;
    const { subscription, queue: number, position } = work;
    work.position = null;
    this.#leavePlace(subscription, number, position);
  }

  #leavePlace(subscription: number, number: number, position: number): void {
    const left = this.holds.drained(subscription, number, position);
    const slot = slotOfQueue(number);
    if (left !== null) this.#ports.drained(left);
    else if (slot !== null) this.#ports.queue.unspilled(subscription, slot);
  }

  #causeOf(work: Work): HeldCause {
    const { endpoints, queue, nowMs } = this.#ports;
    const cause = endpoints.holdCause(work, nowMs());
    return cause === "backlog" && work.slot !== null && queue.isSlotTaken(work) ? "order" : cause;
  }

  #write(work: Work, cause: HeldCause, at: Pick<Step, "queue" | "position" | "nextAtMs">, done: () => void): void {
    const { record, nowMs, settled } = this.#ports;
    const step = { ...emptyStep(work, work.step + 1), atMs: nowMs(), reason: cause, retryReason: work.retryReason, ...at };
    record([step], () => {
      work.step++;
      work.heldCause = cause;
      if (at.nextAtMs !== null && cause !== replayCause) work.dueAtMs = at.nextAtMs;
      settled(work);
      this.leave(work);
      done();
    });
  }
}
