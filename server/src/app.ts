// The program without its process: everything is made here, by plain calls, and handed to those who use it. `main.ts` and
// whole-system tests start the same thing.
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { ReplayView } from "@bellhop/contract/replays";
import type { Route } from "@bellhop/contract/route";
import { routes } from "@bellhop/contract/routes";
import { createChecking } from "./checking.ts";
import { isLocalMode } from "./config.ts";
import { createDelivering } from "./delivering.ts";
import type { Delivering } from "./delivering.ts";
import { createFlowing } from "./flowing.ts";
import { createHandlers } from "./handlers.ts";
import type { HandlerParts } from "./handlers.ts";
import type { Handler } from "./http/handler.ts";
import { createServer } from "./http/server.ts";
import { createSessions } from "./http/sessions.ts";
import { watchDisk } from "./intake/disk.ts";
import type { Disk } from "./intake/disk.ts";
import { createDailyPing } from "./manage/daily-ping.ts";
import { startDailyRound } from "./manage/daily-round.ts";
import { createHealthChecks } from "./manage/health-check.ts";
import type { FirstKey } from "./manage/keys-first.ts";
import { makeStartLink } from "./manage/sessions.ts";
import type { SignInLink } from "./manage/sessions.ts";
import { notifyUntold } from "./manage/uninstall-notification.ts";
import { replayView } from "./manage/replays-view.ts";
import { open } from "./opening.ts";
import type { Opened } from "./opening.ts";
import { Statistics } from "./record/statistics.ts";
import { createPublisher } from "./publishing.ts";
import { startReceiving } from "./receiving.ts";
import type { Receiving } from "./receiving.ts";
import type { Engine } from "./schedule/engine.ts";
import type { ItemCache } from "./schedule/item-cache.ts";
import type { WhyMarked } from "./show/marked.ts";
import { ChangeRing } from "./show/stream-ring.ts";
import { Streams } from "./show/stream.ts";
import { createTelemetry } from "./signal/telemetry.ts";
import type { AttemptSignal, Telemetry } from "./signal/telemetry.ts";
import { createSending } from "./sending.ts";
import type { SendingOptions } from "./sending.ts";
import { StartRefused } from "./start-refused.ts";
import { isOutage, isReachable } from "./store/database.ts";
import type { Database } from "./store/database.ts";
import { makePartitions } from "./store/partitions.ts";
import type { EventRow } from "./store/publish.ts";
import type { ReplayRecord } from "./store/replays.ts";

/** How long requests under way may take once the program is told to stop. */
const graceMs = 10_000;
const closeMs = 3_000;
/** How long another process that delivers from this database may take to be gone. */
const ownerWaitMs = 15_000;

export type AppOptions = SendingOptions & {
  readonly databaseUrl: string;
  readonly encryptionKey: Buffer;
  /** Where the first key is written. */
  readonly keyFile: string;
  /** Asks how full the database's disk is; null when the database is elsewhere. */
  readonly disk: (() => Promise<Disk>) | null;
  readonly publicUrl: string;
  /** Where the build of the hub is, or will be. Without it there are no pages. */
  readonly hubDir?: string;
  readonly log: Logger;
  readonly attempted: (signal: AttemptSignal) => void;
};

type Trouble = (message: string, error: unknown) => void;

export type App = {
  readonly server: FastifyInstance;
  readonly telemetry: Telemetry;
  readonly firstKey: FirstKey;
  /** The test inbox, in local mode. */
  readonly inbox: Receiving["inbox"] | null;
  /** A link that signs in to the hub, once; the one made before stops working. */
  makeStartLink(): Promise<SignInLink>;
  /** Stops accepting, lets what is under way finish, writes how far it came. */
  stop(): Promise<void>;
};

