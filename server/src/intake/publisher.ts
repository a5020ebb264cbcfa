// From checked publishes to durable events. Publishes of everybody that arrive within a few milliseconds share one
// statement and one fsync; each is answered only after that commit. What one publish does wrong never fails another's:
// a statement that the database refuses is run again event by event.
import type { Pool } from "pg";
import type { Topic } from "@bellhop/contract/catalogue";
import type { Catalogue } from "../domain/catalogue.ts";
import { eventId, fanOutMax, notificationId } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import type { Directory, WorkspaceView } from "../store/directory.ts";
import { findWinner, insertEvents } from "../store/publish.ts";
import { borrowed, Unreachable } from "../store/sql.ts";
import type { EventRow, NotificationRow } from "../store/publish.ts";
import { answerFor, countSkipped } from "./answer.ts";
import type { Accepted } from "./answer.ts";
import type { Quotas, Rank } from "./quotas.ts";
import type { Publish } from "./read-event.ts";

const windowMs = 2;
const batchEventsMax = 256;
const batchNotificationsMax = 10_000;
const batchBytesMax = 4 * 1024 * 1024;
const waitingBytesMax = 16 * 1024 * 1024;
/** What a publish takes in memory beside its item. */
const publishBytes = 1_024;
const statementsInFlightMax = 2;
/** After this many rounds with control data that changed meanwhile, what was just read is new enough. */
const staleRoundsMax = 2;
const retryAfterS = 1;
const nearestCount = 3;

/** Decides who is notified; fan-out's rule, injected because stages do not import each other. */
export type FanOutFor = (publish: Publish) => { workspace: number; recipients: readonly Recipient[]; skipped: string | null } | null;
export type Recipient = { subscription: number; app: number; shard: number; slot: number | null; topic: string; apiVersion: string };

export type PublisherPorts = {
  readonly pool: Pool;
  readonly directory: Directory;
  readonly catalogue: () => Catalogue;
  readonly fanOut: FanOutFor;
  readonly quotas: Quotas;
  /** The database's clock. */
  readonly nowMs: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Why nothing may be accepted at the moment. */
  readonly refusal: () => Problem | null;
  /** They are about to be written, but perhaps will not be. */
  readonly storing: (events: readonly EventRow[]) => void;
  /** So many events and these notifications are on disk, by that transaction. */
  readonly stored: (events: number, notifications: readonly NotificationRow[], xid: string) => void;
  /** The insert met no partition, or the clock was off: mend it before the next try. */
  readonly mend: (what: "partition" | "clock") => Promise<void>;
};

export type Result = Accepted | Problem;

type Waiting = {
  readonly publish: Publish;
  readonly rank: Rank;
  /** In the order of acceptance. */
  readonly number: number;
  readonly settle: (result: Result) => void;
  rounds: number;
};
type Batch = { waiting: Waiting[]; events: EventRow[]; notifications: NotificationRow[]; bytes: number };
type Versioned = Batch & { readonly version: number };
/** `forgotten`: taken, but what is needed to match them has to be loaded again. */
type Taken = Versioned & { readonly forgotten: Waiting[]; readonly ordered: boolean };

const emptyBatch = (): Batch => ({ waiting: [], events: [], notifications: [], bytes: 0 });

export class Publisher {
  readonly #ports: PublisherPorts;
  #queue: Waiting[] = [];
  /** Those with an ordering key, in one statement at a time: of two at once the later could be committed first. */
  #ordered: Waiting[] = [];
  #orderedInFlight = false;
  #accepted = 0;
  #waitingBytes = 0;
  #inFlight = 0;
  #timer: NodeJS.Timeout | null = null;
  #lastMs = 0;
  #sequence = 0;

  constructor(ports: PublisherPorts) {
    this.#ports = ports;
  }

