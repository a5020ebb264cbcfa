// Random choices that a printed seed repeats.
import { randomInt } from "node:crypto";

/** `chance` gives numbers from 0 to below 1 (mulberry32). */
export function seededChance(): { seed: number; chance: () => number } {
  const seed = Number(process.env["SEED"] ?? randomInt(2 ** 32 - 1));
  let state = seed >>> 0;
  const chance = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, chance };
}
