// The console's answer in a sentence or two: is all well, and who is hurting whom?
import type { Answer } from "../../api/client.ts";
import { durationText } from "../../parts/time.tsx";

export type Flow = Answer<"getFlow">;
export type Busy = Flow["busiest"][number];
export type FlowVerdict = {
  readonly tone: "good" | "warn" | "bad";
  readonly title: string;
  readonly detail: string;
  readonly noisy: Busy | null;
};

/** Who holds so much of what is under way, and slowly, is worth naming. */
const noisyShare = 0.5;
/** One or two slow requests are nobody's concern. */
const noisyRequestsMin = 4;
/** What is due for longer is late. */
const lateMs = 10_000;
/** Of the attempts of the last minute. */
const failingShare = 0.5;

export const count = (number: number): string => number.toLocaleString("en");
export const rateText = (rate: number): string => (rate > 0 && rate < 10 ? rate.toFixed(1) : count(Math.round(rate)));
export const shareText = (share: number): string => `${Math.round(share * 100)} %`;

export function flowVerdict(flow: Flow): FlowVerdict {
  const { database, disk, processes, backlog } = flow;
  const bad = (title: string, detail: string): FlowVerdict => ({ tone: "bad", title, detail, noisy: null });
  if (!database.reachable)
    return bad(
      "The database cannot be reached.",
      "Publishing answers 503, and sending stops within seconds. Nothing that was accepted is lost.",
    );
  if (disk?.low) return bad("The disk is nearly full.", "Publishing answers 503 storage_low until there is room; delivery goes on.");
  if (processes.every(({ epoch }) => epoch === null))
    return bad("No process delivers.", "This one does not own what is to be delivered; another may be taking over.");
  const noisy = noisyOf(flow);
  if (noisy) return { tone: "warn", ...noisyText(noisy, flow), noisy };
  const late = backlog.oldest_ready_at === null ? 0 : Date.parse(flow.at) - Date.parse(backlog.oldest_ready_at);
  if (late > lateMs)
    return {
      tone: "warn",
      title: `Sending is behind: the oldest that lacks nothing but a place has waited ${durationText(late)}.`,
      detail: `${count(backlog.queued - backlog.behind_endpoint)} wait for a place; nobody uses more than his part of them.`,
      noisy: null,
    };
  return calm(flow);
}

function calm({ per_second, backlog }: Flow): FlowVerdict {
  const { delivered, failed } = per_second.over_60_s;
  if (failed > delivered * failingShare && failed > 0)
    return {
      tone: "warn",
      title: `Everything is sent at once, but ${shareText(failed / (failed + delivered))} of the attempts of the last minute failed.`,
      detail: "The endpoints fail, not the platform; who they are stands below.",
      noisy: null,
    };
  const now = delivered > 0 ? `${rateText(delivered)} are delivered a second` : "Nothing was published in the last minute";
  return { tone: "good", title: `All is well. ${now}, ${waitingText(backlog)}.`, detail: "", noisy: null };
}

function waitingText({ queued, behind_endpoint: behind, held }: Flow["backlog"]): string {
  const places = queued === behind ? "nothing waits for a place" : `${count(queued - behind)} wait for a place`;
  const endpoints = behind === 0 ? "" : `, ${count(behind)} for endpoints that fail or are slow`;
  return `${places}${endpoints}${held === 0 ? "" : `, ${count(held)} held`}`;
}

function noisyOf({ busiest }: Flow): Busy | null {
  const [first] = busiest.toSorted((a, b) => b.in_flight - a.in_flight);
  return first && first.slow && first.in_flight >= noisyRequestsMin && first.share_of_slots >= noisyShare ? first : null;
}

function noisyText(noisy: Busy, { busiest, lanes, backlog, at }: Flow): { title: string; detail: string } {
  const others = busiest.filter(({ subscription, queued }) => subscription !== noisy.subscription && queued > 0);
  const full = lanes.slow.used >= lanes.slow.of;
  const oldest =
    backlog.oldest_due_at === null
      ? ""
      : `, the oldest for ${durationText(Math.max(0, Date.parse(at) - Date.parse(backlog.oldest_due_at)))}`;
  const own = noisy.queued > 0 ? `${count(noisy.queued)} of its own wait behind${oldest}. ` : "";
  const hurt = full
    ? `The slow lane is full: ${othersText(others.length)} slow endpoints wait for it; fast ones do not.`
    : "It hurts nobody else: both lanes have places free.";
  return {
    title: `${noisy.host} holds ${count(noisy.in_flight)} requests open, ${shareText(noisy.share_of_slots)} of all that are under way, and answers slowly or never.`,
    detail: `${own}${hurt}`,
  };
}

const othersText = (others: number): string => (others === 0 ? "other" : `${count(others)} other`);
