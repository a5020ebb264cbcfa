// Half of 1,000 subscriptions answer after 10 s, or none does: what the other half gets of it. Both halves are published to alike in
// both settings, so the healthy rate is the same. It has a process of its own, since what was late leaves traces.
import { setTimeout as wait } from "node:timers/promises";
import type { Bench } from "./bench.ts";
import { Bellhop } from "./bellhop.ts";
import type { Load } from "./generator.ts";
import { figuresOf, interleave, medianOf, sound } from "./interleave.ts";
import { latenessOf } from "./load.ts";
import { measuredCore } from "./pinned.ts";
import type { Hanging, Received } from "./receiver.ts";
import { single } from "./settings.ts";
import { control } from "./statistics.ts";
import type { Control } from "./statistics.ts";
import { measureWindow } from "./window.ts";
import type { Window } from "./window.ts";
import type { Quantiles } from "./clock.ts";

/** Of the healthy half; so is what a window counts. */
type HealthyWindow = Window & { readonly endToEnd: Quantiles };
type Times = { readonly p50: number; readonly p99: number };
export type Ratio = { readonly ratio: number; readonly control: Control };
export type HangingResult = {
  readonly rate: number;
  readonly none: Times & { readonly healthyPerSecond: number };
  readonly half: Times & { readonly healthyPerSecond: number };
  readonly p50: Ratio;
  readonly p99: Ratio;
  readonly pairs: number;
  readonly windows: number;
  readonly voidWindows: number;
  /** Windows after which something was still waiting when the next one began. */
  readonly unsettled: number;
};

const hangMs = 10_000;
/** Of the maximum. */
const loadedTo = 0.5;
const settleWithinMs = 30_000;
const settlePollMs = 250;
const firstWarmUpS = 5;

export async function measureHanging(bench: Bench): Promise<HangingResult> {
  const { timing, receiver } = bench;
  const rate = Math.round((await bench.maximum(single)).rate * loadedTo);
  const system = await bench.start(() => Bellhop.start(measuredCore));
  const names = await bench.workspaces(system, single);
  bench.say("half of the subscriptions hanging");
  const load: Load = { ...single, port: system.port, key: system.key, rate, workspaces: names.map((name) => `ext:${name}`) };
  let unsettled = 0;
  const take = async (ms: number, warmUpS: number): Promise<HealthyWindow> => {
    const window = await healthyWindow(bench, system, load, ms, warmUpS);
    if (!(await settles(system))) unsettled++;
    return window;
  };
  await take(0, firstWarmUpS);
  const none = (): Promise<HealthyWindow> => take(0, timing.warmUp);
  // A window begins shortly before those that hung first are answered, all of them together.
  const half = (): Promise<HealthyWindow> => take(hangMs, hangMs / 1_000 - timing.warmUp);
  const taken = await interleave({ none, again: none, half }, timing.pairs, timing.pairsWithin);
  await receiver.ask("hang", null);
  await bench.stop(system);
  return conclude(rate, taken, unsettled);
}

async function healthyWindow(bench: Bench, system: Bellhop, load: Load, ms: number, warmUpS: number): Promise<HealthyWindow> {
  const { generator, receiver, timing } = bench;
  const read = (): Promise<Received> => receiver.ask<Received>("read");
  await receiver.ask("hang", { from: single.destinations / 2, ms } satisfies Hanging);
  await generator.ask("start", load);
  await wait(warmUpS * 1_000);
  await Promise.all([generator.ask("reset"), receiver.ask("reset")]);
  const measured = { pid: system.pid, count: async () => (await read()).healthy, lateMs: () => latenessOf(bench) };
  const window = await measureWindow(measured, timing.window);
  const { endToEnd } = await read();
  await generator.ask("stop");
  await receiver.ask("hang", { from: single.destinations / 2, ms: 0 } satisfies Hanging);
  return { ...window, endToEnd };
}

/** What waited for those that hung goes now, before the next window begins. */
async function settles(system: Bellhop): Promise<boolean> {
  const giveUpAt = performance.now() + settleWithinMs;
  while (performance.now() < giveUpAt) {
    if ((await system.unfinished()) === 0) return true;
    await wait(settlePollMs);
  }
  return false;
}

type Taken = { readonly none: HealthyWindow[]; readonly again: HealthyWindow[]; readonly half: HealthyWindow[] };

function conclude(rate: number, taken: Taken, unsettled: number): HangingResult {
  const p50 = ({ endToEnd }: HealthyWindow): number => endToEnd.p50;
  const p99 = ({ endToEnd }: HealthyWindow): number => endToEnd.p99;
  const none = [...taken.none, ...taken.again];
  const all = [...none, ...taken.half];
  const times = (windows: readonly HealthyWindow[]): Times & { healthyPerSecond: number } => ({
    p50: medianOf(windows, p50),
    p99: medianOf(windows, p99),
    healthyPerSecond: medianOf(windows, ({ perSecond }) => perSecond),
  });
  const ratio = (figure: (window: HealthyWindow) => number): Ratio => ({
    ratio: medianOf(taken.half, figure) / medianOf(none, figure),
    control: control(figuresOf(taken.none, figure), figuresOf(taken.again, figure)),
  });
  return {
    rate,
    none: times(none),
    half: times(taken.half),
    p50: ratio(p50),
    p99: ratio(p99),
    pairs: Math.min(...Object.values(taken).map((windows) => sound(windows).length)),
    windows: all.length,
    voidWindows: all.length - sound(all).length,
    unsettled,
  };
}
