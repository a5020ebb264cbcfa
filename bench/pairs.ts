// Windows of Bellhop and of the bare parts, by turns in random order, and what comes of them.
import { measureAccept, measureInsert, measureSender } from "./floor.ts";
import type { Floors } from "./floor.ts";
import { loadBellhop } from "./ours.ts";
import type { OurWindow, Parts } from "./ours.ts";
import type { Scenario } from "./settings.ts";
import { control, median, shuffled } from "./statistics.ts";
import type { Control } from "./statistics.ts";
import type { Window } from "./window.ts";

export type Compared = {
  readonly scenario: string;
  readonly rate: number;
  readonly cost: number;
  readonly floors: { readonly sender: number; readonly insert: number; readonly accept: number; readonly sum: number };
  readonly ratio: number;
  /** Bellhop compared with itself. */
  readonly control: Control;
  readonly windows: number;
  readonly voidWindows: number;
  /** No window of one of them was sound: the figures are of void ones. */
  readonly isUnsound: boolean;
  readonly ours: readonly OurWindow[];
};

/** As many pairs as the timing has room for, one at least. */
export async function comparePairs(parts: Parts, floors: Floors, scenario: Scenario, rate: number): Promise<Compared> {
  const { timing } = parts;
  const first: OurWindow[] = [];
  const second: OurWindow[] = [];
  const [sender, insert, accept]: Window[][] = [[], [], []];
  const ours = (): Promise<OurWindow> => loadBellhop(parts, { scenario, rate, warmUp: timing.warmUp, window: timing.window });
  const endsAt = performance.now() + timing.pairsWithin * 1_000;
  for (let pair = 0; pair < timing.pairs && (pair === 0 || performance.now() < endsAt); pair++) {
    const turns = [
      async () => first.push(await ours()),
      async () => second.push(await ours()),
      async () => sender?.push(await measureSender(floors)),
      async () => insert?.push(await measureInsert(floors, scenario)),
      async () => accept?.push(await measureAccept(floors, scenario)),
    ];
    for (const turn of shuffled(turns)) await turn();
  }
  return conclude(scenario, rate, { first, second, sender, insert, accept } as Windows);
}

type Windows = {
  readonly first: OurWindow[];
  readonly second: OurWindow[];
  readonly sender: Window[];
  readonly insert: Window[];
  readonly accept: Window[];
};

function conclude(scenario: Scenario, rate: number, windows: Windows): Compared {
  const { first, second } = windows;
  const all = Object.values(windows);
  const cost = median(costs([...first, ...second]));
  const parts = {
    sender: median(costs(windows.sender)),
    insert: median(costs(windows.insert)),
    accept: median(costs(windows.accept)) / scenario.fanOut,
  };
  const sum = parts.sender + parts.insert + parts.accept;
  return {
    scenario: scenario.name,
    rate,
    cost,
    floors: { ...parts, sum },
    ratio: cost / sum,
    control: control(costs(first), costs(second)),
    windows: all.flat().length,
    voidWindows: all.flat().filter(({ isVoid }) => isVoid).length,
    isUnsound: all.some((some) => some.every(({ isVoid }) => isVoid)),
    ours: [...first, ...second],
  };
}

/** Of the sound windows; of all when there is none. */
function costs(windows: readonly Window[]): number[] {
  const sound = windows.filter(({ isVoid }) => !isVoid);
  return (sound.length > 0 ? sound : windows).map(({ cost }) => cost);
}
