// Once a day the app of each installation is asked how it is in that workspace, at a minute of its own: one signed request to
// the app's health URL. What it says is kept and shown; nothing follows from it.
import { hostOf } from "../domain/brake-host.ts";
import { healthOfAnswer } from "../domain/app-health.ts";
import { activeBrakes } from "../store/brakes.ts";
import { checkTarget, installationsToCheck, keepChecked } from "../store/health-checks.ts";
import type { CheckDueRow, CheckTarget } from "../store/health-checks.ts";
import { sendBodySigned } from "./body-signed.ts";
import type { BodySignedDeps } from "./body-signed.ts";
import { createDailyRound } from "./daily-round.ts";
import type { DailyRound } from "./daily-round.ts";

/** Checks under way at once. */
export const checksAtOnceMax = 32;
/** Connections to one app's endpoint. */
const connectionsMax = 4;

export type HealthCheckDeps = BodySignedDeps & { readonly trouble: (message: string, error: unknown) => void };

export function createHealthChecks(deps: HealthCheckDeps): DailyRound {
  return createDailyRound<CheckDueRow>({
    name: "health checks of apps",
    atOnceMax: checksAtOnceMax,
    nowMs: deps.nowMs,
    due: (turn) => installationsToCheck(deps.database.control, turn),
    work: (due) => checkOne(deps, due),
    trouble: deps.trouble,
  });
}

async function checkOne(deps: HealthCheckDeps, due: CheckDueRow): Promise<void> {
  const on = deps.database.control;
  const target = await checkTarget(on, due);
  if (!target || (await isBraked(deps, due.app, target))) return;
  const { id, health_url: url, workspace_id } = target;
  const request = { pool: `health:${id}`, connections: connectionsMax, url, content: { workspace_id } };
  const outcome = await sendBodySigned(deps, { ref: due.app, id }, request);
  await keepChecked(on, due, deps.nowMs(), healthOfAnswer(outcome));
}

/** A brake on a workspace holds its events; a check is none. */
async function isBraked({ database }: HealthCheckDeps, app: number, { health_url: url }: CheckTarget): Promise<boolean> {
  const host = hostOf(url);
  return (await activeBrakes(database.control)).some((brake) => brake.app === app || brake.host === host);
}
