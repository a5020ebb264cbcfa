// The program without its process: everything is made here, by plain calls, and handed to those who use it. `main.ts` and
// whole-system tests start the same thing. The only file that imports everything.
import { setTimeout } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Route } from "@bellhop/contract/route";
import { routes } from "@bellhop/contract/routes";
import { loadCatalogueDocument } from "./catalogue-file.ts";
import { createChecking } from "./checking.ts";
import { isLocalMode } from "./config.ts";
import type { Config } from "./config.ts";
import { checkUrl } from "./deliver/address-url.ts";
import { compilePolicy } from "./deliver/address.ts";
import { rebuild } from "./deliver/request.ts";
import { dnsLookup } from "./deliver/resolver-dns.ts";
import { CachedResolver } from "./deliver/resolver.ts";
import { Sender } from "./deliver/sender.ts";
import { readCatalogue } from "./domain/catalogue.ts";
import { createDelivery } from "./delivery.ts";
import type { DeliveryEngine } from "./delivery.ts";
import type { Handler, Handlers } from "./http/handler.ts";
import { addressHandlers } from "./http/handlers/addresses.ts";
import { appHandlers } from "./http/handlers/apps.ts";
import { eventHandlers } from "./http/handlers/events.ts";
import { explainHandlers } from "./http/handlers/explain.ts";
import { keyHandlers } from "./http/handlers/keys.ts";
import { notificationCommandHandlers } from "./http/handlers/notification-commands.ts";
import { notificationHandlers } from "./http/handlers/notifications.ts";
import { secretHandlers } from "./http/handlers/secrets.ts";
import { subscriptionHandlers } from "./http/handlers/subscriptions.ts";
import { systemHandlers } from "./http/handlers/system.ts";
import { topicHandlers } from "./http/handlers/topics.ts";
import { workspaceHandlers } from "./http/handlers/workspaces.ts";
import { createServer } from "./http/server.ts";
import { watchDisk } from "./intake/disk.ts";
import type { Disk } from "./intake/disk.ts";
import { createKeyFinder } from "./manage/keys-find.ts";
import { ensureFirstKey } from "./manage/keys-first.ts";
import type { FirstKey } from "./manage/keys-first.ts";
import { checkEncryptionKey } from "./manage/secrets-key-check.ts";
import { createCatalogueHolder } from "./manage/topics-holder.ts";
import { notifyUninstalled } from "./manage/uninstall-notification.ts";
import { createPublisher } from "./publishing.ts";
import { createTelemetry } from "./signal/telemetry.ts";
import type { AttemptSignal, Telemetry } from "./signal/telemetry.ts";
import type { AppRecord } from "./store/apps.ts";
import { createDatabaseClock } from "./store/database-clock.ts";
import { isReachable, openDatabase } from "./store/database.ts";
import { Directory } from "./store/directory.ts";
import { migrate, MigrationRefused } from "./store/migrate.ts";
import { createSeal } from "./store/seal.ts";
import { startUpkeep } from "./store/upkeep.ts";
import { version } from "./version.ts";

/** How long requests under way may take once the program is told to stop. */
const graceMs = 10_000;
const closeMs = 3_000;
/** How long another process that delivers from this database may take to be gone. */
const ownerWaitMs = 15_000;
/** Mistakes of the catalogue named in the sentence that refuses a start. */
const mistakesTold = 5;

export type AppOptions = {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly encryptionKey: Buffer;
  /** Where the first key is written. */
  readonly keyFile: string;
  /** Asks how full the database's disk is; null when the database is elsewhere. */
  readonly disk: (() => Promise<Disk>) | null;
  readonly publicUrl: string;
  /** Ports of ours that notifications must never be sent to. */
  readonly ownPorts: readonly number[];
  readonly log: Logger;
  readonly attempted: (signal: AttemptSignal) => void;
};

export type App = {
  readonly server: FastifyInstance;
  readonly telemetry: Telemetry;
  readonly firstKey: FirstKey;
  /** Stops accepting, lets what is under way finish, writes how far it came. */
  stop(): Promise<void>;
};

/** A reason not to start that the operator can do something about. */
export class StartRefused extends Error {}