  /** One result per publish, in order; a Problem in place of a result means that nothing of that publish was stored. */
  async publish(publishes: readonly Publish[]): Promise<Result[]> {
    return Promise.all(publishes.map((publish) => this.#accept(publish)));
  }

  async #accept(publish: Publish): Promise<Result> {
    const refusal = this.#ports.refusal() ?? this.#unknownTopic(publish.topic);
    if (refusal) return refusal;
    const bytes = publish.item.length + publishBytes;
    if (this.#waitingBytes + bytes > waitingBytesMax) return unavailable("Too much is waiting for the database.");
    this.#waitingBytes += bytes;
    try {
      const workspace = await this.#loadWorkspace(publish.workspace);
      if (!workspace) return unknownWorkspace(publish.workspace);
      const rank = this.#ports.quotas.count(workspace, this.#ports.nowMs());
      const number = this.#accepted++;
      return await new Promise<Result>((settle) => this.#enqueue({ publish, rank, number, settle, rounds: 0 }));
    } catch {
      return unavailable("The database cannot be reached.");
    } finally {
      this.#waitingBytes -= bytes;
    }
  }

  #unknownTopic(name: string): Problem | null {
    const catalogue = this.#ports.catalogue();
    if (isPublished(catalogue.topicNamed(name))) return null;
    const message = whyUnknown(catalogue, name);
    return new Problem("unknown_topic", `The topic \`${name}\` ${message}.`, [{ pointer: "/topic", message }]);
  }

  async #loadWorkspace(name: string): Promise<WorkspaceView | null> {
    const { directory } = this.#ports;
    const known = directory.workspace(name);
    if (known === null || (known && directory.isComplete(known))) return known;
    return directory.loadWorkspace(name);
  }

  #enqueue(waiting: Waiting): void {
    (waiting.publish.orderingKey === null ? this.#queue : this.#ordered).push(waiting);
    if (this.#queue.length + this.#ordered.length >= batchEventsMax) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), windowMs);
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#inFlight < statementsInFlightMax) {
      const taken = this.#take();
      if (!taken) return;
      this.#inFlight++;
      const reloaded = taken.forgotten.map((waiting) => this.#reload(waiting));
      const stored = this.#store(taken).finally(() => {
        this.#inFlight--;
        this.#flush();
      });
      void Promise.all([stored, ...reloaded]).then(() => taken.ordered && this.#orderedOver());
    }
  }

  /** Each is settled or was put back, perhaps behind later ones. */
  #orderedOver(): void {
    this.#orderedInFlight = false;
    this.#ordered.sort((a, b) => a.number - b.number);
    this.#flush();
  }

  /** The next batch, cut along whole events; null when there is nothing to write now. */
  #take(): Taken | null {
    const batch = emptyBatch();
    const forgotten: Waiting[] = [];
    const ordered = this.#ordered.length > 0 && !this.#orderedInFlight;
    if (ordered) this.#ordered = this.#fill(batch, forgotten, this.#ordered);
    this.#queue = this.#fill(batch, forgotten, this.#queue);
    if (batch.waiting.length + forgotten.length === 0) return null;
    this.#orderedInFlight ||= ordered;
    return { ...batch, forgotten, ordered, version: this.#ports.directory.version };
  }

