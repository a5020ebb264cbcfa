import type { brakeRoutes } from "@bellhop/contract/brakes";
import { brakePage, makeBrake, removeBrake } from "../../manage/brakes.ts";
import type { Database } from "../../store/database.ts";
import type { Handlers } from "../handler.ts";

export type BrakeDeps = { readonly database: Database; readonly nowMs: () => number };

export function brakeHandlers({ database, nowMs }: BrakeDeps): Handlers<typeof brakeRoutes> {
  return {
    createBrake: ({ body, actor, caller }) => makeBrake(database, { actor, asking: caller }, nowMs(), body),
    listBrakes: ({ query, caller }) => brakePage(database, caller, query),
    liftBrake: ({ params, actor, caller }) => removeBrake(database, { actor, asking: caller }, params.id),
  };
}
