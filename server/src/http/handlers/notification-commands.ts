// What a person may tell the engine to do with one notification.
import type { notificationCommandRoutes } from "@bellhop/contract/notifications";
import { ended } from "@bellhop/contract/reasons";
import { parseId } from "../../domain/id.ts";
import { Problem } from "../../domain/problem.ts";
import type { CommandResult, Commands } from "../../schedule/commands.ts";
import type { Database } from "../../store/database.ts";
import { findNewest } from "../../store/scan.ts";
import type { Caller, Handlers } from "../handler.ts";

export type NotificationCommandDeps = { readonly commands: Pick<Commands, "cancel" | "replay">; readonly database: Database };

export function notificationCommandHandlers({ commands, database }: NotificationCommandDeps): Handlers<typeof notificationCommandRoutes> {
  return {
    replayNotification: async ({ params, caller }) => answer(params.id, await commands.replay(await own(database, params.id, caller))),
    cancelNotification: async ({ params, caller }) => answer(params.id, await commands.cancel(await own(database, params.id, caller))),
  };
}

const notFound = (): Problem => new Problem("not_found", "There is no such notification, or it is no longer kept.");

/** The bare id, for whoever may touch the notification. */
async function own(database: Database, publicId: string, caller: Caller): Promise<string> {
  const id = parseId("notif_", publicId);
  if (id === null) throw notFound();
  if (caller.workspace !== null && (await findNewest(database.read, id))?.workspace !== caller.workspace) throw notFound();
  return id;
}

function answer(id: string, result: CommandResult): { id: string; status: "waiting" | "canceled" | "retrying" } {
  if (result.ok) return { id, status: result.status };
  if (result.why === "not_found") throw notFound();
  if (result.why === "over") throw new Problem("conflict", "The notification has been delivered or has ended already.");
  if (result.why === "refused") {
    const { sentence, fix } = ended[result.reason];
    throw new Problem("conflict", `It would not be sent (${result.reason}): ${sentence} ${fix}`);
  }
  if (result.why === "busy") throw new Problem("conflict", "A request for this notification is under way; try again when it is over.");
  throw new Problem("unavailable", "Bellhop is not delivering at the moment.", [], 1);
}
