// The newest changes, in memory, for whoever listens or comes back. Putting one in costs the same whether somebody listens
// or not: a few stores into arrays that are there, so that recording never waits for those who look on. Ids are kept as bytes:
// as texts they would outlive what they name, and be what the garbage collector has most to do with.
import { streamLimits } from "@bellhop/contract/stream";
import { formatId, writeId } from "../domain/id.ts";
import type { HealthCause, HealthChange, HealthState } from "../domain/health.ts";

/** A subscription's state is another. */
export type StateChange = {
  readonly state: HealthState;
  readonly cause: HealthCause;
  readonly untilMs: number | null;
  readonly atMs: number;
};

/** `notification` is null where the change is one of the subscription. */
export type Change = {
  readonly sequence: number;
  readonly subscription: number;
  readonly notification: string | null;
  readonly state: StateChange | null;
};

const idBytesCount = 16;

export class ChangeRing {
  readonly #size: number;
  readonly #notifications: Buffer;
  readonly #subscriptions: Int32Array;
  readonly #states: (StateChange | null)[];
  #head = 0;

  constructor(size: number = streamLimits.changesKept) {
    this.#size = size;
    this.#notifications = Buffer.alloc(size * idBytesCount);
    this.#subscriptions = new Int32Array(size);
    this.#states = Array.from({ length: size }, () => null);
  }

  /** The sequence of the newest; 0 when nothing has happened. */
  get head(): number {
    return this.#head;
  }

  /** New notifications are on disk. */
  made(rows: readonly { readonly id: string; readonly subscription: number }[]): void {
    for (const { id, subscription } of rows) this.#putNotification(id, subscription);
  }

  /** Steps are on disk. */
  recorded(steps: readonly { readonly notification: string; readonly subscription: number }[]): void {
    for (const { notification, subscription } of steps) this.#putNotification(notification, subscription);
  }

  /** A state that stays as it was came with a warning. */
  changed(subscription: number, change: HealthChange, atMs: number): void {
    if (change.from === change.to) return;
    this.#put(subscription, { state: change.to, cause: change.cause, untilMs: change.untilMs, atMs });
  }

  #putNotification(id: string, subscription: number): void {
    writeId(this.#notifications, this.#put(subscription, null) * idBytesCount, id);
  }

  /** Where it stands now. A state stands where no notification does. */
  #put(subscription: number, state: StateChange | null): number {
    const at = this.#head++ % this.#size;
    this.#subscriptions[at] = subscription;
    this.#states[at] = state;
    return at;
  }

  #notificationAt(at: number): string {
    return formatId(this.#notifications.subarray(at * idBytesCount, (at + 1) * idBytesCount));
  }

  /** False when something after it is no longer there, or it never was. */
  has(position: number): boolean {
    return position <= this.#head && this.#head - position <= this.#size;
  }

  /** What came after `position`, the newest change of each notification only, oldest first. */
  after(position: number, fits: (subscription: number) => boolean): Change[] {
    const seen = new Set<string>();
    const found: Change[] = [];
    for (let sequence = this.#head; sequence > Math.max(position, this.#head - this.#size); sequence--) {
      const at = (sequence - 1) % this.#size;
      const subscription = this.#subscriptions[at] as number;
      if (!fits(subscription)) continue;
      const state = this.#states[at] ?? null;
      const notification = state === null ? this.#notificationAt(at) : null;
      if (notification !== null && seen.has(notification)) continue;
      if (notification !== null) seen.add(notification);
      found.push({ sequence, subscription, notification, state });
    }
    return found.toReversed();
  }
}
