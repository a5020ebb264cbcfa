// Publish acknowledgement and end to end, from the intended time: at fixed rates and at parts of the maximum; beside a bare
// pipeline that accepts, commits once and posts once.
import type { Bench } from "./bench.ts";
import { figuresOf, interleave, medianOf, sound } from "./interleave.ts";
import { measureLoad } from "./load.ts";
import type { LoadWindow } from "./load.ts";
import { judgedRate, latencyRates, latencyShares, quickShares, scenarios, single } from "./settings.ts";
import type { Scenario } from "./settings.ts";
import { control } from "./statistics.ts";
import type { Control } from "./statistics.ts";
import { startPipeline } from "./pipeline.ts";

export type Times = { readonly ackP50: number; readonly ackP99: number; readonly p50: number; readonly p99: number };
export type At = Times & {
  readonly scenario: string;
  readonly rate: number;
  /** Of the maximum; null for a rate that is the same everywhere. */
  readonly share: number | null;
  readonly cost: number;
  readonly windows: number;
  readonly voidWindows: number;
};
export type Beside = {
  readonly rate: number;
  readonly share: number | null;
  readonly ours: Times;
  readonly pipeline: Times;
  /** The pipeline refused, or fell behind: then it is no measure. */
  readonly pipelineKeepsUp: boolean;
  readonly p50: { readonly ratio: number; readonly control: Control };
  readonly p99: { readonly ratio: number; readonly control: Control };
  readonly pairs: number;
  readonly windows: number;
  readonly voidWindows: number;
};
export type LatencyResult = { readonly at: readonly At[]; readonly beside: readonly Beside[] };
type Rate = { readonly rate: number; readonly share: number | null };

const behindMs = 1_000;

export async function measureLatency(bench: Bench): Promise<LatencyResult> {
  const at: At[] = [];
  for (const scenario of scenarios) {
    bench.say(`${scenario.name}: latency`);
    for (const rate of await ratesOf(bench, scenario)) at.push(await lookAt(bench, scenario, rate));
  }
  bench.say("latency beside the bare pipeline");
  if (bench.timing.name === "quick") return { at, beside: [await compareWithPipeline(bench, { rate: judgedRate, share: null })] };
  const half = { rate: Math.round((await bench.maximum(single)).rate / 2), share: 0.5 };
  const beside: Beside[] = [];
  for (const rate of [{ rate: judgedRate, share: null }, half]) beside.push(await compareWithPipeline(bench, rate));
  return { at, beside };
}

async function ratesOf(bench: Bench, scenario: Scenario): Promise<Rate[]> {
  const { rate: maximum } = await bench.maximum(scenario);
  const isQuick = bench.timing.name === "quick";
  const shares = (isQuick ? quickShares : latencyShares).map((share) => ({ rate: Math.round(maximum * share), share }));
  if (isQuick) return shares;
  return [...latencyRates.filter((rate) => rate <= maximum).map((rate) => ({ rate, share: null })), ...shares];
}

async function lookAt(bench: Bench, scenario: Scenario, { rate, share }: Rate): Promise<At> {
  const { warmUp, window, looks, pairsWithin } = bench.timing;
  const system = await bench.bellhop();
  const { ours } = await interleave({ ours: () => measureLoad(bench, { system, scenario, rate, warmUp, window }) }, looks, pairsWithin);
  const cost = medianOf(ours, (each) => each.cost);
  return {
    scenario: scenario.name,
    rate,
    share,
    cost,
    ...timesOf(ours),
    windows: ours.length,
    voidWindows: ours.length - sound(ours).length,
  };
}

async function compareWithPipeline(bench: Bench, { rate, share }: Rate): Promise<Beside> {
  const { warmUp, window, pairs, pairsWithin } = bench.timing;
  const [bellhop, pipeline] = [await bench.bellhop(), await startPipeline(bench)];
  const ours = (): Promise<LoadWindow> => measureLoad(bench, { system: bellhop, scenario: single, rate, warmUp, window });
  const bare = (): Promise<LoadWindow> => measureLoad(bench, { system: pipeline, scenario: single, rate, warmUp, window });
  const taken = await interleave({ ours, again: ours, bare }, pairs, pairsWithin);
  const all = Object.values(taken).flat();
  const both = [...taken.ours, ...taken.again];
  const compared = (figure: (window: LoadWindow) => number): { ratio: number; control: Control } => ({
    ratio: medianOf(both, figure) / medianOf(taken.bare, figure),
    control: control(figuresOf(taken.ours, figure), figuresOf(taken.again, figure)),
  });
  return {
    rate,
    share,
    ours: timesOf(both),
    pipeline: timesOf(taken.bare),
    pipelineKeepsUp: medianOf(taken.bare, (each) => each.refused) === 0 && medianOf(taken.bare, (each) => each.oldestMs) < behindMs,
    p50: compared((each) => each.endToEnd.p50),
    p99: compared((each) => each.endToEnd.p99),
    pairs: Math.min(...Object.values(taken).map((windows) => sound(windows).length)),
    windows: all.length,
    voidWindows: all.length - sound(all).length,
  };
}

export function timesOf(windows: readonly LoadWindow[]): Times {
  const of = (figure: (window: LoadWindow) => number): number => medianOf(windows, figure);
  return {
    ackP50: of(({ ack }) => ack.p50),
    ackP99: of(({ ack }) => ack.p99),
    p50: of(({ endToEnd }) => endToEnd.p50),
    p99: of(({ endToEnd }) => endToEnd.p99),
  };
}
