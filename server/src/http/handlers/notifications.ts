// The log and the events behind it, as questions to the show stage.
import type { notificationRoutes } from "@bellhop/contract/notifications";
import { showAttempts } from "../../show/attempts.ts";
import type { RequestDeps } from "../../show/attempts-request.ts";
import { createExports } from "../../show/export.ts";
import { showEvent } from "../../show/event.ts";
import { listNotifications } from "../../show/list.ts";
import type { WhyMarked } from "../../show/marked.ts";
import { createNames } from "../../show/names.ts";
import { showNotification } from "../../show/notification.ts";
import type { Database } from "../../store/database.ts";
import { WithHeaders } from "../handler.ts";
import type { Handlers } from "../handler.ts";

export type NotificationDeps = { readonly database: Pick<Database, "read"> } & Omit<RequestDeps, "names"> & {
    readonly whyMarked: WhyMarked;
    readonly nowMs: () => number;
    /** Of an export. */
    readonly rowsMax?: number;
  };

export function notificationHandlers({
  database,
  catalogue,
  rebuild,
  whyMarked,
  nowMs,
  rowsMax,
}: NotificationDeps): Handlers<typeof notificationRoutes> {
  const names = createNames();
  const requestDeps = { names, catalogue, rebuild, whyMarked, nowMs };
  const exports = createExports(database.read, requestDeps, rowsMax);
  return {
    listNotifications: ({ query, caller }) => listNotifications(database.read, requestDeps, query, caller),
    exportNotifications: async ({ query, caller }) => {
      const { name, mediaType, content } = await exports(query, caller);
      const headers = { "content-type": mediaType, "content-disposition": `attachment; filename="${name}"` };
      // To the schema the file is one text; to Fastify it is a stream of it.
      return new WithHeaders(content as unknown as string, headers);
    },
    getNotification: ({ params, caller }) => showNotification(database.read, requestDeps, params.id, caller),
    listAttempts: async ({ params, caller }) => ({ data: await showAttempts(database.read, requestDeps, params.id, caller) }),
    getEvent: ({ params, caller }) => showEvent(database.read, requestDeps, params.id, caller),
  };
}
