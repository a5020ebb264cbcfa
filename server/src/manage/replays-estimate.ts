// How many a replay will be: counted while that is bounded, else extrapolated from samples spread over the range. No
// look grows with the log.
import { replayLimits } from "@bellhop/contract/replays";
import type { Catalogue } from "../domain/catalogue.ts";
import { firstIdAt, madeAtMs } from "../domain/id.ts";
import { isAskedFor, isReplayed, nameNow } from "../domain/replay.ts";
import type { Include } from "../domain/replay.ts";
import type { AppView, SubscriptionView } from "../store/directory.ts";
import { installedMs } from "../store/replays-missed-rows.ts";
import { readMissed } from "../store/replays-missed.ts";
import type { MissedCursor } from "../store/replays-missed.ts";
import { candidates, failedCandidates, replayOutcomes, topicsOf } from "../store/replays-read.ts";
import type { Candidate, Slice } from "../store/replays-read.ts";
import type { Connection } from "../store/sql.ts";
import type { Range } from "./replays-range.ts";

const { exactMax } = replayLimits;
/** Beyond it the range is cut into so many slices. */
const slicesCount = 40;
/** Slices with a burst that are cut again, so often at most. */
const burstsMax = 4;
const roundsMax = 3;
/** Notifications counted one by one in each slice, and those in all, and of each, of which is asked what happened to them. */
const countedMax = 1_000;
const askedMax = 2_000;
const askedMin = 5;
/** A burst at the beginning of a slice says little of the rest: what is counted is taken for this share of it at least. */
const coveredMin = 1 / 50;
/** One statement looks up so many. */
const factsMax = 2_500;
/** Calls that look for what was missed, each bounded by itself. */
const missedCallsMax = 10;

export type Estimate = { readonly count: number; readonly exact: boolean };

export type Estimated = {
  readonly app: AppView;
  readonly subscription: SubscriptionView;
  readonly catalogue: Catalogue;
  readonly include: Include;
  readonly topics: readonly string[] | null;
  readonly range: Range;
};

export function estimate(on: Connection, asked: Estimated): Promise<Estimate> {
  return asked.include === "missed" ? missedEstimate(on, asked) : againEstimate(on, asked);
}

async function againEstimate(on: Connection, asked: Estimated): Promise<Estimate> {
  const read = asked.include === "failed" ? failedCandidates : candidates;
  const { sinceMs, untilMs } = asked.range;
  const whole = [{ after: firstIdAt(sinceMs), below: firstIdAt(untilMs) }];
  const all = await read(on, asked.subscription.ref, whole, exactMax + 1);
  if (all.length <= exactMax) return { count: (await matching(on, asked, all)).length, exact: true };
  const slices = await unevenSlices(on, asked, cut({ sinceMs, untilMs }), read);
  const each = Math.max(askedMin, Math.floor(askedMax / slices.length));
  const sample = slices.flatMap(({ found }) => found.slice(0, each));
  const matches = new Set((await matching(on, asked, sample)).map(({ id }) => id));
  let count = 0;
  for (const { slice, found } of slices) {
    const looked = found.slice(0, each);
    count += (sliceCount(slice, found) * looked.filter(({ id }) => matches.has(id)).length) / Math.max(1, looked.length);
  }
  return { count: Math.round(count), exact: false };
}

type Read = typeof candidates;
type Counted = { readonly slice: Slice; readonly found: readonly Candidate[] };

function cut({ sinceMs, untilMs }: Range): Slice[] {
  const at = (slice: number): string => firstIdAt(sinceMs + ((untilMs - sinceMs) * slice) / slicesCount);
  return Array.from({ length: slicesCount }, (_, index) => ({ after: at(index), below: at(index + 1) }));
}

/** Where a few slices have more than is counted, a burst lies in them: each of those is cut again. */
async function unevenSlices(on: Connection, asked: Estimated, slices: readonly Slice[], read: Read): Promise<Counted[]> {
  let counted = await countSlices(on, asked, slices, read);
  for (let round = 1; round < roundsMax; round++) {
    const full = counted.filter(({ found }) => found.length >= countedMax);
    if (full.length === 0 || full.length > burstsMax) break;
    const finer = full.flatMap(({ slice }) => cut({ sinceMs: madeAtMs(slice.after), untilMs: madeAtMs(slice.below) }));
    counted = [...counted.filter((each) => !full.includes(each)), ...(await countSlices(on, asked, finer, read))];
  }
  return counted;
}

async function countSlices(on: Connection, { subscription }: Estimated, slices: readonly Slice[], read: Read): Promise<Counted[]> {
  const found = Map.groupBy(await read(on, subscription.ref, slices, countedMax), ({ slice }) => slice);
  return slices.map((slice, index) => ({ slice, found: found.get(index) ?? [] }));
}

/** What a slice has: those counted, times how much longer it is than what they cover. */
export function sliceCount({ after, below }: Slice, found: readonly Candidate[]): number {
  const last = found.at(-1);
  if (last === undefined || found.length < countedMax) return found.length;
  const covered = (madeAtMs(last.id) - madeAtMs(after)) / (madeAtMs(below) - madeAtMs(after));
  return found.length / Math.max(covered, coveredMin);
}

async function matching(on: Connection, { include, topics }: Estimated, found: readonly Candidate[]): Promise<Candidate[]> {
  const matched = new Set<string>();
  for (let from = 0; from < found.length; from += factsMax) {
    const ids = found.slice(from, from + factsMax).map(({ id }) => id);
    const over = (await replayOutcomes(on, ids)).filter((outcome) => isReplayed(include as "failed" | "all", outcome));
    const named = topics !== null && over.length > 0 ? await topicsOf(on, ids) : null;
    for (const { id } of over) if (named === null || isAskedFor(topics, named.get(id) ?? "")) matched.add(id);
  }
  return found.filter(({ id }) => matched.has(id));
}

async function missedEstimate(on: Connection, { app, subscription, catalogue, topics, range }: Estimated): Promise<Estimate> {
  const question = {
    subscription: subscription.ref,
    app: app.ref,
    sinceMs: range.sinceMs,
    below: firstIdAt(range.untilMs),
    foundMax: exactMax,
    nameOf: (topic: string, installation: { installed: boolean; permissions: ReadonlySet<string> }) => {
      const name = nameNow(catalogue, topic, installation, app.facts, subscription.facts);
      return name !== null && isAskedFor(topics, name) ? name : null;
    },
  };
  let cursor: MissedCursor | null = null;
  let count = 0;
  let lookedMs = 0;
  for (let call = 0, looked = 0; call < missedCallsMax && looked < exactMax; call++) {
    const page = await readMissed(on, question, cursor);
    count += page.found.length;
    if (page.complete) return { count, exact: true };
    looked += page.looked;
    lookedMs += page.spanMs;
    cursor = page.cursor;
  }
  const allMs = await installedMs(on, app.ref, range.sinceMs, range.untilMs);
  return { count: Math.round((count * allMs) / Math.max(1, lookedMs)), exact: false };
}
