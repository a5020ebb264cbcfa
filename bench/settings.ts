// What is measured: ways of publishing, and how long and how often each is looked at.

export type Scenario = {
  readonly name: string;
  /** Events in a request. */
  readonly batch: number;
  /** Notifications of an event. */
  readonly fanOut: number;
  readonly itemBytes: number;
  /** Subscriptions that are notified by turns, each with a destination of its own. */
  readonly destinations: number;
};

const itemBytes = 1_000;
const destinations = 1_000;

export const single: Scenario = { name: "single, fan-out 1", batch: 1, fanOut: 1, itemBytes, destinations };
export const batches: Scenario = { name: "batches of 100, fan-out 1", batch: 100, fanOut: 1, itemBytes, destinations };
export const fanOut10: Scenario = { name: "single, fan-out 10", batch: 1, fanOut: 10, itemBytes, destinations };

/** Those whose overhead has a target. */
export const scenarios: readonly Scenario[] = [single, batches, fanOut10];

/** What else moves the cost. */
export const variants: readonly Scenario[] = [
  { ...single, name: "single, fan-out 1, 10 kB", itemBytes: 10_000 },
  { ...batches, name: "batches of 100, fan-out 1, 10 kB", itemBytes: 10_000 },
  { ...fanOut10, name: "single, fan-out 10, 10 kB", itemBytes: 10_000 },
  { ...single, name: "single, fan-out 1, 64 subscriptions", destinations: 64 },
  { ...single, name: "single, fan-out 1, 1 subscription", destinations: 1 },
];

/** Notifications a second at which the overhead is told beside that at the maximum. */
export const besideRates: readonly number[] = [2_000, 5_000];
export const latencyRates: readonly number[] = [1_000, 2_000, 5_000];
/** Of the maximum. */
export const latencyShares: readonly number[] = [0.2, 0.5, 0.8];
/** In a quick run. */
export const quickShares: readonly number[] = [0.5];
/** The fixed rate at which latencies are compared with the bare pipeline's; half of the maximum is the other. */
export const judgedRate = 1_000;

/** Where there is no target the maximum is only looked for roughly. */
export const shortSearch = { searchWarmUp: 0.5, searchWindow: 1.5, searchStepMin: 1_000, confirm: 0 } as const;

/** At which statements, rows and bytes are counted. */
export const countedRates: readonly number[] = [1_000, 3_000];

/** Seconds, unless said otherwise. */
export type Timing = {
  readonly name: "quick" | "medium" | "full";
  readonly warmUp: number;
  readonly window: number;
  /** Windows of each setting that is compared. */
  readonly pairs: number;
  /** Windows of each setting that is only told. */
  readonly looks: number;
  readonly searchWarmUp: number;
  readonly searchWindow: number;
  /** How near the maximum is looked for, in notifications a second. */
  readonly searchStepMin: number;
  /** The rate that was found is kept up for this long; 0: it is not. */
  readonly confirm: number;
  /** No round of a comparison is begun after this. */
  readonly pairsWithin: number;
};

export const fullTiming: Timing = {
  name: "full",
  warmUp: 1,
  window: 6,
  pairs: 10,
  looks: 2,
  searchWarmUp: 2,
  searchWindow: 8,
  searchStepMin: 250,
  confirm: 60,
  pairsWithin: 900,
};

/** Fills every row, with figures that count for nothing. */
export const mediumTiming: Timing = {
  name: "medium",
  warmUp: 0.7,
  window: 1.5,
  pairs: 2,
  looks: 1,
  searchWarmUp: 0.5,
  searchWindow: 1.2,
  searchStepMin: 500,
  confirm: 3,
  pairsWithin: 60,
};

/** For daily use: it shows what changed by a lot. */
export const quickTiming: Timing = {
  name: "quick",
  warmUp: 0.5,
  window: 1.5,
  pairs: 1,
  looks: 1,
  searchWarmUp: 0.5,
  searchWindow: 1,
  searchStepMin: 1_000,
  confirm: 0,
  pairsWithin: 8,
};
