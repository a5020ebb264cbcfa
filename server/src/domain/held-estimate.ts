// How many are held where there are too many to count. Of each stretch of time the beginning and the end were counted; what
// lies between them is taken to be as dense as the beginning was last. So a burst does not count for the quiet around it.

/** Places are microseconds. `counted` up to `reached`, half of them up to `middle`; as many again from `back` on. */
export type Sample = {
  readonly complete: boolean;
  readonly counted: number;
  readonly middle: number;
  readonly reached: number;
  readonly back: number;
};

export function estimateHeld(samples: readonly Sample[]): number {
  return samples.reduce((all, sample) => all + estimateStretch(sample), 0);
}

function estimateStretch({ complete, counted, middle, reached, back }: Sample): number {
  if (complete) return counted;
  // Both ends meet: what was counted twice counts once, as far as that can be told.
  if (back <= reached) return counted;
  const between = back - reached;
  const perPlace = (counted - Math.floor(counted / 2)) / Math.max(1, reached - middle);
  // Two of them never have the same place.
  return 2 * counted + Math.min(Math.round(between * perPlace), between);
}
