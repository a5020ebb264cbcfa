// Open streams. Changes are put into a ring when they are on disk; while somebody listens, every 150 ms what changed is read
// once for all streams, by the list's own statements, and each is sent what fits it. Recording knows the ring and nothing else.
import type { Readable } from "node:stream";
import type { NotificationQuery } from "@bellhop/contract/notifications";
import type { ReplayView } from "@bellhop/contract/replays";
import { streamLimits } from "@bellhop/contract/stream";
import type { SubscriptionChange } from "@bellhop/contract/stream";
import { Problem } from "../domain/problem.ts";
import type { Connection } from "../store/sql.ts";
import { subscriptionOwners } from "../store/stream.ts";
import type { ReplayUnderWay, SubscriptionOwner } from "../store/stream.ts";
import type { Asking } from "./find.ts";
import { readQuestion } from "./list-question.ts";
import { withSearch } from "./list-search.ts";
import type { WhyMarked } from "./marked.ts";
import { createNames } from "./names.ts";
import { beginText, heartbeatText, readEventId, writeEventId } from "./stream-event.ts";
import { createListener, lineFits, mayFit, say, sayEvent, sayGap, seesSubscription } from "./stream-listener.ts";
import type { Listener } from "./stream-listener.ts";
import { readLines } from "./stream-read.ts";
import type { StreamLine } from "./stream-read.ts";
import { tellReplays } from "./stream-replays.ts";
import type { Change, ChangeRing, StateChange } from "./stream-ring.ts";

const roundMs = 150;
/** Changes that one stream, and all together, have read in a round; of more the newest. */
const readPerStreamMax = 300;
const readPerRoundMax = 1_000;
/** Whoever missed more reads the list again. */
const missedMax = 1_000;
const secondMs = 1_000;
/** A reader that does not take the end of its stream is cut off. */
const endWithinMs = 200;

export type StreamPorts = {
  readonly read: Connection;
  readonly ring: ChangeRing;
  readonly whyMarked: WhyMarked;
  /** The database's time. */
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly replayView: (record: ReplayUnderWay) => ReplayView;
  readonly trouble: (message: string, error: unknown) => void;
};

/** `changes`: of notifications, as many as are read. `candidates`: so many there were. */
type Picked = {
  readonly listener: Listener;
  readonly states: readonly Change[];
  readonly changes: readonly Change[];
  readonly candidates: number;
};

export class Streams {
  readonly #ports: StreamPorts;
  readonly #epoch: string;
  readonly #names = createNames();
  readonly #listeners = new Set<Listener>();
  #going = false;
  #opening = 0;
  #replaysToldMs = -Infinity;
  #inTrouble = false;
  #stopped = false;

  constructor(ports: StreamPorts) {
    this.#ports = ports;
    this.#epoch = ports.nowMs().toString(36).replaceAll(".", "");
  }

