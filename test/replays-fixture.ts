// A log to replay from, and a runner of replays over it whose surroundings are plain fakes. Workspaces 1 to 3, app 1 (of
// workspace 1, installed in 1 and 2) with the subscriptions 1 and 2, app 2 (of workspace 2) with 3. For tests only.
import { randomBytes } from "node:crypto";
import { Replays } from "../server/src/schedule/replays.ts";
import type { ReplayPorts } from "../server/src/schedule/replays.ts";
import { Directory } from "../server/src/store/directory.ts";
import { insertSteps } from "../server/src/store/log.ts";
import type { Step } from "../server/src/store/log.ts";
import { createSeal } from "../server/src/store/seal.ts";
import { dayMs, firstDayMs, insertControl, publish, startShow } from "./show-fixture.ts";
import type { Shown } from "./show-fixture.ts";

export const retentionDays = 30;
export const nowMs = firstDayMs + 3 * dayMs + 3_600_000;
export const startMs = firstDayMs + 3_600_000;

export type Replayed = Shown & {
  readonly directory: Directory;
  ask<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
};

export async function startReplayed(): Promise<Replayed> {
  const shown = await startShow();
  await insertControl(
    shown,
    3,
    [
      { owner: 1, installedIn: [1, 2], permissions: ["read_tickets"] },
      { owner: 2, installedIn: [2], permissions: ["read_tickets"] },
    ],
    [
      { app: 1, topics: ["ticket.created", "ticket.closed"], topicsOff: ["ticket.note.created"] },
      { app: 1, topics: ["ticket.created"] },
      { app: 2, topics: ["ticket.created"] },
    ],
  );
  const directory = new Directory(shown.database, createSeal(Buffer.alloc(32, 7)));
  await directory.refresh();
  const ask = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await shown.database.control.query(text, [...values])).rows as Row[];
  await ask("update installation set created_at = to_timestamp($1::float8 / 1000)", [startMs]);
  return { ...shown, directory, ask };
}

export type Runner = {
  readonly replays: Replays;
  readonly troubles: unknown[];
  readonly kicked: { times: number };
  /** Ids that are in memory. */
  readonly busy: Set<string>;
};

let lastPosition = 1_000;

/** `undrained`: how many wait for a subscription; by default there is always room. */
export function runnerOf({ database, catalogue, directory }: Replayed, ports: Partial<ReplayPorts> = {}): Runner {
  const runner = { troubles: [] as unknown[], kicked: { times: 0 }, busy: new Set<string>() };
  const replays = new Replays({
    database,
    epoch: () => 1,
    nowMs: () => nowMs,
    retentionDays,
    random: randomBytes,
    catalogue: () => catalogue,
    directory,
    position: () => ++lastPosition,
    writing: () => lastPosition,
    written: () => undefined,
    isOpen: () => true,
    undrained: () => 0,
    busy: (id) => runner.busy.has(id),
    kick: () => void runner.kicked.times++,
    trouble: (_, error) => void runner.troubles.push(error),
    ...ports,
  });
  return { ...runner, replays };
}

/** One page, then no more room. */
export function onePage(pages = 1): () => number {
  let left = pages;
  return () => (left-- > 0 ? 0 : 500);
}

export type Asked = {
  id: string;
  subscription?: number;
  sinceMs?: number;
  untilMs?: number;
  include: "failed" | "all" | "missed";
  topics?: readonly string[];
  newId?: boolean;
};

export async function insertReplay({ ask }: Replayed, asked: Asked): Promise<void> {
  await ask(
    `insert into replay (id, subscription, since, until, include, topics, new_id, estimate, estimate_exact, created_by)
     values ($1, $2, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000), $5, $6, $7, 0, true, 'key_test')`,
    [
      asked.id,
      asked.subscription ?? 1,
      asked.sinceMs ?? startMs,
      asked.untilMs ?? nowMs,
      asked.include,
      asked.topics ?? null,
      asked.newId ?? false,
    ],
  );
}

export type Progress = { state: string; replayed: number; skipped: number; ended_reason: string | null };

export async function progressOf({ ask }: Replayed, id: string): Promise<Progress> {
  const [row] = await ask<Progress>("select state, replayed::int4, skipped::int4, ended_reason from replay where id = $1", [id]);
  return row as Progress;
}

/** Notifications of one event for a subscription that each ended after a failed request. */
export async function publishFailed(replayed: Replayed, atMs: number, count: number, subscription = 1): Promise<readonly string[]> {
  const { notifications } = await publish(
    replayed,
    atMs,
    { workspace: 1 },
    Array.from({ length: count }, () => ({ subscription, app: 1 })),
  );
  const steps = notifications.map((notification): Step => ({
    notification,
    step: 1,
    kind: "e",
    subscription,
    shard: 0,
    atMs,
    reason: "attempts_exhausted",
    requests: 2,
    policyStep: 2,
    firstSentAtMs: atMs,
    throttledSinceMs: atMs,
    nextAtMs: null,
    retryReason: null,
    queue: null,
    position: null,
    attempt: null,
  }));
  if (!(await insertSteps(replayed.database.record, 1, steps))) throw new Error("the steps were not written");
  return notifications;
}
