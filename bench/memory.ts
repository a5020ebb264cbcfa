// What Bellhop's own process has resident, without PostgreSQL: under load with few and with many active destinations, and idle.
import type { Bench } from "./bench.ts";
import { Bellhop } from "./bellhop.ts";
import { measureLoad } from "./load.ts";
import { measuredCore } from "./pinned.ts";
import { peakMemoryMb } from "./process-tree.ts";
import { single } from "./settings.ts";

export type Active = { readonly destinations: number; readonly rate: number; readonly peakMb: number; readonly refused: number };
export type Idle = { readonly subscriptions: number; readonly heapMb: number; readonly residentMb: number };
export type MemoryResult = { readonly active: readonly Active[]; readonly idle: readonly Idle[] };

export const activeDestinations = [64, 1_000];
const idleSubscriptions = [1_000, 10_000];
const idleOfWorkspace = 10;
/** A process that was just started would fall behind at the maximum, and what waits is not what is asked about. */
const risingS = 5;
const perMb = 1_048_576;

export async function measureMemory(bench: Bench): Promise<MemoryResult> {
  const active: Active[] = [];
  for (const destinations of activeDestinations) active.push(await lookAtActive(bench, destinations));
  bench.say("memory: idle subscriptions");
  return { active, idle: await lookAtIdle(bench) };
}

/** A process of its own each, since the peak is that of its life. */
async function lookAtActive(bench: Bench, destinations: number): Promise<Active> {
  const { rate } = await bench.maximum(single);
  bench.say(`memory: ${destinations} active destinations`);
  const system = await bench.start(() => Bellhop.start(measuredCore));
  const load = { system, scenario: { ...single, destinations }, warmUp: 0, window: risingS };
  await measureLoad(bench, { ...load, rate: rate / 2 });
  const { refused } = await measureLoad(bench, { ...load, rate, window: Math.max(risingS, bench.timing.confirm / 2) });
  const peakMb = peakMemoryMb(system.pid);
  await bench.stop(system);
  return { destinations, rate, peakMb, refused };
}

async function lookAtIdle(bench: Bench): Promise<Idle[]> {
  const system = await bench.start(() => Bellhop.start(measuredCore, { probed: true }));
  const receiverPort = await bench.receiverPort();
  const idle: Idle[] = [];
  let made = 0;
  for (const subscriptions of idleSubscriptions) {
    const names = Array.from(
      { length: (subscriptions - made) / idleOfWorkspace },
      (_, number) => `idle-${made / idleOfWorkspace + number}`,
    );
    await system.makeWorkspaces(names, idleOfWorkspace, receiverPort);
    made = subscriptions;
    const { heapUsed, rss } = await system.collected();
    idle.push({ subscriptions, heapMb: heapUsed / perMb, residentMb: rss / perMb });
  }
  await bench.stop(system);
  return idle;
}
