// Every target in one list: what was measured, what it should be, and how far chance alone can move it. A figure holds when it is at most
// the target times the upper end of its control; one without enough sound windows is void and says nothing.
import type { Ratio } from "./hanging.ts";
import type { Circumstances, Report } from "./report.ts";
import { ratios } from "./rivals/report.ts";
import { batches, fanOut10, fullTiming, single } from "./settings.ts";
import type { Timing } from "./settings.ts";

type Measured = { readonly circumstances: Circumstances };

export type Reading = {
  readonly measured: number;
  /** Upper end (95 %) of the same setting compared with itself; 1 for what is not a ratio of windows. */
  readonly control: number;
  /** Sound windows of the setting that has the fewest; null for what is not a ratio of windows. */
  readonly pairs: number | null;
  readonly timing: Timing["name"];
};
export type Target = {
  readonly name: string;
  readonly unit: string;
  readonly bound: { readonly atMost: number } | { readonly atLeast: number };
  /** What was measured; null when it was not. */
  readonly read: (report: Report) => Reading | null;
};
export type Verdict = {
  readonly name: string;
  readonly unit: string;
  readonly measured: number | null;
  readonly target: string;
  readonly control: number | null;
  readonly verdict: "holds" | "missed" | "void" | "not measured";
  /** It comes of short windows: it shows what changed by a lot and proves nothing. */
  readonly isShort: boolean;
};

const once = (measured: number, { circumstances }: Measured): Reading => ({
  measured,
  control: 1,
  pairs: null,
  timing: circumstances.timing,
});

const compared = ({ ratio, control }: Ratio, pairs: number, { circumstances }: Measured): Reading => ({
  measured: ratio,
  control: control.upper,
  pairs,
  timing: circumstances.timing,
});

function overhead(scenario: string, atMost: number): Target {
  return {
    name: `overhead at the maximum, ${scenario}`,
    unit: "times the bare parts",
    bound: { atMost },
    read: ({ overhead: part }) => {
      const found = part?.result.compared.find((each) => each.scenario === scenario);
      return part && found ? compared(found, found.pairs, part) : null;
    },
  };
}

function latency(figure: "p50" | "p99", share: number | null, atMost: number): Target {
  return {
    name: `end to end ${figure} ${share === null ? "at 1,000/s" : "at half of the maximum"}`,
    unit: "times the bare pipeline's",
    bound: { atMost },
    read: ({ latency: part }) => {
      const found = part?.result.beside.find((each) => each.share === share);
      return part && found ? compared(found[figure], found.pairs, part) : null;
    },
  };
}

function resident(destinations: number, atMost: number): Target {
  return {
    name: `resident at the maximum, ${destinations.toLocaleString("en")} active destinations`,
    unit: "MB",
    bound: { atMost },
    read: ({ memory }) => {
      const found = memory?.result.active.find((each) => each.destinations === destinations);
      return memory && found ? once(found.peakMb, memory) : null;
    },
  };
}

function hanging(figure: "p50" | "p99", atMost: number): Target {
  return {
    name: `half of 1,000 subscriptions hanging 10 s, healthy ${figure}`,
    unit: "times that with none",
    bound: { atMost },
    read: ({ hanging: part }) => (part ? compared(part.result[figure], part.result.pairs, part) : null),
  };
}

function slowestPage(atMost: number): Target {
  return {
    name: "slowest page, median of 20, with 1,000,000 notifications",
    unit: "ms",
    bound: { atMost },
    read: ({ pages }) => (pages ? once(Math.max(...pages.result.times.map(({ medianMs }) => medianMs)), pages) : null),
  };
}

function cheaperThanRivals(scenario: string, atMost: number): Target {
  return {
    name: `CPU per notification at the maximum, ${scenario}`,
    unit: "times the better rival's",
    bound: { atMost },
    read: ({ rivals }) => {
      const found = rivals?.result.contests.find((each) => each.scenario === scenario);
      if (!rivals || !found) return null;
      const pairs = Math.min(...Object.values(found.atMaximum).map(({ windows, voidWindows }) => windows - voidWindows));
      return compared({ ratio: ratios(found).atMaximum, control: found.control }, pairs, rivals);
    },
  };
}

function fasterThanRivals(scenario: string, atLeast: number): Target {
  return {
    name: `maximum, ${scenario}`,
    unit: "times the better rival's",
    bound: { atLeast },
    read: ({ rivals }) => {
      const found = rivals?.result.contests.find((each) => each.scenario === scenario);
      return rivals && found ? once(ratios(found).maximum, rivals) : null;
    },
  };
}

export const targets: readonly Target[] = [
  overhead(single.name, 1.5),
  overhead(batches.name, 1.6),
  overhead(fanOut10.name, 1.6),
  cheaperThanRivals(single.name, 0.55),
  cheaperThanRivals(fanOut10.name, 0.4),
  fasterThanRivals(single.name, 2),
  fasterThanRivals(fanOut10.name, 3),
  latency("p50", null, 2),
  latency("p99", null, 3),
  latency("p50", 0.5, 2),
  latency("p99", 0.5, 3),
  resident(64, 180),
  resident(1_000, 300),
  hanging("p50", 1.15),
  hanging("p99", 1.3),
  slowestPage(100),
];

export function judge(report: Report): readonly Verdict[] {
  return targets.map((target) => judgeOne(target, target.read(report)));
}

export function judgeOne({ name, unit, bound }: Omit<Target, "read">, reading: Reading | null): Verdict {
  const target = "atMost" in bound ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`;
  if (reading === null) return { name, unit, measured: null, target, control: null, verdict: "not measured", isShort: false };
  const { measured, control, pairs, timing } = reading;
  const isShort = timing !== "full";
  const isSound = Number.isFinite(measured * control) && (pairs === null || pairs >= (isShort ? 1 : fullTiming.pairs));
  const holds = "atMost" in bound ? measured <= bound.atMost * control : measured * control >= bound.atLeast;
  return { name, unit, measured, target, control, verdict: isSound ? (holds ? "holds" : "missed") : "void", isShort };
}
