// How many are held where there are too many to count: what was counted, and behind it as many in the time that is left as
// there were in the second half of what was counted. The first half is left out, because a pause begins with a burst.

/** A queue of holds whose places are microseconds: `counted` up to `reached`, half of them up to `half`, and more up to `last`. */
export type Sample = {
  readonly complete: boolean;
  readonly counted: number;
  readonly half: number;
  readonly reached: number;
  readonly last: number;
};

export function estimateHeld(samples: readonly Sample[]): number {
  return samples.reduce((all, sample) => all + estimateQueue(sample), 0);
}

function estimateQueue({ complete, counted, half, reached, last }: Sample): number {
  if (complete) return counted;
  const perMicrosecond = (counted - Math.floor(counted / 2)) / Math.max(1, reached - half);
  // Two of them never have the same place.
  return counted + Math.min(Math.round((last - reached) * perMicrosecond), last - reached);
}
