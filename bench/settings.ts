// What is measured: Bellhop in three ways of publishing, and the bare parts that each of those cannot do without.

export type Scenario = {
  readonly name: string;
  /** Events in a request. */
  readonly batch: number;
  /** Notifications of an event. */
  readonly fanOut: number;
};

export const scenarios: readonly Scenario[] = [
  { name: "single, fan-out 1", batch: 1, fanOut: 1 },
  { name: "batches of 100, fan-out 1", batch: 100, fanOut: 1 },
  { name: "single, fan-out 10", batch: 1, fanOut: 10 },
];

export const itemBytes = 1_000;

/** Seconds, unless said otherwise. */
export type Timing = {
  readonly warmUp: number;
  readonly window: number;
  readonly pairs: number;
  readonly searchWarmUp: number;
  readonly searchWindow: number;
  /** The rate that was found is kept up for this long; 0: it is not. */
  readonly confirm: number;
  /** Of each way of publishing, notified by turns. */
  readonly destinations: number;
  /** Pairs of a scenario that were not begun within this time are left out. */
  readonly pairsWithin: number;
};

export const fullTiming: Timing = {
  warmUp: 2,
  window: 6,
  pairs: 10,
  searchWarmUp: 2,
  searchWindow: 8,
  confirm: 60,
  destinations: 1_000,
  pairsWithin: 900,
};

/** For daily use: it shows what changed by a lot. */
export const quickTiming: Timing = {
  warmUp: 0.5,
  window: 1.5,
  pairs: 3,
  searchWarmUp: 0.7,
  searchWindow: 1,
  confirm: 0,
  destinations: 100,
  pairsWithin: 10,
};