export async function createApp(options: AppOptions): Promise<App> {
  const { config, log } = options;
  const trouble: Trouble = (message, error) => log.warn({ err: error }, message);
  const opened = await open({ ...options, foreign: options.disk === null, trouble });
  const disk = options.disk && (await watchDisk(options.disk, (message) => log.warn(message)));

  const changed = async (): Promise<void> => {
    opened.keys.forget();
    const apps = await opened.directory.refresh();
    await opened.catalogue.refresh(opened.directory.version);
    // Before a change is answered: what a brake names is stopped when its answer comes.
    await delivery.now.engine.controlChanged(apps);
  };
  const versionSeen = (seen: number): void => {
    if (seen > opened.directory.version) void changed().catch((error: unknown) => trouble("control data could not be refreshed", error));
  };
  const telemetry: Telemetry = createTelemetry(options.attempted, () => delivery.now.waiting());
  const kept = { ...opened, ...createSending(options, trouble), catalogue: opened.catalogue.current, trouble };
  const statistics = createStatistics(opened, () => delivery.now.engine.epoch, trouble);
  const changes = new ChangeRing();
  const told = { telemetry: () => telemetry, statistics: () => statistics, changes };
  const { holdDays, retentionDays } = config;
  const delivery: Delivering = createDelivering({ ...kept, ...told, versionSeen, changed, holdDays, retentionDays });
  const publisher = createPublisher({
    ...kept,
    regions: config.regions,
    refusal: () => disk?.refusal() ?? null,
    storing: (events) => keepItems(delivery.now.items, events),
    stored: (events, notifications, xid) => {
      changes.made(notifications);
      telemetry.accepted(events, notifications.length);
      statistics.published(events);
      delivery.now.engine.accepted(notifications, xid);
    },
  });

  let stopping = false;
  const notReady = (): Promise<string | null> => whyNotReady(opened.database, delivery.now.engine, stopping);
  const { commands, steering, whyMarked } = delivery;
  const streams = createStreams(opened, changes, whyMarked, trouble);
  const flowing = createFlowing({ ...opened, delivery, statistics, disk, retentionDays });
  const asked = { commands, steering, whyMarked, publisher, telemetry, notReady, streams, flowing };
  const sessions = createSessions(opened.database, options.publicUrl);
  const receiving = await openInbox(options, opened, trouble);
  const server = openDoor({ ...options, ...kept, opened, ...asked, sessions, receiving }, changed);
  const close = async (): Promise<void> => {
    disk?.stop();
    flowing.stop();
    await receiving?.inbox.close();
    await opened.close();
    void kept.sender.close();
  };
  await startDelivery(delivery, close);
  statistics.start();
  const asking = { ...kept, delivery: createChecking(kept), nowMs: opened.clock.nowMs };
  const rounds = startRounds(asking, trouble);
  const stop = async (): Promise<void> => {
    stopping = true;
    streams.stop();
    const finished = Promise.all(rounds.map((round) => round.stop()));
    // A publisher that never reads its answer must not keep everybody else from an orderly end, nor a ping.
    await atMost(closeMs, server.close());
    await delivery.stop(graceMs);
    await atMost(closeMs, statistics.stop());
    await atMost(closeMs, finished);
    await close();
  };
  const startLink = (): Promise<SignInLink> => makeStartLink(opened.database, options.publicUrl);
  return { server, telemetry, firstKey: opened.firstKey, inbox: receiving?.inbox ?? null, makeStartLink: startLink, stop };
}

type Asking = Parameters<typeof createHealthChecks>[0] & Parameters<typeof createDailyPing>[0] & Parameters<typeof notifyUntold>[0];

/** What apps and endpoints are asked and told beside notifications. */
function startRounds(asking: Asking, trouble: Trouble): ReturnType<typeof startDailyRound>[] {
  void notifyUntold(asking).catch((error: unknown) => trouble("an app could not be told of its uninstall", error));
  return [createDailyPing(asking), createHealthChecks(asking)].map(startDailyRound);
}

async function openInbox(options: AppOptions, { database, seal }: Opened, trouble: Trouble): Promise<Receiving | null> {
  const { config, ownPorts } = options;
  if (!isLocalMode(config)) return null;
  const file = join(config.dataDir, "inbox.json");
  return startReceiving({ file, ownPorts, database, seal, monotonicMs: () => performance.now(), trouble });
}

function openDoor(parts: HandlerParts & Pick<AppOptions, "hubDir" | "log">, changed: () => Promise<void>): FastifyInstance {
  const { opened, sessions, hubDir, log } = parts;
  const handlers = createHandlers(parts) as Record<string, Handler<never>> as Record<string, Handler<Route>>;
  return createServer({ routes, handlers, findKey: opened.keys.find, sessions, hubDir, changed, isOutage, log });
}

function createStatistics({ database, clock }: Opened, epoch: () => number | null, trouble: Trouble): Statistics {
  const missingPartition = (): Promise<void> => makePartitions(database.control, clock.nowMs(), clock.nowMs());
  return new Statistics({ pool: database.control, nowMs: clock.nowMs, epoch, missingPartition, trouble });
}

function createStreams({ database, clock }: Opened, ring: ChangeRing, whyMarked: WhyMarked, trouble: Trouble): Streams {
  const view = (record: ReplayRecord): ReplayView => replayView(record, clock.nowMs());
  const ports = { read: database.read, nowMs: clock.nowMs, monotonicMs: () => performance.now() };
  return new Streams({ ...ports, ring, whyMarked, replayView: view, trouble });
}

async function startDelivery(delivery: Delivering, close: () => Promise<void>): Promise<void> {
  await delivery.start(ownerWaitMs).catch(async (cause: unknown) => {
    await close();
    throw new StartRefused("Another Bellhop delivers from this database; several processes on one database are not supported yet.", {
      cause,
    });
  });
}

async function atMost(ms: number, work: PromiseLike<unknown>): Promise<void> {
  await Promise.race([work, setTimeout(ms, undefined, { ref: false })]);
}

/** Before anybody can find them on disk. */
function keepItems(items: ItemCache, events: readonly EventRow[]): void {
  for (const event of events) if (event.notified > 0) items.put({ ...event, created_ms: event.createdAtMs }, event.notified);
}

async function whyNotReady(database: Database, { epoch }: Engine, stopping: boolean): Promise<string | null> {
  if (stopping) return "Bellhop is stopping.";
  if (!(await isReachable(database))) return "The database cannot be reached.";
  return epoch === null ? "This process does not deliver yet." : null;
}
