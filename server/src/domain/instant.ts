// A moment as people write it: ISO 8601 with a time zone.
const isoInstant = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970; NaN when it is none. `Date.parse` alone takes 30 February for 2 March. */
export function readInstant(text: string): number {
  const [, day] = isoInstant.exec(text) ?? [];
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  const exists = Number.isFinite(midnightMs) && new Date(midnightMs).toISOString().slice(0, 10) === day;
  return exists ? Date.parse(text) : Number.NaN;
}

/** What is wrong with a time that is neither that nor a number. */
export const notAnInstant = "is neither a time in ISO 8601 with a time zone, such as 2026-01-31T09:00:00Z, nor unix seconds";
