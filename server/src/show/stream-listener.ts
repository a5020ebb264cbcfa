// One open stream: what it asks for, how far it was told, and its buffer. A reader that does not keep up loses what it did not
// take, and is told so when it reads again; nobody waits for it.
import { Readable } from "node:stream";
import type { StreamGap } from "@bellhop/contract/stream";
import { eventText } from "./stream-event.ts";
import type { StreamData } from "./stream-event.ts";
import type { Asking } from "./find.ts";
import { fits } from "./list-question.ts";
import type { Question } from "./list-question.ts";
import { stepsFit } from "./list-steps.ts";
import { StreamPace } from "./stream-pace.ts";
import type { StreamLine } from "./stream-read.ts";

const bufferBytesMax = 1_048_576;

export type Listener = {
  readonly question: Question;
  readonly asking: Asking;
  readonly pace: StreamPace;
  readonly output: Readable;
  /** The sequence of the last change that it was told of, or need not be. */
  position: number;
  /** It came back, and is told everything that it missed. */
  resuming: boolean;
  /** Its reader does not keep up. */
  stalled: boolean;
  /** What it said last of each replay that runs. */
  readonly replays: Map<string, string>;
};

export function createListener(
  asked: { readonly question: Question; readonly asking: Asking; readonly position: number; readonly resuming: boolean },
  nowMs: number,
  readsAgain: (listener: Listener) => void,
): Listener {
  const output = new Readable({
    read: () => {
      if (listener.stalled) readsAgain(listener);
    },
  });
  const listener: Listener = { ...asked, pace: new StreamPace(nowMs), output, stalled: false, replays: new Map() };
  return listener;
}

/** False when it was dropped, with everything up to the next gap. */
export function say(listener: Listener, text: string): boolean {
  if (listener.stalled || listener.output.destroyed) return false;
  listener.stalled = listener.output.readableLength + text.length > bufferBytesMax;
  if (!listener.stalled) listener.output.push(text);
  return !listener.stalled;
}

export function sayEvent<E extends keyof StreamData>(listener: Listener, event: E, data: StreamData[E], id: string | null): boolean {
  return say(listener, eventText(event, data, id));
}

/** Goes on from `position`, with the news that something was left out. */
export function sayGap(listener: Listener, reason: StreamGap["reason"], position: number, id: string): void {
  listener.stalled = false;
  listener.resuming = false;
  listener.position = position;
  sayEvent(listener, "gap", { reason }, id);
}

/** As far as a change itself can tell. */
export function mayFit({ question }: Listener, subscription: number): boolean {
  return question.subscriptions === null || question.subscriptions.includes(subscription);
}

export function lineFits({ question }: Listener, { settled, objectId }: StreamLine): boolean {
  const { from, below } = question;
  const { id } = settled.row;
  if ((from !== null && id < from) || (below !== null && id >= below)) return false;
  return fits(question, settled.row) && (question.objectId === null || question.objectId === objectId) && stepsFit(question, settled);
}

/** What is said of a subscription itself is for its app's owner. */
export function seesSubscription(listener: Listener, { ref, app, owner }: { ref: number; app: number; owner: number }): boolean {
  const { question, asking } = listener;
  return (
    mayFit(listener, ref) && (question.app === null || question.app === app) && (asking.workspace === null || asking.workspace === owner)
  );
}