export async function createApp(options: AppOptions): Promise<App> {
  const { config, log } = options;
  const trouble = (message: string, error: unknown): void => log.warn({ err: error }, message);
  const catalogueDocument = await readCatalogueDocument(config.catalogue);
  await migrate(options.databaseUrl).catch((error: Error) => {
    if (error instanceof MigrationRefused) throw new StartRefused(error.message);
    throw options.disk === null
      ? new StartRefused(`The database of DATABASE_URL cannot be used: ${error.message}`, { cause: error })
      : error;
  });
  const database = openDatabase(options.databaseUrl, (error) => trouble("a database connection broke", error));
  const seal = createSeal(options.encryptionKey);
  const keyCheck = await checkEncryptionKey(database, seal);
  if (!keyCheck.ok) {
    await database.close();
    throw new StartRefused(keyCheck.sentence);
  }
  const clock = createDatabaseClock(database.control, Date.now);
  await clock.measure();
  const upkeep = await startUpkeep(database, { retentionDays: config.retentionDays, nowMs: clock.nowMs, trouble });
  const catalogue = await createCatalogueHolder(database, catalogueDocument);
  const directory = new Directory(database, seal);
  await directory.refresh();
  const keys = createKeyFinder(database);
  const firstKey = await ensureFirstKey(database, { adminKey: config.adminKey ?? undefined, file: options.keyFile });
  const disk = options.disk && (await watchDisk(options.disk));

  const refresh = async (): Promise<void> => {
    keys.forget();
    const apps = await directory.refresh();
    await catalogue.refresh(directory.version);
    if (apps.length > 0) void engine.commands.sweep(apps);
  };
  const versionSeen = (seen: number): void => {
    if (seen > directory.version) void refresh().catch((error: unknown) => trouble("control data could not be refreshed", error));
  };
  const rules = compilePolicy(addressPolicy(config, options.ownPorts));
  const userAgent = config.userAgent ?? userAgentFor(config.publicUrl);
  const sender = new Sender({
    rules,
    resolver: new CachedResolver(dnsLookup(), () => performance.now()),
    clock: { wallMs: Date.now, monotonicMs: () => performance.now() },
    report: (cause) => trouble("an attempt failed inside Bellhop", cause),
  });
  const telemetry: Telemetry = createTelemetry(options.attempted, () => delivery.waiting());
  const delivery: DeliveryEngine = createDelivery({
    database,
    directory,
    catalogue: catalogue.current,
    sender,
    clock,
    userAgent,
    holdDays: config.holdDays,
    telemetry: () => telemetry,
    versionSeen,
    changed: () => refresh(),
    trouble,
  });
  const { engine, items } = delivery;
  const publisher = createPublisher({
    database,
    directory,
    catalogue: catalogue.current,
    clock,
    refusal: () => disk?.refusal() ?? null,
    stored: (events, notifications) => {
      telemetry.accepted(events.length, notifications);
      for (const { id, item, topic, createdAtMs, traceparent } of events.filter(({ notified }) => notified > 0))
        items.put({ id, item, topic, created_ms: createdAtMs, traceparent });
      engine.kick();
    },
  });

  let stopping = false;
  const notReady = async (): Promise<string | null> => {
    if (stopping) return "Bellhop is stopping.";
    if (!(await isReachable(database))) return "The database cannot be reached.";
    return engine.epoch === null ? "This process does not deliver yet." : null;
  };
  const managed = {
    database,
    seal,
    catalogue: catalogue.current,
    nowMs: clock.nowMs,
    delivery: createChecking({ sender, rules, userAgent }),
  };
  const shown = { database, catalogue: catalogue.current, rebuild };
  const isAllowed = (url: string): ReturnType<typeof checkUrl> => checkUrl(url, rules);
  const uninstalled = (uninstalledApp: AppRecord, workspace: string): void => {
    void notifyUninstalled(managed, uninstalledApp, workspace).catch((error: unknown) =>
      trouble("an app could not be told of its uninstall", error),
    );
  };
  const handlers: Handlers<typeof routes> = {
    ...keyHandlers({ database }),
    ...workspaceHandlers({ database, regions: [...config.regions.keys()] }),
    ...appHandlers({ database, seal, catalogue: catalogue.current, checkUrl: isAllowed, uninstalled }),
    ...secretHandlers({ database, seal }),
    ...subscriptionHandlers({ ...managed, publicUrl: options.publicUrl }),
    ...topicHandlers({ database, catalogue }),
    ...addressHandlers({ regions: config.regions, startedAt: new Date() }),
    ...eventHandlers({
      publisher,
      itemBytesMax: config.itemBytesMax,
      workspaceRef: async (name) => (directory.workspace(name) ?? (await directory.loadWorkspace(name)))?.ref ?? null,
      published: telemetry.published,
      monotonicMs: () => performance.now(),
    }),
    ...notificationHandlers(shown),
    ...notificationCommandHandlers({ commands: engine.commands, database }),
    ...explainHandlers(shown),
    ...systemHandlers({ registry: telemetry.registry, notReady }),
  };
  const server = createServer({
    routes,
    handlers: handlers as Record<string, Handler<never>> as Record<string, Handler<Route>>,
    findKey: keys.find,
    changed: refresh,
    log,
  });
  try {
    await engine.start(ownerWaitMs);
  } catch (error) {
    await database.close();
    throw new StartRefused("Another Bellhop delivers from this database; several processes on one database are not supported yet.", {
      cause: error,
    });
  }

  return {
    server,
    telemetry,
    firstKey,
    async stop() {
      stopping = true;
      // A publisher that never reads its answer must not keep everybody else from an orderly end.
      await Promise.race([server.close(), setTimeout(closeMs, undefined, { ref: false })]);
      await engine.stop(graceMs);
      upkeep.stop();
      disk?.stop();
      await database.close();
      void sender.close();
    },
  };
}

async function readCatalogueDocument(setting: string): Promise<unknown> {
  const read = await loadCatalogueDocument(setting);
  if (!read.ok) throw new StartRefused(`BELLHOP_CATALOGUE: ${read.problem}`);
  const found = readCatalogue(read.document);
  if (found.ok) return read.document;
  const first = found.mistakes.slice(0, mistakesTold).map(({ pointer, message }) => `${pointer} ${message}`);
  const more = found.mistakes.length > mistakesTold ? `, and ${found.mistakes.length - mistakesTold} more` : "";
  throw new StartRefused(`The catalogue file ${setting} (BELLHOP_CATALOGUE) has mistakes: ${first.join("; ")}${more}.`);
}

function addressPolicy(config: Config, ownPorts: readonly number[]): Parameters<typeof compilePolicy>[0] {
  return {
    allowHttp: config.allowHttp,
    allowNetworks: config.allowNetworks ?? [],
    allowHosts: config.allowHosts,
    local: isLocalMode(config),
    ownPorts,
    ownHosts: config.publicUrl === null ? [] : [new URL(config.publicUrl).hostname],
    ownAddresses: [],
    nat64: "deny",
  };
}

function userAgentFor(publicUrl: string | null): string {
  return publicUrl === null ? `Bellhop/${version}` : `Bellhop/${version} (+${publicUrl})`;
}
