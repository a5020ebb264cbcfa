// The program without its process: everything is made here, by plain calls, and handed to those who use it. `main.ts` and
// whole-system tests start the same thing.
import { setTimeout } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Route } from "@bellhop/contract/route";
import { routes } from "@bellhop/contract/routes";
import { isLocalMode } from "./config.ts";
import type { Config } from "./config.ts";
import { createChecking } from "./checking.ts";
import { compilePolicy } from "./deliver/address.ts";
import type { AddressRules } from "./deliver/address.ts";
import { CachedResolver } from "./deliver/resolver.ts";
import type { Lookup } from "./deliver/resolver.ts";
import { Sender } from "./deliver/sender.ts";
import { createDelivery } from "./delivery.ts";
import type { DeliveryEngine } from "./delivery.ts";
import { createHandlers } from "./handlers.ts";
import type { Handler } from "./http/handler.ts";
import { createServer } from "./http/server.ts";
import { watchDisk } from "./intake/disk.ts";
import type { Disk } from "./intake/disk.ts";
import { startDailyPing } from "./manage/daily-ping.ts";
import type { FirstKey } from "./manage/keys-first.ts";
import { open } from "./opening.ts";
import { createPublisher } from "./publishing.ts";
import type { Engine } from "./schedule/engine.ts";
import { createTelemetry } from "./signal/telemetry.ts";
import type { AttemptSignal, Telemetry } from "./signal/telemetry.ts";
import { StartRefused } from "./start-refused.ts";
import { isReachable } from "./store/database.ts";
import type { Database } from "./store/database.ts";
import type { EventRow } from "./store/publish.ts";
import { version } from "./version.ts";

/** How long requests under way may take once the program is told to stop. */
const graceMs = 10_000;
const closeMs = 3_000;
/** How long another process that delivers from this database may take to be gone. */
const ownerWaitMs = 15_000;

export type AppOptions = {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly encryptionKey: Buffer;
  /** Where the first key is written. */
  readonly keyFile: string;
  /** Asks how full the database's disk is; null when the database is elsewhere. */
  readonly disk: (() => Promise<Disk>) | null;
  readonly publicUrl: string;
  /** This machine's clock. */
  readonly wallMs: () => number;
  /** Asks for a host's addresses. */
  readonly lookup: (host: string) => Promise<Lookup>;
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

export async function createApp(options: AppOptions): Promise<App> {
  const { config, log } = options;
  const trouble = (message: string, error: unknown): void => log.warn({ err: error }, message);
  const opened = await open({ ...options, foreign: options.disk === null, trouble });
  const { database, directory, keys } = opened;
  const disk = options.disk && (await watchDisk(options.disk));

  const changed = async (): Promise<void> => {
    keys.forget();
    const apps = await directory.refresh();
    await opened.catalogue.refresh(directory.version);
    void engine.controlChanged(apps);
  };
  const versionSeen = (seen: number): void => {
    if (seen > directory.version) void changed().catch((error: unknown) => trouble("control data could not be refreshed", error));
  };
  const rules = compilePolicy(addressPolicy(config, options.ownPorts));
  const userAgent = config.userAgent ?? userAgentFor(config.publicUrl);
  const sender = createSender(rules, options, trouble);
  const telemetry: Telemetry = createTelemetry(options.attempted, () => delivery.waiting());
  const sending = { sender, userAgent, rules, trouble };
  const kept = { ...opened, catalogue: opened.catalogue.current };
  const telling = { telemetry: () => telemetry, versionSeen, changed };
  const delivery: DeliveryEngine = createDelivery({
    ...kept,
    ...sending,
    ...telling,
    holdDays: config.holdDays,
    retentionDays: config.retentionDays,
  });
  const { engine } = delivery;
  const publisher = createPublisher({
    ...kept,
    regions: config.regions,
    refusal: () => disk?.refusal() ?? null,
    stored: (events, notifications) => afterStored(delivery, telemetry, events, notifications),
  });

  let stopping = false;
  const notReady = (): Promise<string | null> => whyNotReady(database, engine, stopping);
  const { commands, steering } = engine;
  const handlers = createHandlers({
    ...options,
    ...sending,
    opened,
    commands,
    steering,
    whyMarked: delivery.whyMarked,
    publisher,
    telemetry,
    notReady,
  });
  const server = createServer({
    routes,
    handlers: handlers as Record<string, Handler<never>> as Record<string, Handler<Route>>,
    findKey: keys.find,
    changed,
    log,
  });
  const close = async (): Promise<void> => {
    disk?.stop();
    await opened.close();
    void sender.close();
  };
  await engine.start(ownerWaitMs).catch(async (cause: unknown) => {
    await close();
    throw new StartRefused("Another Bellhop delivers from this database; several processes on one database are not supported yet.", {
      cause,
    });
  });
  const { seal, clock } = opened;
  const pings = startDailyPing({
    database,
    seal,
    delivery: createChecking(sending),
    catalogue: kept.catalogue,
    nowMs: clock.nowMs,
    trouble,
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    const pinged = pings.stop();
    // A publisher that never reads its answer must not keep everybody else from an orderly end.
    await Promise.race([server.close(), setTimeout(closeMs, undefined, { ref: false })]);
    await delivery.stop(graceMs);
    await Promise.race([pinged, setTimeout(closeMs, undefined, { ref: false })]);
    await close();
  };
  return { server, telemetry, firstKey: opened.firstKey, stop };
}

/** Events are on disk: their items are at hand, and there is something to send. */
function afterStored({ engine, items }: DeliveryEngine, telemetry: Telemetry, events: readonly EventRow[], notifications: number): void {
  telemetry.accepted(events.length, notifications);
  for (const event of events) if (event.notified > 0) items.put({ ...event, created_ms: event.createdAtMs });
  engine.kick();
}

async function whyNotReady(database: Database, { epoch }: Engine, stopping: boolean): Promise<string | null> {
  if (stopping) return "Bellhop is stopping.";
  if (!(await isReachable(database))) return "The database cannot be reached.";
  return epoch === null ? "This process does not deliver yet." : null;
}

function createSender(
  rules: AddressRules,
  { wallMs, lookup }: Pick<AppOptions, "wallMs" | "lookup">,
  trouble: (message: string, error: unknown) => void,
): Sender {
  const monotonicMs = (): number => performance.now();
  return new Sender({
    rules,
    resolver: new CachedResolver(lookup, monotonicMs),
    clock: { wallMs, monotonicMs },
    report: (cause) => trouble("an attempt failed inside Bellhop", cause),
  });
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
