// What goes wrong, over HTTP.
import type { failureRoutes } from "@bellhop/contract/failures";
import { listFailures } from "../../show/failures.ts";
import type { Database } from "../../store/database.ts";
import type { Handlers } from "../handler.ts";

export type FailureDeps = { readonly database: Pick<Database, "read">; readonly nowMs: () => number };

export function failureHandlers({ database, nowMs }: FailureDeps): Handlers<typeof failureRoutes> {
  return { listFailures: ({ query, caller }) => listFailures(database.read, query, caller, nowMs()) };
}
