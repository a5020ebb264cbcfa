// `Retry-After` as receivers really write it. What cannot be read as whole seconds, seconds with decimals or an HTTP date
// is ignored; how long is too long is the policy's matter, so a longer wait than a week is given as a week.

const RETRY_AFTER_SECONDS_MAX = 604_800;

/** Seconds from now, 0 for a time in the past, null for anything that is not a time. */
export function parseRetryAfter(raw: string | null, nowMs: number): number | null {
  const text = raw?.trim() ?? "";
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : secondsUntil(text, nowMs);
  return seconds === null ? null : Math.min(Math.max(Math.ceil(seconds), 0), RETRY_AFTER_SECONDS_MAX);
}

/** The current and the oldest of the three date formats of RFC 9110; the third has no zone and is in nobody's use. */
function secondsUntil(text: string, nowMs: number): number | null {
  if (!/^[A-Z][a-z]{2,8}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const at = Date.parse(text);
  // `Date.parse` takes 30 February for 2 March.
  const exists = !Number.isNaN(at) && new Date(at).getUTCDate() === Number(/\d{2}/.exec(text)?.[0]);
  return exists ? (at - nowMs) / 1_000 : null;
}
