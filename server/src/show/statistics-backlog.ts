// What is not delivered yet. Most of it the process that delivers has in memory, exactly; what lies on disk only, holds behind a closed
// gate and retries of later, is looked at for everybody together, bounded, and at most every ten seconds, or every second where something new is held.
import type { StatisticsBacklog } from "@bellhop/contract/statistics";
import { estimateHeld } from "../domain/held-estimate.ts";
import { madeAtMs } from "../domain/id.ts";
import { plannedAfter } from "../store/statistics-sample.ts";
import type { PlannedRow } from "../store/statistics-sample.ts";
import type { Connection } from "../store/sql.ts";
import { countHeld, sampleHeld } from "../store/subscriptions-held.ts";

const keptMs = 10_000;
const keptIncompleteMs = 1_000;
const plannedMax = 5_000;
/** Counted one by one; beyond it the number is estimated from so many stretches, with so many entries of each. */
const heldCountedMax = 1_000;
const slices = 64;
const sampledMax = 32;
/** Subscriptions looked at in one go: the others are the next ones. */
const holdersMax = 20;

/** What memory has of the subscriptions that fit. */
export type InMemory = {
  readonly waiting: number;
  readonly retrying: number;
  readonly held: number;
  /** When the oldest was made. */
  readonly oldestMs: number | null;
  /** Subscriptions of which more is held on disk than was read; `held` leaves these out. */
  readonly holders: readonly number[];
  knows(notification: string): boolean;
};

type HeldOf = { readonly count: number; readonly exact: boolean; readonly oldestMs: number | null; readonly atMs: number };

export type BacklogPorts = {
  readonly on: Connection;
  readonly inMemory: (fits: (subscription: number) => boolean) => InMemory;
  readonly nowMs: () => number;
};

export class Backlog {
  readonly #ports: BacklogPorts;
  readonly #held = new Map<number, HeldOf>();
  #planned: readonly PlannedRow[] = [];
  #lookedAtMs = -Infinity;
  #looking: Promise<void> | null = null;

  constructor(ports: BacklogPorts) {
    this.#ports = ports;
  }

  async now(fits: (subscription: number) => boolean): Promise<StatisticsBacklog> {
    await this.#look();
    const { waiting, retrying, held, oldestMs, holders, knows } = this.#ports.inMemory(fits);
    const planned = this.#planned.filter((row) => fits(row.subscription) && !knows(row.notification));
    const onDisk = holders.flatMap((subscription) => this.#held.get(subscription) ?? []);
    const oldest = Math.min(
      oldestMs ?? Infinity,
      ...onDisk.map((each) => each.oldestMs ?? Infinity),
      planned.reduce((least, { notification }) => Math.min(least, madeAtMs(notification)), Infinity),
    );
    return {
      waiting,
      retrying: retrying + planned.length,
      held: onDisk.reduce((sum, { count }) => sum + count, held),
      exact: this.#planned.length < plannedMax && onDisk.length === holders.length && onDisk.every(({ exact }) => exact),
      oldest_undelivered_at: oldest === Infinity ? null : new Date(oldest).toISOString(),
    };
  }

  async #look(): Promise<void> {
    const { nowMs, inMemory } = this.#ports;
    const isKnown = inMemory(() => true).holders.every((subscription) => this.#held.has(subscription));
    if (Math.abs(nowMs() - this.#lookedAtMs) < (isKnown ? keptMs : keptIncompleteMs)) return;
    this.#looking ??= this.#lookAtDisk().finally(() => (this.#looking = null));
    await this.#looking;
  }

  async #lookAtDisk(): Promise<void> {
    const { on, inMemory, nowMs } = this.#ports;
    this.#planned = await plannedAfter(on, nowMs(), plannedMax);
    const { holders } = inMemory(() => true);
    const known = new Set(holders);
    for (const subscription of this.#held.keys()) if (!known.has(subscription)) this.#held.delete(subscription);
    const seenMs = (subscription: number): number => this.#held.get(subscription)?.atMs ?? 0;
    const next = holders.toSorted((a, b) => seenMs(a) - seenMs(b)).slice(0, holdersMax);
    for (const subscription of next) this.#held.set(subscription, await heldOf(on, subscription, nowMs()));
    this.#lookedAtMs = nowMs();
  }
}

async function heldOf(on: Connection, subscription: number, atMs: number): Promise<HeldOf> {
  const { count, oldest } = await countHeld(on, subscription, heldCountedMax + 1);
  const exact = count <= heldCountedMax;
  const about = exact ? count : Math.max(count, estimateHeld(await sampleHeld(on, subscription, slices, sampledMax)));
  return { count: about, exact, oldestMs: oldest === null ? null : madeAtMs(oldest), atMs };
}
