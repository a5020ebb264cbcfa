// A moment in a search: so long ago, a day, a time with its zone, or unix seconds.
const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

const ago = /^(\d{1,6})([smhdw])$/;
const instant = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/i;
const unixSeconds = /^\d{9,11}(\.\d{1,3})?$/;

export const notATime = "is no time; write 2h for two hours ago (s, m, h, d, w), 2026-11-24, 2026-11-24T10:00Z, or unix seconds";

/** Milliseconds since 1970; null when it is none. */
export function searchTimeMs(text: string, nowMs: number): number | null {
  const [, count, unit] = ago.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return Math.max(0, nowMs - Number(count) * (units[unit] as number));
  if (unixSeconds.test(text)) return Number(text) * 1_000;
  const [, day] = instant.exec(text) ?? [];
  const ms = day !== undefined && isDay(day) ? Date.parse(text.toUpperCase()) : Number.NaN;
  return Number.isFinite(ms) && ms >= 0 ? ms : null;
}

/** `Date.parse` alone takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(midnightMs) && new Date(midnightMs).toISOString().slice(0, 10) === day;
}
