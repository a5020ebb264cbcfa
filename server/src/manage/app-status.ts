// An app says by itself how it is in a workspace. The installation's access token says in which; it is looked up by its hash in
// the very statement that keeps the report.
import type { Static } from "typebox";
import type { HealthReportSchema } from "@bellhop/contract/health";
import { readHealth } from "../domain/app-health.ts";
import type { AppHealth } from "../domain/app-health.ts";
import { Problem } from "../domain/problem.ts";
import type { Database } from "../store/database.ts";
import { keepReported } from "../store/health-checks.ts";
import { hashToken } from "./keys-token.ts";

/** Anybody may send a report with an invented token: they must not take the database from those who manage. */
const reportsAtOnceMax = 16;
const retryAfterS = 1;

export type Reported = { readonly health: AppHealth; readonly at: Date };
export type ReportHealth = (token: string | null, wanted: Static<typeof HealthReportSchema>) => Promise<Reported>;

export function createStatusReports(database: Database): ReportHealth {
  let underWay = 0;
  return async (token, wanted) => {
    if (token === null) throw new Problem("unauthorized", "Send the installation's access token as `Authorization: Bearer <token>`.");
    const read = readHealth(wanted);
    if (!read.ok) throw new Problem("invalid_request", undefined, read.mistakes);
    if (underWay >= reportsAtOnceMax) throw new Problem("unavailable", "Too many reports are being kept at once.", [], retryAfterS);
    underWay++;
    try {
      const kept = await keepReported(database.control, hashToken(token), read.health);
      if (!kept) throw new Problem("unauthorized", "No installation has this access token; the app may have been uninstalled.");
      return { health: read.health, at: kept.health_at };
    } finally {
      underWay--;
    }
  };
}
