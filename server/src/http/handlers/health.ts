import type { Static } from "typebox";
import type { HealthSchema, healthRoutes } from "@bellhop/contract/health";
import type { AppHealth } from "../../domain/app-health.ts";
import { createStatusReports } from "../../manage/app-status.ts";
import type { Database } from "../../store/database.ts";
import { bearerToken } from "../authorize.ts";
import type { Handlers } from "../handler.ts";

export function healthHandlers({ database }: { readonly database: Database }): Handlers<typeof healthRoutes> {
  const report = createStatusReports(database);
  return {
    reportHealth: async ({ body, header }) => {
      const { health, at } = await report(bearerToken(header("authorization")), body);
      return presentHealth(health, "report", at);
    },
  };
}

export function presentHealth(health: AppHealth, by: "check" | "report", at: Date): Static<typeof HealthSchema> {
  const { state, message, cta_type, cta_label, cta_url, unreadable } = health;
  return { state, message, cta_type, cta_label, cta_url, by, at: at.toISOString(), unreadable };
}
