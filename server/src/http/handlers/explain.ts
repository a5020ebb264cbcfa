// "Why was I not notified?"
import type { explainRoutes } from "@bellhop/contract/explain";
import type { Catalogue } from "../../domain/catalogue.ts";
import { explainMatching } from "../../show/explain.ts";
import type { Database } from "../../store/database.ts";
import type { Handlers } from "../handler.ts";

export type ExplainDeps = { readonly database: Pick<Database, "read">; readonly catalogue: () => Catalogue };

export function explainHandlers({ database, catalogue }: ExplainDeps): Handlers<typeof explainRoutes> {
  return { explain: ({ query, caller }) => explainMatching(database.read, catalogue(), query, caller) };
}
