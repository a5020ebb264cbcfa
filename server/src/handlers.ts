// Gives each handler what it needs. A route without a handler is a type error here.
import type { routes } from "@bellhop/contract/routes";
import { createChecking } from "./checking.ts";
import { isLocalMode } from "./config.ts";
import type { Config } from "./config.ts";
import { checkUrl } from "./deliver/address-url.ts";
import type { AddressRules } from "./deliver/address.ts";
import { rebuild } from "./deliver/request.ts";
import type { Sender } from "./deliver/sender.ts";
import type { Flowing } from "./flowing.ts";
import type { Handlers } from "./http/handler.ts";
import { addressHandlers } from "./http/handlers/addresses.ts";
import { appHandlers } from "./http/handlers/apps.ts";
import { auditHandlers } from "./http/handlers/audit.ts";
import { brakeHandlers } from "./http/handlers/brakes.ts";
import { eventHandlers } from "./http/handlers/events.ts";
import { explainHandlers } from "./http/handlers/explain.ts";
import { flowHandlers } from "./http/handlers/flow.ts";
import { failureHandlers } from "./http/handlers/failures.ts";
import { healthHandlers } from "./http/handlers/health.ts";
import { inboxHandlers } from "./http/handlers/inbox.ts";
import type { InboxDeps } from "./http/handlers/inbox.ts";
import { keyHandlers } from "./http/handlers/keys.ts";
import { notificationCommandHandlers } from "./http/handlers/notification-commands.ts";
import { notificationHandlers } from "./http/handlers/notifications.ts";
import { replayHandlers } from "./http/handlers/replays.ts";
import { secretHandlers } from "./http/handlers/secrets.ts";
import { sessionHandlers } from "./http/handlers/sessions.ts";
import type { SessionDeps } from "./http/handlers/sessions.ts";
import type { Sessions } from "./http/sessions.ts";
import { streamHandlers } from "./http/handlers/stream.ts";
import { statisticsHandlers } from "./http/handlers/statistics.ts";
import { subscriptionHandlers } from "./http/handlers/subscriptions.ts";
import { systemHandlers } from "./http/handlers/system.ts";
import { topicHandlers } from "./http/handlers/topics.ts";
import { workspaceHandlers } from "./http/handlers/workspaces.ts";
import type { Publisher } from "./intake/publisher.ts";
import type { Steering } from "./manage/subscriptions-state.ts";
import { notifyUninstalled } from "./manage/uninstall-notification.ts";
import type { Opened } from "./opening.ts";
import type { Commands } from "./schedule/commands.ts";
import type { WhyMarked } from "./show/marked.ts";
import type { Streams } from "./show/stream.ts";
import type { Telemetry } from "./signal/telemetry.ts";
import type { AppRecord } from "./store/apps.ts";
import { version } from "./version.ts";

export type HandlerParts = {
  readonly config: Config;
  readonly publicUrl: string;
  readonly opened: Opened;
  readonly commands: Pick<Commands, "cancel" | "replay">;
  readonly whyMarked: WhyMarked;
  readonly steering: Steering;
  readonly publisher: Publisher;
  readonly flowing: Flowing;
  readonly telemetry: Telemetry;
  readonly sender: Sender;
  readonly rules: AddressRules;
  readonly userAgent: string;
  readonly notReady: () => Promise<string | null>;
  readonly receiving: InboxDeps["receiving"];
  readonly streams: Streams;
  readonly sessions: Sessions;
  readonly trouble: (message: string, error: unknown) => void;
};

export function createHandlers(parts: HandlerParts): Handlers<typeof routes> {
  const { config, publisher, telemetry, rules, trouble } = parts;
  const { database, seal, clock, catalogue: holder, directory } = parts.opened;
  const catalogue = holder.current;
  const managed = { database, seal, catalogue, nowMs: clock.nowMs, delivery: createChecking(parts) };
  const shown = { database, catalogue, rebuild, whyMarked: parts.whyMarked, nowMs: clock.nowMs };
  const uninstalled = (app: AppRecord, workspace: string): void => {
    void notifyUninstalled(managed, app, workspace).catch((error: unknown) => trouble("an app could not be told of its uninstall", error));
  };
  return {
    ...keyHandlers({ database }),
    ...sessionHandlers({ database, instance: () => instanceView(parts), sessions: parts.sessions }),
    ...auditHandlers({ database }),
    ...workspaceHandlers({ database, regions: [...config.regions.keys()] }),
    ...appHandlers({ database, seal, catalogue, checkUrl: (url) => checkUrl(url, rules), uninstalled }),
    ...healthHandlers({ database }),
    ...secretHandlers({ database, seal }),
    ...subscriptionHandlers({ ...managed, steering: parts.steering, holdDays: config.holdDays, publicUrl: parts.publicUrl }),
    ...brakeHandlers({ database, nowMs: clock.nowMs }),
    ...topicHandlers({ database, catalogue: holder }),
    ...addressHandlers({ regions: config.regions, startedAt: new Date() }),
    ...eventHandlers({
      publisher,
      itemBytesMax: config.itemBytesMax,
      workspaceRef: async (name) => (directory.workspace(name) ?? (await directory.loadWorkspace(name)))?.ref ?? null,
      published: telemetry.published,
      monotonicMs: () => performance.now(),
    }),
    ...notificationHandlers(shown),
    ...failureHandlers(shown),
    ...streamHandlers({ streams: parts.streams }),
    ...notificationCommandHandlers({ commands: parts.commands, database }),
    ...replayHandlers({ database, directory, catalogue, nowMs: clock.nowMs, retentionDays: config.retentionDays }),
    ...explainHandlers(shown),
    ...statisticsHandlers({ database, ...parts.flowing.numbers }),
    ...flowHandlers({ flow: parts.flowing.flow }),
    ...inboxHandlers({ receiving: parts.receiving }),
    ...systemHandlers({ registry: telemetry.registry, notReady: parts.notReady }),
  };
}

/** What the hub's pages say about this Bellhop. */
function instanceView({ config, publicUrl, opened, receiving }: HandlerParts): ReturnType<SessionDeps["instance"]> {
  const local = isLocalMode(config);
  return {
    version,
    local_mode: local,
    public_url: publicUrl,
    regions: [...config.regions].map(([name, { egress }]) => ({ name, egress: [...egress] })),
    retention_days: config.retentionDays,
    hold_days: config.holdDays,
    catalogue_versions: opened.catalogue.current().versions.toReversed(),
    inbox: receiving !== null,
  };
}
