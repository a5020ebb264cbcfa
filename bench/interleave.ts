// Settings by turns, in random order, so that what the machine does meanwhile happens to all of them alike. Rounds go on
// until each setting has as many sound windows as are wanted; void ones are kept and counted.
import { median, shuffled } from "./statistics.ts";
import type { Window } from "./window.ts";

/** Rounds for the sake of void windows, as a share of those that are wanted. */
const roundsMax = 1.5;

type Turns = Readonly<Record<string, () => Promise<Window>>>;
export type Taken<T extends Turns> = { readonly [Name in keyof T]: Awaited<ReturnType<T[Name]>>[] };

export async function interleave<T extends Turns>(turns: T, pairs: number, withinS: number): Promise<Taken<T>> {
  const taken = Object.fromEntries(Object.keys(turns).map((name) => [name, [] as Window[]]));
  const endsAt = performance.now() + withinS * 1_000;
  for (let round = 0; round < pairs * roundsMax && (round === 0 || performance.now() < endsAt); round++) {
    const lacking = Object.entries(taken).filter(([, windows]) => sound(windows).length < pairs);
    for (const [name, windows] of shuffled(lacking)) windows.push(await (turns[name] as () => Promise<Window>)());
  }
  return taken as Taken<T>;
}

/** Median over the sound windows; over all when there is none. */
export function medianOf<W extends Window>(windows: readonly W[], figure: (window: W) => number): number {
  return median(figuresOf(windows, figure));
}

export function figuresOf<W extends Window>(windows: readonly W[], figure: (window: W) => number): number[] {
  return (sound(windows).length > 0 ? sound(windows) : windows).map(figure);
}

export function sound<W extends Window>(windows: readonly W[]): readonly W[] {
  return windows.filter(({ isVoid }) => !isVoid);
}
