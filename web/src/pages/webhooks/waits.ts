// Waits between attempts as people write them: `5 s, 5 min, 2 h`. A number alone is seconds.
const unitSeconds: Record<string, number> = { s: 1, sec: 1, m: 60, min: 60, h: 3_600, d: 86_400 };

/** Seconds, or what is wrong with the text. */
export function readWaits(text: string): { ok: true; seconds: number[] } | { ok: false; message: string } {
  const parts = text.split(/[,;\n]/).map((part) => part.trim());
  const named = parts.filter((part) => part !== "");
  const seconds = named.map(readWait);
  const wrong = seconds.indexOf(null);
  if (wrong !== -1) return { ok: false, message: `“${named[wrong]}” is not a time; write it as 30 s, 5 min or 2 h.` };
  return { ok: true, seconds: seconds as number[] };
}

function readWait(text: string): number | null {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)\s*([a-z]+)?$/i.exec(text) ?? [];
  const factor = unitSeconds[unit.toLowerCase()];
  return number === undefined || factor === undefined ? null : Number(number) * factor;
}

export const waitsText = (seconds: readonly number[]): string => seconds.map(waitText).join(", ");

function waitText(seconds: number): string {
  if (seconds >= 3_600 && seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  if (seconds >= 60 && seconds % 60 === 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}
