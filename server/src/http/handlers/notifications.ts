// The log and the events behind it, as questions to the show stage.
import type { notificationRoutes } from "@bellhop/contract/notifications";
import { showAttempts } from "../../show/attempts.ts";
import type { RequestDeps } from "../../show/attempts-request.ts";
import { showEvent } from "../../show/event.ts";
import { listNotifications } from "../../show/list.ts";
import type { WhyMarked } from "../../show/marked.ts";
import { createNames } from "../../show/names.ts";
import { showNotification } from "../../show/notification.ts";
import type { Database } from "../../store/database.ts";
import type { Handlers } from "../handler.ts";

export type NotificationDeps = { readonly database: Pick<Database, "read"> } & Omit<RequestDeps, "names"> & {
    readonly whyMarked: WhyMarked;
    readonly nowMs: () => number;
  };

export function notificationHandlers({
  database,
  catalogue,
  rebuild,
  whyMarked,
  nowMs,
}: NotificationDeps): Handlers<typeof notificationRoutes> {
  const names = createNames();
  const requestDeps = { names, catalogue, rebuild, whyMarked, nowMs };
  return {
    listNotifications: ({ query, caller }) => listNotifications(database.read, requestDeps, query, caller),
    getNotification: ({ params, caller }) => showNotification(database.read, requestDeps, params.id, caller),
    listAttempts: async ({ params, caller }) => ({ data: await showAttempts(database.read, requestDeps, params.id, caller) }),
    getEvent: ({ params, caller }) => showEvent(database.read, requestDeps, params.id, caller),
  };
}
