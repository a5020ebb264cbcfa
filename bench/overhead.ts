// Bellhop at its maximum beside the sum of the bare parts, by turns: what it costs to do more than those.
import type { Bench } from "./bench.ts";
import { measureAccept, measureInsert, measureSender } from "./floors.ts";
import { figuresOf, interleave, medianOf, sound } from "./interleave.ts";
import { measureLoad } from "./load.ts";
import type { LoadWindow } from "./load.ts";
import { findMaximum } from "./maximum.ts";
import { besideRates, scenarios, shortSearch, variants } from "./settings.ts";
import type { Scenario } from "./settings.ts";
import { control } from "./statistics.ts";
import type { Control } from "./statistics.ts";
import type { Window } from "./window.ts";

export type Floors = { readonly sender: number; readonly insert: number; readonly accept: number; readonly sum: number };
/** Windows of all settings together. */
export type Counted = { readonly windows: number; readonly voidWindows: number };

export type Compared = Counted & {
  readonly scenario: string;
  readonly rate: number;
  readonly cost: number;
  readonly floors: Floors;
  readonly ratio: number;
  /** Bellhop compared with itself. */
  readonly control: Control;
  /** Sound windows of the setting that has the fewest. */
  readonly pairs: number;
  /** Of the measured core: what others used while Bellhop was measured. */
  readonly foreign: number;
  readonly beside: readonly { readonly rate: number; readonly cost: number; readonly ratio: number }[];
  readonly ours: readonly LoadWindow[];
};
export type Variant = {
  readonly scenario: string;
  readonly maximum: number;
  readonly cost: number;
  readonly floors: Floors;
  readonly ratio: number;
  readonly window: LoadWindow;
};
export type Overhead = { readonly compared: readonly Compared[]; readonly variants: readonly Variant[] };

/** At the maximum itself a moment's trouble makes a queue, and the variants have no time to let it go. */
const variantAt = 0.9;

export async function measureOverhead(bench: Bench): Promise<Overhead> {
  const compared: Compared[] = [];
  for (const scenario of scenarios) compared.push(await compareWithFloors(bench, scenario));
  const others: Variant[] = [];
  if (bench.timing.name !== "quick") for (const scenario of variants) others.push(await lookAtVariant(bench, scenario));
  return { compared, variants: others };
}

async function compareWithFloors(bench: Bench, scenario: Scenario): Promise<Compared> {
  const { warmUp, window, pairs, looks, pairsWithin } = bench.timing;
  const { rate } = await bench.maximum(scenario);
  bench.say(`${scenario.name}: comparing with the bare parts`);
  const system = await bench.bellhop();
  const at = (rate: number) => (): Promise<LoadWindow> => measureLoad(bench, { system, scenario, rate, warmUp, window });
  const taken = await interleave({ ours: at(rate), again: at(rate), ...floorTurns(bench, scenario) }, pairs, pairsWithin);
  const all = Object.values(taken).flat();
  const ours = [...taken.ours, ...taken.again];
  const floors = sumOf(taken, scenario);
  const beside: Compared["beside"][number][] = [];
  for (const each of bench.timing.name === "quick" ? [] : besideRates.filter((each) => each < rate)) {
    const cost = costOf((await interleave({ ours: at(each) }, looks, pairsWithin)).ours);
    beside.push({ rate: each, cost, ratio: cost / floors.sum });
  }
  return {
    scenario: scenario.name,
    rate,
    cost: costOf(ours),
    floors,
    ratio: costOf(ours) / floors.sum,
    control: control(costsOf(taken.ours), costsOf(taken.again)),
    pairs: Math.min(...Object.values(taken).map((windows) => sound(windows).length)),
    windows: all.length,
    voidWindows: all.length - sound(all).length,
    foreign: medianOf(ours, (each) => each.foreign),
    beside,
    ours,
  };
}

async function lookAtVariant(bench: Bench, scenario: Scenario): Promise<Variant> {
  bench.say(`${scenario.name}: a short look`);
  const { warmUp, window, pairsWithin } = bench.timing;
  const system = await bench.bellhop();
  const maximum = (await findMaximum(bench, system, scenario, shortSearch)).rate;
  const ours = (): Promise<LoadWindow> => measureLoad(bench, { system, scenario, rate: maximum * variantAt, warmUp, window });
  const taken = await interleave({ ours, ...floorTurns(bench, scenario) }, 1, pairsWithin);
  const [cost, floors] = [costOf(taken.ours), sumOf(taken, scenario)];
  return { scenario: scenario.name, maximum, cost, floors, ratio: cost / floors.sum, window: taken.ours[0] as LoadWindow };
}

type FloorTurns = { sender: () => Promise<Window>; insert: () => Promise<Window>; accept: () => Promise<Window> };

function floorTurns(bench: Bench, scenario: Scenario): FloorTurns {
  return {
    sender: () => measureSender(bench, scenario),
    insert: () => measureInsert(bench, scenario),
    accept: () => measureAccept(bench, scenario),
  };
}

function sumOf(taken: Readonly<Record<keyof FloorTurns, readonly Window[]>>, { fanOut }: Scenario): Floors {
  const [sender, insert, accept] = [costOf(taken.sender), costOf(taken.insert), costOf(taken.accept) / fanOut];
  return { sender, insert, accept, sum: sender + insert + accept };
}

const costsOf = (windows: readonly Window[]): number[] => figuresOf(windows, ({ cost }) => cost);
export const costOf = (windows: readonly Window[]): number => medianOf(windows, ({ cost }) => cost);