  /** `lastId`: what the client was told last, when it comes back. */
  async open(query: NotificationQuery, asking: Asking, lastId: string | undefined): Promise<Readable> {
    if (this.#stopped) throw new Problem("unavailable", "Bellhop is stopping.", [], 1);
    if (this.#listeners.size + this.#opening >= streamLimits.streamsMax)
      throw new Problem("limit_reached", `There are ${streamLimits.streamsMax} streams already; try again when one was closed.`);
    this.#opening++;
    // From before the question is read: what happens meanwhile is told.
    const { ring } = this.#ports;
    const position = ring.head;
    try {
      const question = await readQuestion(this.#ports.read, withSearch(query, this.#ports.nowMs()), asking);
      if (this.#stopped) throw new Problem("unavailable", "Bellhop is stopping.", [], 1);
      return this.#begin(
        createListener({ question, asking, position, resuming: false }, this.#ports.monotonicMs(), this.#readsAgain),
        lastId,
      );
    } finally {
      this.#opening--;
    }
  }

  /** Ends all at once; clients come back to whoever follows. */
  stop(): void {
    this.#stopped = true;
    for (const { output } of this.#listeners) {
      output.push(null);
      setTimeout(() => output.destroy(), endWithinMs);
    }
  }

  #begin(listener: Listener, lastId: string | undefined): Readable {
    const { output } = listener;
    this.#listeners.add(listener);
    const heartbeat = setInterval(() => void say(listener, heartbeatText(this.#id(listener.position))), streamLimits.heartbeatS * secondMs);
    const end = setTimeout(() => output.push(null), streamLimits.lifeS * secondMs);
    output.once("close", () => {
      clearInterval(heartbeat);
      clearTimeout(end);
      this.#listeners.delete(listener);
    });
    if (lastId !== undefined) this.#resume(listener, lastId);
    say(listener, beginText(this.#id(listener.position)));
    if (!this.#going) setTimeout(() => void this.#round(), roundMs);
    this.#going = true;
    return output;
  }

  #resume(listener: Listener, lastId: string): void {
    const { ring } = this.#ports;
    const position = readEventId(this.#epoch, lastId);
    if (position === null) return sayGap(listener, "restarted", listener.position, this.#id(listener.position));
    const missed = ring.has(position) ? ring.after(position, (subscription) => mayFit(listener, subscription)).length : Infinity;
    if (missed > missedMax) return sayGap(listener, "too_old", listener.position, this.#id(listener.position));
    listener.position = position;
    listener.resuming = true;
  }

  readonly #readsAgain = (listener: Listener): void => {
    const { head } = this.#ports.ring;
    sayGap(listener, "too_slow", head, this.#id(head));
  };

  #id(sequence: number): string {
    return writeEventId(this.#epoch, sequence);
  }

  async #round(): Promise<void> {
    try {
      await this.#tell([...this.#listeners].filter(({ stalled, output }) => !stalled && !output.destroyed));
      this.#inTrouble = false;
    } catch (error) {
      // Positions stay where they were, so nothing is lost while the ring has it.
      if (!this.#inTrouble) this.#ports.trouble("open streams cannot be told what happens; it is tried again", error);
      this.#inTrouble = true;
    }
    this.#going = this.#listeners.size > 0;
    if (this.#going) setTimeout(() => void this.#round(), roundMs);
  }

  async #tell(listeners: readonly Listener[]): Promise<void> {
    const { read, whyMarked } = this.#ports;
    const { head } = this.#ports.ring;
    const share = Math.floor(readPerRoundMax / Math.max(1, listeners.length));
    const picked = listeners.flatMap((listener) => this.#pick(listener, head, share));
    const ids = new Set(picked.flatMap(({ changes }) => changes.map(({ notification }) => notification as string)));
    const withObjects = picked.some(({ listener }) => listener.question.objectId !== null);
    const lines = await readLines(read, { names: this.#names, whyMarked }, [...ids], withObjects);
    await this.#tellStates(picked);
    for (const each of picked) this.#send(each, lines, head);
    await this.#tellSecond(listeners);
  }

  /** What there is for it to hear of, the newest where that is too much. */
  #pick(listener: Listener, head: number, share: number): Picked[] {
    const { ring } = this.#ports;
    if (listener.position === head) return [];
    if (!ring.has(listener.position)) {
      sayGap(listener, "too_old", head, this.#id(head));
      return [];
    }
    const all = ring.after(listener.position, (subscription) => mayFit(listener, subscription));
    const [states, notifications] = [all.filter(({ state }) => state !== null), all.filter(({ state }) => state === null)];
    const max = listener.resuming ? missedMax : Math.min(readPerStreamMax, share);
    return [{ listener, states, changes: notifications.slice(-max), candidates: notifications.length }];
  }

  #send({ listener, changes, candidates }: Picked, lines: ReadonlyMap<string, StreamLine>, head: number): void {
    const { pace, resuming } = listener;
    const fitting = changes.flatMap(({ sequence, notification }) => {
      const line = lines.get(notification as string);
      return line && lineFits(listener, line) ? [{ sequence, entry: line.entry }] : [];
    });
    const room = resuming ? missedMax : pace.room;
    const shown = room === 0 ? [] : fitting.slice(-room);
    for (const { sequence, entry } of shown) sayEvent(listener, "notification", entry, this.#id(sequence));
    if (!resuming) pace.count(Math.round((candidates * fitting.length) / Math.max(1, changes.length)), shown.length);
    listener.resuming = false;
    listener.position = Math.max(listener.position, head);
  }

  /** Before notifications and without an id: whoever was told of a later one was told of these. */
  async #tellStates(picked: readonly Picked[]): Promise<void> {
    const refs = [...new Set(picked.flatMap(({ states }) => states.map(({ subscription }) => subscription)))];
    if (refs.length === 0) return;
    const owners = new Map((await subscriptionOwners(this.#ports.read, refs)).map((each) => [each.ref, each]));
    for (const { listener, states } of picked) {
      for (const { subscription, state } of states) {
        const whose = owners.get(subscription);
        if (whose && state && seesSubscription(listener, whose)) sayEvent(listener, "subscription", stateView(whose, state), null);
      }
    }
  }

  async #tellSecond(listeners: readonly Listener[]): Promise<void> {
    const { read, replayView, monotonicMs } = this.#ports;
    const nowMs = monotonicMs();
    for (const listener of listeners) {
      const rate = listener.pace.rate(nowMs);
      if (rate) sayEvent(listener, "rate", rate, null);
    }
    if (listeners.length === 0 || nowMs - this.#replaysToldMs < secondMs) return;
    this.#replaysToldMs = nowMs;
    await tellReplays(read, listeners, replayView);
  }
}

function stateView({ id, app_id: app }: SubscriptionOwner, { state, cause, untilMs, atMs }: StateChange): SubscriptionChange {
  const until = untilMs === null ? null : new Date(untilMs).toISOString();
  return { subscription: id, app, state, cause, until, at: new Date(atMs).toISOString() };
}
