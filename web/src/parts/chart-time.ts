// Times on a chart's axis: as much of them as tells two of them apart.
import type { Zone } from "./time.tsx";

const dayS = 86_400;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** `14:05`, `24 Nov` at midnight, `24 Nov 14:05` on whole days. `spanS`: how long the axis is. */
export function axisTimeText(seconds: number, spanS: number, zone: Zone): string {
  const date = new Date(seconds * 1_000);
  const utc = zone === "utc";
  const [hours, minutes] = utc ? [date.getUTCHours(), date.getUTCMinutes()] : [date.getHours(), date.getMinutes()];
  const [day, month] = utc ? [date.getUTCDate(), date.getUTCMonth()] : [date.getDate(), date.getMonth()];
  const clock = `${pad(hours)}:${pad(minutes)}`;
  const isMidnight = hours === 0 && minutes === 0;
  if (spanS <= 2 * dayS && !isMidnight) return clock;
  const named = `${day} ${months[month]}`;
  return isMidnight ? named : `${named} ${clock}`;
}

const pad = (number: number): string => String(number).padStart(2, "0");