  /** Gives what had no room. */
  #fill(batch: Batch, forgotten: Waiting[], queue: readonly Waiting[]): Waiting[] {
    for (const [index, waiting] of queue.entries()) {
      const taken = batch.waiting.length + forgotten.length;
      if (taken === batchEventsMax) return queue.slice(index);
      const found = this.#ports.fanOut(waiting.publish);
      const notified = batch.notifications.length + (found?.recipients.length ?? 0);
      const full = notified > batchNotificationsMax || batch.bytes + waiting.publish.item.length > batchBytesMax;
      if (full && taken > 0) return queue.slice(index);
      if (found) this.#add(batch, waiting, found);
      else forgotten.push(waiting);
    }
    return [];
  }

  #add(batch: Batch, waiting: Waiting, found: NonNullable<ReturnType<FanOutFor>>): void {
    const { publish, rank } = waiting;
    const nowMs = this.#ports.nowMs();
    const id = this.#nextId(nowMs);
    const recipients = found.recipients.slice(0, fanOutMax);
    batch.waiting.push(waiting);
    batch.bytes += publish.item.length;
    batch.events.push({
      id,
      workspace: found.workspace,
      topic: publish.topic,
      item: publish.item,
      createdAtMs: publish.createdAtMs ?? Math.floor(nowMs / 1000) * 1000,
      objectId: publish.objectId,
      orderingKey: publish.orderingKey,
      traceparent: publish.traceparent,
      notified: recipients.length,
      skipped: found.skipped,
      replayOf: null,
      idempotency: publish.idempotency,
    });
    for (const [index, recipient] of recipients.entries()) {
      batch.notifications.push({ ...recipient, id: notificationId(id, index + 1), event: id, workspace: found.workspace, rank });
    }
  }

  /** Ids of one process never go backwards, whatever the clock does. */
  #nextId(nowMs: number): string {
    const ms = Math.max(Math.floor(nowMs), this.#lastMs);
    this.#sequence = ms === this.#lastMs ? this.#sequence + 1 : 0;
    this.#lastMs = this.#sequence > 0xfff ? ms + 1 : ms;
    if (this.#sequence > 0xfff) this.#sequence = 0;
    return eventId(this.#lastMs, this.#sequence, this.#ports.random(6));
  }

  /** Its workspace was forgotten, or its topic removed, between acceptance and writing. */
  async #reload(waiting: Waiting): Promise<void> {
    const refusal = this.#unknownTopic(waiting.publish.topic);
    if (refusal) return waiting.settle(refusal);
    try {
      if (await this.#ports.directory.loadWorkspace(waiting.publish.workspace)) this.#enqueue(waiting);
      else waiting.settle(unknownWorkspace(waiting.publish.workspace));
    } catch {
      waiting.settle(unavailable("The database cannot be reached."));
    }
  }

  async #store(batch: Versioned): Promise<void> {
    if (batch.waiting.length === 0) return;
    try {
      await this.#insert(batch);
    } catch (error) {
      await this.#failed(batch, error as Error & { code?: string });
    }
  }

  async #insert(batch: Versioned): Promise<void> {
    const patient = batch.waiting.every((waiting) => waiting.rounds < staleRoundsMax);
    const version = patient ? batch.version : Number.MAX_SAFE_INTEGER;
    await borrowed(this.#ports.pool, async (on, lost) => {
      this.#ports.storing(batch.events);
      try {
        const written = await insertEvents(on, version, this.#ports.nowMs(), batch.events, batch.notifications);
        if (written.stale) return await this.#again(batch, written.clockOff);
        this.#settle(batch, written);
        await this.#settleLosers(on, batch, written.won);
      } catch (error) {
        if (!isRefusal(error)) lost(error as Error);
        throw error;
      }
    });
  }

  async #again(batch: Batch, clockOff: boolean): Promise<void> {
    if (clockOff) await this.#ports.mend("clock");
    await this.#ports.directory.refresh();
    for (const waiting of batch.waiting) waiting.rounds++;
    await Promise.all(batch.waiting.map((waiting) => this.#reload(waiting)));
  }

  #settle(batch: Batch, { won, xid }: { readonly won: ReadonlySet<string>; readonly xid: string }): void {
    const lost = new Set<string>();
    for (const [index, event] of batch.events.entries()) {
      if (event.idempotency !== null && !won.has(event.id)) {
        lost.add(event.id);
        continue;
      }
      (batch.waiting[index] as Waiting).settle(answerFor(event.id, event.notified, countSkipped(event.skipped)));
    }
    const notifications = lost.size === 0 ? batch.notifications : batch.notifications.filter(({ event }) => !lost.has(event));
    this.#ports.stored(batch.events.length - lost.size, notifications, xid);
  }

  /** A key that was taken: the same content is answered as the first time, other content is refused. */
  async #settleLosers(on: Parameters<typeof findWinner>[0], batch: Batch, won: ReadonlySet<string>): Promise<void> {
    for (const [index, event] of batch.events.entries()) {
      if (event.idempotency === null || won.has(event.id)) continue;
      const waiting = batch.waiting[index] as Waiting;
      // The batch is on disk: whatever goes wrong from here on must not have it written again.
      const winner = await findWinner(on, event.workspace, event.idempotency.key).catch(() => undefined);
      if (winner === undefined) waiting.settle(unavailable("The event that has the idempotency key could not be read."));
      else if (!winner) waiting.settle(unavailable("The idempotency key was being freed; try again."));
      else if (winner.hash.equals(event.idempotency.hash))
        waiting.settle(answerFor(winner.event, winner.notified, countSkipped(winner.skipped)));
      else
        waiting.settle(
          new Problem("idempotency_conflict", `The key \`${event.idempotency.key}\` was used in the last 24 hours for other content.`),
        );
    }
  }

  async #failed(batch: Versioned, error: Error & { code?: string }): Promise<void> {
    if (error instanceof Unreachable) return settleAll(batch, unavailable("The database cannot be reached."));
    if (!isRefusal(error)) return settleAll(batch, outcomeUnknown());
    if (isMissingPartition(error)) await this.#ports.mend("partition").catch(() => undefined);
    else if (batch.waiting.length === 1) return settleAll(batch, unavailable("The database refused to store the event."));
    for (const waiting of batch.waiting) {
      if (waiting.rounds++ > staleRoundsMax) waiting.settle(unavailable("The database refused to store the event."));
      else await this.#alone(waiting);
    }
  }

  async #alone(waiting: Waiting): Promise<void> {
    const found = this.#ports.fanOut(waiting.publish);
    if (!found) return this.#reload(waiting);
    const batch = emptyBatch();
    this.#add(batch, waiting, found);
    await this.#store({ ...batch, version: this.#ports.directory.version });
  }
}

