// Finds events that made no notification for a subscription and would now: workspace by workspace where its app is
// installed, since it was installed there. Asked by the estimate and by the runner, so that they cannot disagree.
import { firstIdAt, madeAtMs } from "../domain/id.ts";
import type { InstallationFacts } from "../domain/matching.ts";
import { alreadyNotified, eventHeads, installationsFrom } from "./replays-missed-rows.ts";
import type { EventHead, InstalledRow } from "./replays-missed-rows.ts";
import type { Connection } from "./sql.ts";

/** Events looked at by one call, and workspaces. */
const lookedMax = 2_000;
const workspacesMax = 100;

export type MissedQuestion = {
  readonly subscription: number;
  readonly app: number;
  readonly sinceMs: number;
  /** Id, excluded. */
  readonly below: string;
  /** Found by one call at most. */
  readonly foundMax: number;
  /** Under which name an event of this topic would be made now; null where it would not. */
  readonly nameOf: (topic: string, installation: InstallationFacts) => string | null;
};

/** The last event looked at. */
export type MissedCursor = { readonly workspace: number; readonly id: string };

export type Missed = { readonly event: string; readonly workspace: number; readonly topic: string };
export type MissedPage = {
  readonly found: readonly Missed[];
  readonly looked: number;
  /** Time of events that was looked at, over all workspaces. */
  readonly spanMs: number;
  readonly cursor: MissedCursor;
  readonly complete: boolean;
};

export async function readMissed(on: Connection, question: MissedQuestion, from: MissedCursor | null): Promise<MissedPage> {
  const { app, below, foundMax } = question;
  const installed = await installationsFrom(on, app, from?.workspace ?? 0, workspacesMax);
  const page = { found: [] as Missed[], looked: 0, spanMs: 0 };
  let cursor: MissedCursor = from ?? { workspace: 0, id: firstIdAt(0) };
  for (const installation of installed) {
    const after = startIn(installation, question, from);
    const limit = lookedMax - page.looked;
    const heads = await eventHeads(on, installation.workspace, after, below, limit);
    const missed = await missedOf(on, heads, installation, question);
    const room = foundMax - page.found.length;
    page.found.push(...missed.slice(0, room));
    page.looked += heads.length;
    const stoppedAt =
      missed.length > room ? (missed[room - 1]?.event ?? after) : heads.length === limit ? (heads.at(-1)?.id ?? after) : null;
    page.spanMs += Math.max(0, madeAtMs(stoppedAt ?? below) - madeAtMs(after));
    cursor = { workspace: installation.workspace, id: stoppedAt ?? below };
    if (stoppedAt !== null) return { ...page, cursor, complete: false };
  }
  return { ...page, cursor, complete: installed.length < workspacesMax };
}

function startIn({ workspace, created_ms: createdMs }: InstalledRow, { sinceMs }: MissedQuestion, from: MissedCursor | null): string {
  const start = firstIdAt(Math.max(sinceMs, createdMs));
  return from?.workspace === workspace && from.id > start ? from.id : start;
}

/** A copy was made for one subscription alone: it is nothing that others missed. */
async function missedOf(
  on: Connection,
  heads: readonly EventHead[],
  { workspace, permissions }: InstalledRow,
  { subscription, nameOf }: MissedQuestion,
): Promise<Missed[]> {
  const installation = { installed: true, permissions: new Set(permissions) };
  const named = heads.flatMap(({ id, topic, is_copy: isCopy }) => {
    const name = isCopy ? null : nameOf(topic, installation);
    return name === null ? [] : [{ event: id, workspace, topic: name }];
  });
  if (named.length === 0) return [];
  const made = await alreadyNotified(
    on,
    subscription,
    named.map(({ event }) => event),
  );
  return named.filter(({ event }) => !made.has(event));
}
