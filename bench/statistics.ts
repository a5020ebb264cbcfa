// How two settings are compared: by the ratio of the medians over their windows, beside what the same ratio gives when a
// setting is compared with itself.

const resamples = 2_000;
const level = 0.95;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The smallest of them that so large a part is not above. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

export type Control = { readonly ratio: number; readonly upper: number };

/** The ratio of two samples of the same thing, and how large it gets by chance: the upper end of 95 % of its bootstrap. */
export function control(first: readonly number[], second: readonly number[], random: () => number = Math.random): Control {
  const resample = (values: readonly number[]): number[] => values.map(() => values[Math.floor(random() * values.length)] as number);
  const ratios = Array.from({ length: resamples }, () => median(resample(first)) / median(resample(second))).toSorted((a, b) => a - b);
  return { ratio: median(first) / median(second), upper: ratios[Math.floor(resamples * level)] as number };
}

export function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

export type Steps = {
  readonly first: number;
  readonly step: number;
  /** The search ends when the step would be smaller. */
  readonly stepMin: number;
  readonly triesMax: number;
};

/** The highest value found that holds: steps up while it does, halved each time it does not. Of `first` it is taken for granted. */
export async function highest(holds: (value: number) => Promise<boolean>, { first, step, stepMin, triesMax }: Steps): Promise<number> {
  let held = first;
  let by = step;
  for (let tried = 0; by >= stepMin && tried < triesMax; tried++) {
    if (await holds(held + by)) held += by;
    else by /= 2;
  }
  return held;
}
