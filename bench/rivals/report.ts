// What came of it, as tables and sentences.
import type { Contest, Did, RivalsResult, Trouble } from "./measure.ts";

export type Part = { readonly title: string; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

export function rivalParts({ systems, contests, troubles }: RivalsResult): Part[] {
  return [
    { title: "What survives a crash", head: ["", "durability"], rows: systems.map(({ name, durability }) => [name, durability]) },
    {
      title: "Bellhop and rivals: CPU-seconds per 1,000 notifications, databases included; latency end to end in ms at 1,000/s",
      head: ["", "maximum/s", "CPU at 90 % of it", "CPU at 1,000/s", "p50", "p99", "void windows"],
      rows: contests.flatMap(contestRows),
    },
    {
      title: "Bellhop against the better rival in each",
      head: ["", "CPU at maximum", "A/A (95 %)", "CPU at 1,000/s", "maximum"],
      rows: contests.map(ratioRow),
    },
    {
      title: "Single publishing at 1,000/s in trouble: what reaches the receivers that answer, CPU-seconds per 1,000 of it, latency in ms",
      head: ["", "arrives/s", "CPU", "p50", "p99"],
      rows: troubles.flatMap(troubleRows),
    },
  ];
}

/** Against the better rival: less than 1 is good for a cost, more than 1 for a maximum. */
export function ratios({ maxima, atMaximum, atSameRate }: Contest): { atMaximum: number; atSameRate: number; maximum: number } {
  const cheapest = (dids: Readonly<Record<string, Did>>): number => {
    const { Bellhop, ...rivals } = dids;
    return (Bellhop?.cost ?? Number.NaN) / Math.min(...Object.values(rivals).map(({ cost }) => cost));
  };
  const { Bellhop = Number.NaN, ...rivals } = maxima;
  return { atMaximum: cheapest(atMaximum), atSameRate: cheapest(atSameRate), maximum: Bellhop / Math.max(...Object.values(rivals)) };
}

function contestRows({ scenario, maxima, atMaximum, atSameRate }: Contest): string[][] {
  return Object.entries(maxima).map(([name, maximum]) => {
    const [most, same] = [atMaximum[name], atSameRate[name]] as [Did, Did];
    const voids = `${most.voidWindows + same.voidWindows} of ${most.windows + same.windows}`;
    return [`${scenario}: ${name}`, String(maximum), most.cost.toFixed(3), same.cost.toFixed(3), ms(same.p50), ms(same.p99), voids];
  });
}

function ratioRow(contest: Contest): string[] {
  const { atMaximum, atSameRate, maximum } = ratios(contest);
  const { scenario, control } = contest;
  const chance = `${control.ratio.toFixed(2)} (${control.upper.toFixed(2)})`;
  return [scenario, atMaximum.toFixed(2), chance, atSameRate.toFixed(2), maximum.toFixed(1)];
}

function troubleRows({ name, did }: Trouble): string[][] {
  return Object.entries(did).map(([system, each]) => [`${name}: ${system}`, ...didCells(each)]);
}

/** What delivered nothing has no cost and no latency. */
function didCells({ perSecond, cost, p50, p99 }: Did): string[] {
  return perSecond === 0 ? ["0", "none", "none", "none"] : [perSecond.toFixed(0), cost.toFixed(3), ms(p50), ms(p99)];
}

function ms(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
