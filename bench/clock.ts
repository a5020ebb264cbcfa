// A clock that all processes of a machine share, and the quantiles of what is measured with it.
import { createHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { RecordableHistogram } from "node:perf_hooks";

/** Milliseconds. */
export type Quantiles = { readonly count: number; readonly p50: number; readonly p99: number; readonly max: number };

/** Monotonic, the same in each process. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram();

  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * 1_000)));
  }

  reset(): void {
    this.#histogram.reset();
  }

  read(): Quantiles {
    const { count, max } = this.#histogram;
    const at = (percentile: number): number => this.#histogram.percentile(percentile) / 1_000;
    return { count, p50: at(50), p99: at(99), max: count === 0 ? 0 : max / 1_000 };
  }
}

const samplingMs = 1;

/** How late this process is with what it wants to do. */
export class Lateness {
  readonly #delay = monitorEventLoopDelay({ resolution: samplingMs });

  constructor() {
    this.#delay.enable();
  }

  reset(): void {
    this.#delay.reset();
  }

  p99Ms(): number {
    return Math.max(0, this.#delay.percentile(99) / 1e6 - samplingMs);
  }
}
