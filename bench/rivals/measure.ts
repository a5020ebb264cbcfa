// Bellhop beside what a team would write instead, under the same load on the same core: each one's maximum, what a notification costs there
// and at the same rate for all, and both once a few receivers hang, or many retries wait.
import type { Bench } from "../bench.ts";
import { figuresOf, interleave, medianOf, sound } from "../interleave.ts";
import type { Taken } from "../interleave.ts";
import { timesOf } from "../latency.ts";
import type { Times } from "../latency.ts";
import { measureLoad } from "../load.ts";
import type { LoadWindow } from "../load.ts";
import { findMaximum } from "../maximum.ts";
import { measuredCore } from "../pinned.ts";
import { scenarios, single } from "../settings.ts";
import type { Scenario } from "../settings.ts";
import { control } from "../statistics.ts";
import type { Control } from "../statistics.ts";
import type { System } from "../system.ts";
import { checkRival } from "./check.ts";
import type { Checked } from "./check.ts";
import { makeRetriesWait, whileSomeHang } from "./faults.ts";
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
export type Trouble = { readonly name: string; readonly before: Did; readonly hanging: Did; readonly retriesWaiting: Did };
export type RivalsResult = {
  readonly systems: readonly { readonly name: Name; readonly durability: string; readonly checked: Checked | null }[];
  readonly contests: readonly Contest[];
  readonly troubles: readonly Trouble[];
};

const sameRate = 1_000;
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
  for (const scenario of scenarios) contests.push(await compete(bench, systems, scenario));
  const troubles = await trouble(bench, bellhop, rivals);
  for (const rival of rivals) await bench.stop(rival);
  const all = ["Bellhop", ...names] as const;
  return { systems: all.map((name) => ({ name, durability: durability[name], checked: checked.get(name) ?? null })), contests, troubles };
}

async function compete(bench: Bench, systems: readonly System[], scenario: Scenario): Promise<Contest> {
  const { warmUp, window, pairs, pairsWithin } = bench.timing;
  const maxima: Record<string, number> = {};
  for (const system of systems) {
    bench.say(`${scenario.name}: the maximum of ${system.name}`);
    await measureLoad(bench, { system, scenario, rate: sameRate, warmUp: firstWarmUpS, window: 0.1 });
    maxima[system.name] = (system.name === "Bellhop" ? await bench.maximum(scenario) : await findMaximum(bench, system, scenario)).rate;
  }
  bench.say(`${scenario.name}: Bellhop and rivals by turns`);
  const load = (system: System, rate: number) => () => measureLoad(bench, { system, scenario, rate, warmUp, window });
  const most = (system: System): number => Math.round((maxima[system.name] as number) * share);
  const turns = Object.fromEntries([
    ...systems.map((system) => [`${system.name} most`, load(system, most(system))] as const),
    ...systems.map((system) => [`${system.name} same`, load(system, sameRate)] as const),
    ["again", load(systems[0] as System, most(systems[0] as System))] as const,
  ]);
  const taken = await interleave(turns, pairs, pairsWithin);
  const did = (kind: string, rateOf: (system: System) => number): Record<string, Did> =>
    Object.fromEntries(systems.map((system) => [system.name, summed(rateOf(system), windowsOf(taken, `${system.name} ${kind}`))]));
  const costs = (name: string): number[] => figuresOf(windowsOf(taken, name), ({ cost }) => cost);
  return {
    scenario: scenario.name,
    maxima,
    atMaximum: did("most", most),
    atSameRate: did("same", () => sameRate),
    control: control(costs("Bellhop most"), costs("again")),
  };
}

/** Single publishing at the same rate: before, with one receiver in a hundred hanging, and with retries waiting. */
async function trouble(bench: Bench, bellhop: System, rivals: readonly Rival[]): Promise<Trouble[]> {
  const { window, looks, pairsWithin } = bench.timing;
  const systems = [bellhop, ...rivals];
  const load = (system: System, warmUp: number) => measureLoad(bench, { system, scenario: single, rate: sameRate, warmUp, window });
  const byTurns = (turn: (system: System) => Promise<LoadWindow>): Promise<Taken<Record<string, () => Promise<LoadWindow>>>> =>
    interleave(Object.fromEntries(systems.map((system) => [system.name, () => turn(system)])), looks, pairsWithin);
  const plain = (system: System): Promise<LoadWindow> => load(system, bench.timing.warmUp);
  bench.say("Bellhop and rivals before any trouble");
  const before = await byTurns(plain);
  bench.say("Bellhop and rivals with one receiver in a hundred hanging");
  const hanging = await byTurns((system) => whileSomeHang(bench, single, (warmUp) => load(system, warmUp)));
  bench.say("Bellhop and rivals with retries waiting");
  await makeRetriesWait(bench, bellhop, rivals);
  const waiting = await byTurns(plain);
  return systems.map(({ name }) => ({
    name,
    before: summed(sameRate, windowsOf(before, name)),
    hanging: summed(sameRate, windowsOf(hanging, name)),
    retriesWaiting: summed(sameRate, windowsOf(waiting, name)),
  }));
}

function windowsOf(taken: Readonly<Record<string, LoadWindow[]>>, name: string): LoadWindow[] {
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
