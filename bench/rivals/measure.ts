// Bellhop beside what a team would write instead, under the same load on the same core: each one's maximum, what a notification costs there
// and at the same rate for all, and both once a few receivers hang, or many retries wait.
import type { Bench } from "../bench.ts";
import { figuresOf, interleave, medianOf, sound } from "../interleave.ts";
import { timesOf } from "../latency.ts";
import type { Times } from "../latency.ts";
import { measureLoad } from "../load.ts";
import type { LoadWindow } from "../load.ts";
import { findMaximum } from "../maximum.ts";
import { measuredCore } from "../pinned.ts";
import { fanOut10, single } from "../settings.ts";
import type { Scenario } from "../settings.ts";
import { control } from "../statistics.ts";
import type { Control } from "../statistics.ts";
import type { System } from "../system.ts";
import { checkRival } from "./check.ts";
import type { Checked } from "./check.ts";
import { makeRetriesWait, retriesWaiting, whileSomeHang } from "./faults.ts";
import { durability, Rival, rivalsHere } from "./rivals.ts";
import type { RivalName } from "./rivals.ts";

export type Name = "Bellhop" | RivalName;
/** What a system did at a rate. */
export type Did = Times & {
  readonly rate: number;
  readonly perSecond: number;
  /** Processor seconds of 1,000 notifications. */
  readonly cost: number;
  readonly windows: number;
  readonly voidWindows: number;
};
export type Contest = {
  readonly scenario: string;
  readonly maxima: Readonly<Record<string, number>>;
  readonly atMaximum: Readonly<Record<string, Did>>;
  readonly atSameRate: Readonly<Record<string, Did>>;
  /** Bellhop at its maximum compared with itself. */
  readonly control: Control;
};
/** What each did in it, by name. */
export type Trouble = { readonly name: string; readonly did: Readonly<Record<string, Did>> };
export type RivalsResult = {
  readonly systems: readonly { readonly name: Name; readonly durability: string; readonly checked: Checked | null }[];
  readonly contests: readonly Contest[];
  readonly troubles: readonly Trouble[];
};

type Maxima = Readonly<Record<string, number>>;
type Windows = Readonly<Record<string, LoadWindow[]>>;
type Turns = Readonly<Record<string, () => Promise<LoadWindow>>>;

/** Those that have targets. */
const judged: readonly Scenario[] = [single, fanOut10];
const sameRate = 1_000;
/** Of the receivers, in this order. */
const hangingShares: readonly { readonly name: string; readonly share: number }[] = [
  { name: "1 % of the receivers hang", share: 0.01 },
  { name: "half of the receivers hang", share: 0.5 },
];
/** Of the maximum: at the maximum itself a moment's trouble already makes a queue. */
const share = 0.9;
const firstWarmUpS = 4;

export async function measureRivals(bench: Bench): Promise<RivalsResult> {
  const names = rivalsHere((message) => bench.say(message));
  const [rivals, checked] = [[] as Rival[], new Map<Name, Checked>()];
  for (const name of names) {
    const rival = await bench.start(() => Rival.start(measuredCore, name));
    rivals.push(rival);
    checked.set(name, await checkRival(rival));
    bench.say(`${name}: ${checked.get(name)?.delivered} notifications arrived, each signed and logged`);
  }
  const bellhop = await bench.bellhop();
  const systems: readonly System[] = [bellhop, ...rivals];
  const contests: Contest[] = [];
  for (const scenario of judged) contests.push(await compete(bench, systems, scenario));
  const troubles = await trouble(bench, bellhop, rivals);
  for (const rival of rivals) await bench.stop(rival);
  const all = ["Bellhop", ...names] as const;
  return { systems: all.map((name) => ({ name, durability: durability[name], checked: checked.get(name) ?? null })), contests, troubles };
}

