// One window: what a process tree spent on what was done in it, and whether the machine let it count.
import { setTimeout as wait } from "node:timers/promises";
import { measuredCore } from "./pinned.ts";
import { cpuSeconds, foreignShare, machine, stolenShare } from "./process-tree.ts";

const stolenShareMax = 0.02;
const lateMsMax = 5;

export type Window = {
  /** Processor seconds for 1,000. */
  readonly cost: number;
  readonly perSecond: number;
  readonly stolen: number;
  /** Of the measured core: what others used. It voids nothing, but explains much. */
  readonly foreign: number;
  readonly lateMs: number;
  /** Too much was stolen, or generator or receiver was late itself. */
  readonly isVoid: boolean;
};

export type Measured = {
  readonly pid: number;
  readonly count: () => Promise<number>;
  /** Of generator and receiver, since they were last reset. */
  readonly lateMs: () => Promise<number>;
};

export async function measureWindow({ pid, count, lateMs }: Measured, seconds: number): Promise<Window> {
  const [countBefore, cpuBefore, machineBefore, startedMs] = [await count(), cpuSeconds(pid), machine(measuredCore), performance.now()];
  await wait(seconds * 1_000);
  const [done, cpu, took] = [(await count()) - countBefore, cpuSeconds(pid) - cpuBefore, (performance.now() - startedMs) / 1_000];
  const machineAfter = machine(measuredCore);
  const [stolen, foreign, late] = [
    stolenShare(machineBefore, machineAfter),
    foreignShare(machineBefore, machineAfter, cpu),
    await lateMs(),
  ];
  const isVoid = stolen > stolenShareMax || late > lateMsMax || done === 0;
  return { cost: (cpu / done) * 1_000, perSecond: done / took, stolen, foreign, lateMs: late, isVoid };
}
