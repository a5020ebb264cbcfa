// How many are held where there are too many to count: what was counted, and behind it as many in the time that is left as
// there were in the last tenth of what was counted. What comes before is left out, because a pause begins with a burst.

/** A queue of holds whose places are microseconds: `counted` up to `reached`, nine tenths up to `tail`, and more up to `last`. */
export type Sample = {
  readonly complete: boolean;
  readonly counted: number;
  readonly tail: number;
  readonly reached: number;
  readonly last: number;
};

export function estimateHeld(samples: readonly Sample[]): number {
  return samples.reduce((all, sample) => all + estimateQueue(sample), 0);
}

function estimateQueue({ complete, counted, tail, reached, last }: Sample): number {
  if (complete) return counted;
  const perMicrosecond = (counted - Math.floor((counted * 9) / 10)) / Math.max(1, reached - tail);
  // Two of them never have the same place.
  return counted + Math.min(Math.round((last - reached) * perMicrosecond), last - reached);
}
