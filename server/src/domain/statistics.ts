// What is counted of a subscription in a stretch of time, and what can be said of it. Counts are one array of integers, so that
// counting is an addition and adding up is a loop: the counters first, then attempts by how long they took.

/** Their places in the array; columns of the tables have the same names. */
export const counters = ["made", "attempts", "delivered", "failed", "ended", "held"] as const;
export type Counter = (typeof counters)[number];
export const place = Object.fromEntries(counters.map((name, index) => [name, index])) as Record<Counter, number>;

/** Buckets double: up to 1 ms, up to 2 ms, ... up to 16,384 ms, and what took longer, which a deadline of 30 s ends. */
export const latencyBuckets = 16;
const longestMs = 30_000;
const countsLength = counters.length + latencyBuckets;

export type Counts = { readonly length: number; [index: number]: number };

export const newCounts = (): Int32Array => new Int32Array(countsLength);
/** Of many subscriptions, or of weeks. */
export const newSum = (): Float64Array => new Float64Array(countsLength);

export function addCounts(into: Counts, more: Counts): void {
  for (let index = 0; index < countsLength; index++) into[index] = (into[index] as number) + (more[index] as number);
}

/** The bucket of a duration, from 0. */
export function bucketOf(ms: number): number {
  if (!(ms > 1)) return 0;
  return Math.min(latencyBuckets - 1, 32 - Math.clz32(Math.ceil(ms) - 1));
}

export function countAttempt(counts: Counts, ms: number): void {
  const at = counters.length + bucketOf(ms);
  counts[at] = (counts[at] as number) + 1;
}

const lowerMs = (bucket: number): number => (bucket === 0 ? 0 : 2 ** (bucket - 1));
const upperMs = (bucket: number): number => (bucket === latencyBuckets - 1 ? longestMs : 2 ** bucket);

/**
 * Within the bucket of the exact one, as if its attempts were spread evenly; null without attempts. `part`: 0.95 for p95. Of a
 * minute that is half over counts are fractions: a rank may lie beyond their sum.
 */
export function percentileMs(counts: Counts, part: number): number | null {
  let total = 0;
  for (let bucket = 0; bucket < latencyBuckets; bucket++) total += counts[counters.length + bucket] as number;
  if (total === 0) return null;
  // The nearest rank: of 20 values, the 19th is p95.
  let rank = Math.max(1, Math.ceil(total * part));
  let longest = 0;
  for (let bucket = 0; bucket < latencyBuckets; bucket++) {
    const here = counts[counters.length + bucket] as number;
    if (rank <= here) return rounded(lowerMs(bucket) + (upperMs(bucket) - lowerMs(bucket)) * (rank / here));
    rank -= here;
    if (here > 0) longest = upperMs(bucket);
  }
  return longest;
}

const rounded = (ms: number): number => (ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms));

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const startOf = (ms: number, lengthMs: number): number => Math.floor(ms / lengthMs) * lengthMs;

/** Subscription -> what was counted of it. */
export type BySubscription = ReadonlyMap<number, Counts>;
export type Stretch = { readonly atMs: number; readonly counts: BySubscription };

/** What the process that delivers knows and the tables do not have yet. */
export type Recent = {
  /** Hours before this moment are in `subscription_hour`; those from it on are here. */
  readonly hoursFromMs: number;
  readonly hours: readonly Stretch[];
  /** Of the epoch, minutes before this moment are in `subscription_minute`; those from it on are here. */
  readonly minutesFromMs: number;
  readonly epoch: number;
  readonly minutes: readonly Stretch[];
};