/**
 * The database answered the statement with an error: nothing was committed. Anything else leaves the outcome open, also a
 * FATAL: that is said by a session that is being ended, at whatever point it was, perhaps after its commit.
 */
function isRefusal(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && severity === "ERROR";
}

const isMissingPartition = (error: { code?: string; message: string }): boolean =>
  error.code === "23514" && error.message.includes("no partition of relation");

function settleAll(batch: Batch, result: Problem): void {
  for (const waiting of batch.waiting) waiting.settle(result);
}

const unavailable = (detail: string): Problem => new Problem("unavailable", `${detail} Nothing was stored; try again.`, [], retryAfterS);

const unknownWorkspace = (name: string): Problem =>
  new Problem("unknown_workspace", `There is no workspace \`${name}\`; \`PUT /v1/workspaces/ext:<id>\` makes one.`, [
    { pointer: "/workspace_id", message: "is not a known workspace" },
  ]);

const outcomeUnknown = (): Problem =>
  new Problem(
    "outcome_unknown",
    "The database connection broke during the commit: the event may be stored. Repeat with the same idempotency key; without one it may be stored twice.",
    [],
    retryAfterS,
  );

/** Topics that are always on are Bellhop's own. */
function isPublished(topic: Topic | null): boolean {
  return topic !== null && topic.always_on !== true;
}

function whyUnknown(catalogue: Catalogue, name: string): string {
  if (catalogue.topicNamed(name)) return "is Bellhop's own and cannot be published; `POST …/test` of a subscription sends one";
  const former = catalogue.formerly(name);
  if (former) return `is a former name of \`${former.newestName}\`; publish under that name`;
  const nearest = catalogue.nearest(name, nearestCount).join(", ") || "none";
  return `is not in the catalogue; the nearest are ${nearest}; \`POST /v1/topics\` adds it`;
}
