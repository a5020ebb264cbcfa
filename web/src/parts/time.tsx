// Times are relative, with the exact one on hover, in UTC or local time by choice.
import { useSyncExternalStore } from "react";

const tickMs = 1_000;
const zoneKey = "bellhop-time-zone";

export type Zone = "utc" | "local";

let nowMs = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function watch(told: () => void): () => void {
  watchers.add(told);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of watchers) each();
  }, tickMs);
  return () => {
    watchers.delete(told);
    if (watchers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** What `text` makes of the time now; drawn again only when that changes. */
export function useTick<T extends string | number>(of: (nowMs: number) => T): T {
  return useSyncExternalStore(watch, () => of(nowMs));
}

const zoneWatchers = new Set<() => void>();

export function useZone(): [Zone, (zone: Zone) => void] {
  const zone = useSyncExternalStore(
    (told) => {
      zoneWatchers.add(told);
      return () => zoneWatchers.delete(told);
    },
    () => (localStorage.getItem(zoneKey) === "local" ? "local" : "utc"),
  );
  return [
    zone,
    (chosen) => {
      localStorage.setItem(zoneKey, chosen);
      for (const each of zoneWatchers) each();
    },
  ];
}

/** `at`: ISO 8601. */
export function Time({ at, exact = false }: { readonly at: string; readonly exact?: boolean }) {
  const [zone] = useZone();
  const atMs = Date.parse(at);
  // The tick may be a second old: what is over is never shown as still to come.
  const relative = useTick((now) => relativeText(atMs, Date.now() >= atMs ? Math.max(now, atMs) : now));
  const full = exactText(at, zone);
  return (
    <time dateTime={at} title={exact ? relative : full} className={exact ? "sm:whitespace-nowrap" : "whitespace-nowrap"}>
      {exact ? full : relative}
    </time>
  );
}

/** When something is due: once that has come, it does not read as past. */
export function DueTime({ at }: { readonly at: string }) {
  const [zone] = useZone();
  const text = useTick((now) => (Date.parse(at) <= now ? "due now" : relativeText(Date.parse(at), now)));
  return (
    <time dateTime={at} title={exactText(at, zone)} className="whitespace-nowrap">
      {text}
    </time>
  );
}

/** `2026-11-24 10:00:03.120 UTC`, or the same in local time. */
export function exactText(at: string, zone: Zone): string {
  const date = new Date(at);
  if (zone === "utc") return `${date.toISOString().replace("T", " ").replace("Z", "")} UTC`;
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  const minutes = -date.getTimezoneOffset();
  const offset = `${minutes < 0 ? "-" : "+"}${pad(Math.abs(minutes) / 60)}:${pad(Math.abs(minutes) % 60)}`;
  return `${shifted.replace("T", " ").replace("Z", "")} ${offset}`;
}

const pad = (number: number): string => String(Math.floor(number)).padStart(2, "0");

/** `now`, `12 s ago`, `in 5 min`. */
export function relativeText(atMs: number, now: number): string {
  const seconds = Math.round((now - atMs) / 1_000);
  const text = durationText(Math.abs(seconds) * 1_000);
  if (Math.abs(seconds) < 1) return "now";
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

/** The two largest units that matter: `340 ms`, `12 s`, `5 min`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 10 && seconds % 1 !== 0) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 || hours >= 10 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 || days >= 10 ? `${days} d` : `${days} d ${hours % 24} h`;
}
