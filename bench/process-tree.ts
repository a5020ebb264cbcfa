// What the kernel counted: processor time and memory of a process and all below it, and time the machine was taken away.
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;

type Stat = { readonly parent: number; readonly ticks: number };

export type Machine = { readonly totalTicks: number; readonly stolenTicks: number };

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

export function machine(): Machine {
  const [line = ""] = readIfThere("/proc/stat").split("\n");
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  return { totalTicks: ticks.reduce((sum, each) => sum + each, 0), stolenTicks: ticks[7] ?? 0 };
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
