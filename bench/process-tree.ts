// What the kernel counted: processor time and memory of a process and all below it, and time the machine was taken away.
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;

type Stat = { readonly parent: number; readonly ticks: number };

export type Machine = {
  readonly totalTicks: number;
  readonly stolenTicks: number;
  /** Of the core that was asked about. */
  readonly core: { readonly totalTicks: number; readonly busyTicks: number };
};

/** Processor seconds of the process and its descendants, those that ended included. */
export function cpuSeconds(root: number): number {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    if (stat) stats.set(Number(name), stat);
  }
  let ticks = 0;
  for (const [pid, stat] of stats) if (isBelow(stats, pid, root)) ticks += stat.ticks;
  return ticks / ticksPerSecond;
}

/** The most memory that one process had resident, in MB. */
export function peakMemoryMb(pid: number): number {
  const [, kilobytes = "0"] = /^VmHWM:\s+(\d+)/m.exec(readIfThere(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) / 1_024;
}

export function machine(core: number): Machine {
  const text = readIfThere("/proc/stat");
  const ticksOf = (name: string): number[] => (new RegExp(`^${name} +(.*)$`, "m").exec(text)?.[1] ?? "").split(" ").slice(0, 8).map(Number);
  const sum = (ticks: readonly number[]): number => ticks.reduce((total, each) => total + each, 0);
  const [all, one] = [ticksOf("cpu"), ticksOf(`cpu${core}`)];
  const idleTicks = (one[3] ?? 0) + (one[4] ?? 0);
  const ofCore = { totalTicks: sum(one), busyTicks: sum(one) - idleTicks };
  return { totalTicks: sum(all), stolenTicks: all[7] ?? 0, core: ofCore };
}

/** How much of the core others had, who are none of the benchmark's business. */
export function foreignShare(from: Machine, to: Machine, ownSeconds: number): number {
  const busy = to.core.busyTicks - from.core.busyTicks - ownSeconds * ticksPerSecond;
  return Math.max(0, busy) / Math.max(1, to.core.totalTicks - from.core.totalTicks);
}

export function stolenShare(from: Machine, to: Machine): number {
  return (to.stolenTicks - from.stolenTicks) / Math.max(1, to.totalTicks - from.totalTicks);
}

function isBelow(stats: ReadonlyMap<number, Stat>, pid: number, root: number): boolean {
  for (let each: number | undefined = pid; each !== undefined && each > 0; each = stats.get(each)?.parent) {
    if (each === root) return true;
  }
  return false;
}

/** Own time and that of children that were waited for. The name before it may contain blanks and parentheses. */
function readStat(pid: number): Stat | null {
  const text = readIfThere(`/proc/${pid}/stat`);
  if (text === "") return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0) };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // the process is gone
  }
}
