// All routes there are, by operation id.
import { addressRoutes } from "./addresses.ts";
import { appRoutes } from "./apps.ts";
import { auditRoutes } from "./audit.ts";
import { brakeRoutes } from "./brakes.ts";
import { eventRoutes } from "./events.ts";
import { explainRoutes } from "./explain.ts";
import { flowRoutes } from "./flow.ts";
import { failureRoutes } from "./failures.ts";
import { healthRoutes } from "./health.ts";
import { inboxRoutes } from "./inbox.ts";
import { keyRoutes } from "./keys.ts";
import { notificationCommandRoutes, notificationRoutes } from "./notifications.ts";
import { replayRoutes } from "./replays.ts";
import { secretRoutes } from "./secrets.ts";
import { sessionRoutes } from "./sessions.ts";
import { streamRoutes } from "./stream.ts";
import { statisticsRoutes } from "./statistics.ts";
import { subscriptionRoutes } from "./subscriptions.ts";
import { systemRoutes } from "./system.ts";
import { topicRoutes } from "./topics.ts";
import { workspaceRoutes } from "./workspaces.ts";

export const routes = {
  ...workspaceRoutes,
  ...appRoutes,
  ...healthRoutes,
  ...secretRoutes,
  ...subscriptionRoutes,
  ...brakeRoutes,
  ...topicRoutes,
  ...eventRoutes,
  ...notificationRoutes,
  ...notificationCommandRoutes,
  ...streamRoutes,
  ...failureRoutes,
  ...replayRoutes,
  ...explainRoutes,
  ...statisticsRoutes,
  ...flowRoutes,
  ...inboxRoutes,
  ...keyRoutes,
  ...sessionRoutes,
  ...auditRoutes,
  ...addressRoutes,
  ...systemRoutes,
} as const;
