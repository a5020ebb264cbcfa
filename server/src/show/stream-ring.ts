// The newest changes, in memory, for whoever listens or comes back. Putting one in costs the same whether somebody listens
// or not: three stores into arrays that are there, so that recording never waits for those who look on.
import { streamLimits } from "@bellhop/contract/stream";
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

export class ChangeRing {
  readonly #size: number;
  readonly #notifications: (string | null)[];
  readonly #subscriptions: Int32Array;
  readonly #states: (StateChange | null)[];
  #head = 0;

  constructor(size: number = streamLimits.changesKept) {
    this.#size = size;
    this.#notifications = Array.from({ length: size }, () => null);
    this.#subscriptions = new Int32Array(size);
    this.#states = Array.from({ length: size }, () => null);
  }

  /** The sequence of the newest; 0 when nothing has happened. */
  get head(): number {
    return this.#head;
  }

  /** New notifications are on disk. */
  made(rows: readonly { readonly id: string; readonly subscription: number }[]): void {
    for (const { id, subscription } of rows) this.#put(id, subscription, null);
  }

  /** Steps are on disk. */
  recorded(steps: readonly { readonly notification: string; readonly subscription: number }[]): void {
    for (const { notification, subscription } of steps) this.#put(notification, subscription, null);
  }

  /** A state that stays as it was came with a warning. */
  changed(subscription: number, change: HealthChange, atMs: number): void {
    if (change.from === change.to) return;
    this.#put(null, subscription, { state: change.to, cause: change.cause, untilMs: change.untilMs, atMs });
  }

  #put(notification: string | null, subscription: number, state: StateChange | null): void {
    const at = this.#head++ % this.#size;
    this.#notifications[at] = notification;
    this.#subscriptions[at] = subscription;
    this.#states[at] = state;
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
      const notification = this.#notifications[at] ?? null;
      if (!fits(subscription) || (notification !== null && seen.has(notification))) continue;
      if (notification !== null) seen.add(notification);
      found.push({ sequence, subscription, notification, state: this.#states[at] ?? null });
    }
    return found.toReversed();
  }
}
