// Server-Sent Events as bytes on the wire. Where a client comes back it names the last id: the ring's and a change's number.
import type { NotificationEntry } from "@bellhop/contract/notifications";
import type { ReplayView } from "@bellhop/contract/replays";
import type { StreamGap, StreamRate, SubscriptionChange } from "@bellhop/contract/stream";

export type StreamData = {
  notification: NotificationEntry;
  subscription: SubscriptionChange;
  replay: ReplayView;
  rate: StreamRate;
  gap: StreamGap;
};

/** How long a browser waits before it comes back. */
const reconnectMs = 2_000;

export function eventText<E extends keyof StreamData>(event: E, data: StreamData[E], id: string | null): string {
  return `event: ${event}\n${id === null ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** Without data nothing is dispatched, but the id counts. */
export function beginText(id: string): string {
  return `retry: ${reconnectMs}\nid: ${id}\n\n`;
}

export function heartbeatText(id: string): string {
  return `: still here\nid: ${id}\n\n`;
}

export function writeEventId(epoch: string, sequence: number): string {
  return `${epoch}-${sequence}`;
}

/** Null when it is none of this ring's. */
export function readEventId(epoch: string, text: string): number | null {
  const [, found, sequence] = /^([0-9a-z]{1,20})-(\d{1,15})$/.exec(text) ?? [];
  return found === epoch && sequence !== undefined ? Number(sequence) : null;
}
