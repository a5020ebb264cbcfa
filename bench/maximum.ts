// The maximum: the highest rate, found by halving steps, at which nothing is refused and every notification arrives within a second
// of the time at which its publish was due; so the oldest unsent one is younger than that at every moment. It is kept up for a minute.
import type { Bench } from "./bench.ts";
import { measureLoad } from "./load.ts";
import type { LoadWindow } from "./load.ts";
import type { Scenario, Timing } from "./settings.ts";
import { highest } from "./statistics.ts";
import type { System } from "./system.ts";

export type Maximum = {
  readonly rate: number;
  /** Kept up for so long, in seconds; 0: only in the steps of the search. */
  readonly keptUpFor: number;
  /** At that rate. */
  readonly window: LoadWindow;
};
type Search = Pick<Timing, "searchWarmUp" | "searchWindow" | "searchStepMin" | "confirm">;

const oldestMsMax = 1_000;
const steps = { first: 500, step: 2_000, triesMax: 16 };
/** Of what was due in a window. */
const behindShareMax = 0.1;
/** What is too much for a minute is tried again at so much less. */
const lower = 0.9;
const confirmationsMax = 5;
/** A window of a machine that was elsewhere says nothing. */
const voidMax = 2;
const firstWarmUpS = 3;

export async function findMaximum(bench: Bench, system: System, scenario: Scenario, search: Search = bench.timing): Promise<Maximum> {
  const { searchWarmUp, searchWindow, searchStepMin, confirm } = search;
  let window: LoadWindow | null = null;
  const holds = async (rate: number, seconds: number): Promise<boolean> => {
    let tried = await measureLoad(bench, { system, scenario, rate, warmUp: searchWarmUp, window: seconds });
    for (let voids = 0; tried.isVoid && voids < voidMax; voids++)
      tried = await measureLoad(bench, { system, scenario, rate, warmUp: searchWarmUp, window: seconds });
    // A second of delay does not come together in a window that is hardly longer.
    const keepsPace = tried.behind < rate * seconds * behindShareMax + scenario.batch * scenario.fanOut * 2;
    const does = tried.refused === 0 && tried.missing === 0 && tried.oldestMs < oldestMsMax && keepsPace;
    if (does) window = tried;
    return does;
  };
  window = await measureLoad(bench, { system, scenario, rate: steps.first, warmUp: firstWarmUpS, window: searchWindow });
  let rate = await highest((each) => holds(each, searchWindow), { ...steps, stepMin: searchStepMin });
  for (let tried = 0; confirm > 0 && tried < confirmationsMax; tried++) {
    if (await holds(rate, confirm)) return { rate, keptUpFor: confirm, window };
    rate = Math.round(rate * lower);
  }
  return { rate, keptUpFor: 0, window };
}
