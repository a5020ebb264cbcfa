// The log and the events behind it, as questions to the show stage.
import type { notificationRoutes } from "@bellhop/contract/notifications";
import { showAttempts } from "../../show/attempts.ts";
import type { AttemptDeps } from "../../show/attempts.ts";
import { showEvent } from "../../show/event.ts";
import { listNotifications } from "../../show/list.ts";
import { createNames } from "../../show/names.ts";
import { showNotification } from "../../show/notification.ts";
import type { Database } from "../../store/database.ts";
import type { Handlers } from "../handler.ts";

export type NotificationDeps = { readonly database: Pick<Database, "read"> } & Omit<AttemptDeps, "names">;

export function notificationHandlers({ database, catalogue, rebuild }: NotificationDeps): Handlers<typeof notificationRoutes> {
  const names = createNames();
  const attemptDeps = { names, catalogue, rebuild };
  return {
    listNotifications: ({ query, caller }) => listNotifications(database.read, names, query, caller),
    getNotification: ({ params, caller }) => showNotification(database.read, names, params.id, caller),
    listAttempts: async ({ params, caller }) => ({ data: await showAttempts(database.read, attemptDeps, params.id, caller) }),
    getEvent: ({ params, caller }) => showEvent(database.read, names, params.id, caller),
  };
}
