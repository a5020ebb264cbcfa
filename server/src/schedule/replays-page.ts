// The next page of a replay: read and decided here, written by one statement of the store. Nothing is written that would not
// be sent as things are now.
import type { Catalogue } from "../domain/catalogue.ts";
import { firstIdAt } from "../domain/id.ts";
import { whyNotNow } from "../domain/matching.ts";
import { isAskedFor, isReplayed, nameNow } from "../domain/replay.ts";
import { topicChosenAs } from "../domain/versions.ts";
import type { AppView, SubscriptionView } from "../store/directory.ts";
import { stillInstalled } from "../store/replays-missed-rows.ts";
import { readMissed } from "../store/replays-missed.ts";
import type { Missed } from "../store/replays-missed.ts";
import { candidates, failedCandidates, itemBytes, replayFacts } from "../store/replays-read.ts";
import type { ReplayFacts } from "../store/replays-read.ts";
import type { RunningReplay } from "../store/replays.ts";
import type { Connection } from "../store/sql.ts";

/** Notifications or copies in a page. */
export const replayPage = 500;
/** Items copied by one statement; one item may be larger. */
const copiedBytesMax = 4 * 1024 * 1024;

export type PageFor = {
  readonly on: Connection;
  readonly replay: RunningReplay;
  readonly app: AppView;
  readonly subscription: SubscriptionView;
  readonly catalogue: Catalogue;
  /** Ids: nothing at or before this one is sent again under its own id. */
  readonly oldest: string;
  readonly busy: (id: string) => boolean;
};

/** `to`: the last notification or event that was looked at. `looked`: those that were to be replayed, skipped ones too. */
export type Page<Entry> = {
  readonly entries: readonly Entry[];
  readonly looked: number;
  readonly to: string;
  readonly toWorkspace: number | null;
  readonly complete: boolean;
};

export type Original = { readonly event: string; readonly topic: string; readonly apiVersion: string };

/** Notifications to be sent again, oldest first. */
export async function readAgain(page: PageFor): Promise<Page<ReplayFacts>> {
  const { due, entries, to, complete } = await readDue(page);
  return { entries, looked: due.length, to, toWorkspace: null, complete };
}

/** The same, to be copied: under the name and in the version they had. */
export async function readForCopies(page: PageFor): Promise<Page<Original>> {
  const read = await readDue(page);
  const fits = await fitting(
    page.on,
    read.entries.map(({ event }) => event),
  );
  const taken = read.entries.slice(0, fits);
  const isCut = fits < read.entries.length;
  const to = isCut ? (taken.at(-1) as ReplayFacts).id : read.to;
  const entries = taken.map(({ event, topic, api_version: apiVersion }) => ({ event, topic, apiVersion }));
  const looked = read.due.filter(({ id }) => id <= to).length;
  return { entries, looked, to, toWorkspace: null, complete: read.complete && !isCut };
}

/** `due`: what the replay is about. `entries`: those of them that would be sent and are not under way. */
async function readDue(page: PageFor) {
  const { on, replay, oldest } = page;
  const { subscription, topics, include } = replay;
  const start = replay.cursor ?? firstIdAt(replay.since_ms);
  const slice = { after: start > oldest || replay.new_id ? start : oldest, below: firstIdAt(replay.until_ms) };
  const found = await (include === "failed" ? failedCandidates : candidates)(on, subscription, [slice], replayPage);
  const ids = found.map(({ id }) => id);
  const facts = await replayFacts(on, ids);
  const due = facts.filter((each) => isAskedFor(topics, each.topic) && isReplayed(include as "failed" | "all", each));
  const isSendable = await sendable(page, due);
  const entries = due.filter((each) => isSendable(each) && !page.busy(each.id));
  return { due, entries, to: ids.at(-1) ?? slice.after, complete: ids.length < replayPage };
}

/** What is asked before each request is asked of a whole page. */
async function sendable({ on, replay, app, subscription, catalogue }: PageFor, due: readonly ReplayFacts[]) {
  const rows = await stillInstalled(on, replay.app, [...new Set(due.map(({ workspace }) => workspace))]);
  const installations = new Map(rows.map(({ workspace, permissions }) => [workspace, new Set(permissions)]));
  return ({ workspace, topic: name, api_version: version }: ReplayFacts): boolean => {
    const permissions = installations.get(workspace);
    if (permissions === undefined) return false;
    const topic = topicChosenAs(catalogue, name, version);
    return whyNotNow(catalogue, topic, { installed: true, permissions }, app.facts, subscription.facts) === null;
  };
}

/** Events that made nothing for the subscription and would now, under the name and in the version of now. */
export async function readMissedPage({ on, replay, app, subscription, catalogue }: PageFor): Promise<Page<Original>> {
  const { cursor, cursor_workspace: workspace, topics } = replay;
  const from = cursor === null || workspace === null ? null : { workspace, id: cursor };
  const question = {
    subscription: replay.subscription,
    app: replay.app,
    sinceMs: replay.since_ms,
    below: firstIdAt(replay.until_ms),
    foundMax: replayPage,
    nameOf: (topic: string, installation: { installed: boolean; permissions: ReadonlySet<string> }) => {
      const name = nameNow(catalogue, topic, installation, app.facts, subscription.facts);
      return name !== null && isAskedFor(topics, name) ? name : null;
    },
  };
  const read = await readMissed(on, question, from);
  const fits = await fitting(
    on,
    read.found.map(({ event }) => event),
  );
  const entries = read.found.slice(0, fits).map(({ event, topic }) => ({ event, topic, apiVersion: app.facts.apiVersion }));
  const page = { entries, looked: entries.length };
  if (fits === read.found.length) return { ...page, to: read.cursor.id, toWorkspace: read.cursor.workspace, complete: read.complete };
  const last = read.found[fits - 1] as Missed;
  return { ...page, to: last.event, toWorkspace: last.workspace, complete: false };
}

/** How many of these events are copied at once; one at least. */
async function fitting(on: Connection, events: readonly string[]): Promise<number> {
  if (events.length === 0) return 0;
  const bytes = new Map((await itemBytes(on, events)).map(({ id, bytes: size }) => [id, size]));
  let sum = 0;
  const tooMany = events.findIndex((event) => (sum += bytes.get(event) ?? 0) > copiedBytesMax);
  return tooMany === -1 ? events.length : Math.max(1, tooMany);
}
