// How this process fares: whether its event loop keeps up, and what it takes.
import { hostname } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";

const resolutionMs = 20;
const nsPerMs = 1e6;

export type ProcessLoad = {
  readonly id: string;
  readonly uptime_s: number;
  readonly event_loop_delay_ms: { readonly p50: number; readonly p99: number };
  readonly memory_mb: number;
};

export type ProcessWatch = { now(): ProcessLoad; stop(): void };

export function watchProcess(): ProcessWatch {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  // What is measured is the whole wait; the part that was asked for is no delay.
  const late = (part: number): number => Math.max(0, Math.round((delay.percentile(part) / nsPerMs - resolutionMs) * 10) / 10);
  return {
    now: () => {
      const event_loop_delay_ms = delay.count === 0 ? { p50: 0, p99: 0 } : { p50: late(50), p99: late(99) };
      delay.reset();
      return {
        id: `${hostname()}:${process.pid}`,
        uptime_s: Math.floor(process.uptime()),
        event_loop_delay_ms,
        memory_mb: Math.round(process.memoryUsage.rss() / 1024 ** 2),
      };
    },
    stop: () => delay.disable(),
  };
}
