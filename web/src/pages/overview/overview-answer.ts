// The page's answer in a sentence: does the endpoint get what it should?
import type { Answer } from "../../api/client.ts";
import { durationText } from "../../parts/time.tsx";

export type Statistics = Answer<"getStatistics">;

export const count = (number: number): string => number.toLocaleString("en");

/** Older than this, what waits is worth a word. */
const lateMs = 60_000;

/** `isOver`: the range ended; what waits now says nothing about it. */
export function overviewAnswer({ totals, backlog }: Statistics, range: string, nowMs: number, isOver: boolean): string {
  const { delivered, failed, ended } = totals;
  const isBehind = !isOver && (backlog.held + backlog.retrying > 0 || ageMs(backlog, nowMs) > lateMs);
  const behind = isOver ? "" : backlogText(backlog, nowMs);
  if (delivered + failed + ended === 0) return isBehind ? `No: nothing was sent ${range}.${behind}` : `Nothing was sent ${range}.${behind}`;
  const said = `${deliveredText(totals)} ${range}${alsoText(totals)}.${behind}`;
  if (delivered === 0) return `No: ${said}`;
  if (ended > 0 || isBehind) return `Not all of it: ${said}`;
  return failed > 0 ? `Yes, though not always at once: ${said}` : `Yes: ${said}`;
}

function deliveredText({ delivered, failed }: Statistics["totals"]): string {
  if (delivered === 0) return "nothing was delivered";
  const were = delivered === 1 ? "1 was delivered" : `${count(delivered)} were delivered`;
  return failed === 0 ? `${were} at the first attempt` : were;
}

function alsoText({ failed, ended }: Statistics["totals"]): string {
  const parts = [
    failed > 0 && `${count(failed)} ${failed === 1 ? "attempt" : "attempts"} failed`,
    ended > 0 && `${count(ended)} ended undelivered`,
  ].filter(Boolean);
  return parts.length === 0 ? "" : `, ${parts.join(" and ")}`;
}

const ageMs = ({ oldest_undelivered_at: at }: Statistics["backlog"], nowMs: number): number => (at === null ? 0 : nowMs - Date.parse(at));

function backlogText(backlog: Statistics["backlog"], nowMs: number): string {
  const all = backlog.waiting + backlog.retrying + backlog.held;
  if (all === 0) return "";
  const age = ageMs(backlog, nowMs);
  const are = all === 1 ? "1 is" : `${count(all)} are`;
  return ` ${backlog.exact ? "" : "About "}${are} not delivered yet${age > lateMs ? `, the oldest for ${durationText(age)}` : ""}.`;
}

/** `82 ms`, of a bucket's edge; null: nothing was measured. */
export const latencyText = (ms: number | null): string => (ms === null ? "none" : durationText(ms));
