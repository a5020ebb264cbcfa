import type { statisticsRoutes } from "@bellhop/contract/statistics";
import { createNames } from "../../show/names.ts";
import { showAppsStatistics } from "../../show/statistics-apps.ts";
import { showStatistics } from "../../show/statistics.ts";
import type { StatisticsDeps as ShowDeps } from "../../show/statistics.ts";
import type { Database } from "../../store/database.ts";
import type { Handlers } from "../handler.ts";

export type StatisticsDeps = { readonly database: Pick<Database, "read"> } & Omit<ShowDeps, "names">;

export function statisticsHandlers({ database, ...shown }: StatisticsDeps): Handlers<typeof statisticsRoutes> {
  const deps = { ...shown, names: createNames() };
  return {
    getStatistics: ({ query, caller }) => showStatistics(database.read, deps, query, caller),
    getAppsStatistics: ({ query, caller }) => showAppsStatistics(database.read, deps, query, caller),
  };
}