async function compete(bench: Bench, systems: readonly System[], scenario: Scenario): Promise<Contest> {
  const { pairs, looks, pairsWithin } = bench.timing;
  const maxima = await maximaOf(bench, systems, scenario);
  const most = (name: string): number => Math.round((maxima[name] as number) * share);
  bench.say(`${scenario.name}: Bellhop and rivals by turns`);
  const turn = (system: System): Promise<LoadWindow> => load(bench, system, scenario, most(system.name));
  const again = (): Promise<LoadWindow> => turn(systems[0] as System);
  const atMaximum = await interleave({ ...turnsOf(systems, turn), again }, pairs, pairsWithin);
  const sameTurns = turnsOf(systems, (system) => load(bench, system, scenario, sameRate));
  const atSameRate = await interleave(sameTurns, looks, pairsWithin);
  const costs = (name: string): number[] => figuresOf(windowsOf(atMaximum, name), ({ cost }) => cost);
  const did = (windows: Windows, rateOf: (name: string) => number): Record<string, Did> =>
    Object.fromEntries(systems.map(({ name }) => [name, summed(rateOf(name), windowsOf(windows, name))]));
  return {
    scenario: scenario.name,
    maxima,
    atMaximum: did(atMaximum, most),
    atSameRate: did(atSameRate, () => sameRate),
    control: control(costs("Bellhop"), costs("again")),
  };
}

async function maximaOf(bench: Bench, systems: readonly System[], scenario: Scenario): Promise<Maxima> {
  const maxima: Record<string, number> = {};
  for (const system of systems) {
    bench.say(`${scenario.name}: the maximum of ${system.name}`);
    await measureLoad(bench, { system, scenario, rate: sameRate, warmUp: firstWarmUpS, window: 0.1 });
    const found = system.name === "Bellhop" ? await bench.maximum(scenario) : await findMaximum(bench, system, scenario);
    maxima[system.name] = found.rate;
  }
  return maxima;
}

/** Single publishing at the same rate: in none, with receivers that hang, and with retries waiting, which leaves traces and comes last. */
async function trouble(bench: Bench, bellhop: System, rivals: readonly Rival[]): Promise<Trouble[]> {
  const { looks, pairsWithin } = bench.timing;
  const systems = [bellhop, ...rivals];
  const plain = (system: System): Promise<LoadWindow> => load(bench, system, single, sameRate);
  const look = async (name: string, turn: (system: System) => Promise<LoadWindow>): Promise<Trouble> => {
    bench.say(`Bellhop and rivals: ${name}`);
    const taken = await interleave(turnsOf(systems, turn), looks, pairsWithin);
    return { name, did: Object.fromEntries(systems.map((system) => [system.name, summed(sameRate, windowsOf(taken, system.name))])) };
  };
  const troubles = [await look("no trouble", plain)];
  for (const { name, share } of hangingShares) {
    const hanging = { of: single, share };
    troubles.push(await look(name, (system) => whileSomeHang(bench, hanging, (warmUp) => load(bench, system, single, sameRate, warmUp))));
  }
  await makeRetriesWait(bench, bellhop, rivals);
  troubles.push(await look(`${retriesWaiting(bench).toLocaleString("en")} retries wait`, plain));
  return troubles;
}

function turnsOf(systems: readonly System[], turn: (system: System) => Promise<LoadWindow>): Turns {
  return Object.fromEntries(systems.map((system) => [system.name, () => turn(system)]));
}

function load(bench: Bench, system: System, scenario: Scenario, rate: number, warmUp = bench.timing.warmUp): Promise<LoadWindow> {
  return measureLoad(bench, { system, scenario, rate, warmUp, window: bench.timing.window });
}

function windowsOf(taken: Windows, name: string): LoadWindow[] {
  return taken[name] ?? [];
}

function summed(rate: number, windows: readonly LoadWindow[]): Did {
  return {
    rate,
    perSecond: medianOf(windows, ({ perSecond }) => perSecond),
    cost: medianOf(windows, ({ cost }) => cost),
    ...timesOf(windows),
    windows: windows.length,
    voidWindows: windows.length - sound(windows).length,
  };
}
