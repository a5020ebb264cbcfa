// The health of apps: whose daily check has its turn, and what an app says about itself in a workspace. No control version
// is raised: nothing that delivers depends on it.
import type { AppHealth } from "../domain/app-health.ts";
import { one, rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type CheckDueRow = { app: number; workspace: number };

export type CheckTurn = {
  /** Of the day, from 0. */
  readonly minutes: readonly number[];
  /** Nobody who was checked after this moment. */
  readonly quietSinceMs: number;
  readonly after: CheckDueRow | null;
  readonly limit: number;
};

/** The installations of these minutes whose app has a health URL, by app and workspace. */
export function installationsToCheck(on: Connection, { minutes, quietSinceMs, after, limit }: CheckTurn): Promise<CheckDueRow[]> {
  return rows<CheckDueRow>(
    on,
    sql`select i.app, i.workspace from installation i join app a on a.ref = i.app
        where i.health_minute = any(${minutes}::int2[]) and i.deleted_at is null and a.health_url is not null
          and (i.health_checked_at is null or i.health_checked_at <= to_timestamp(${quietSinceMs}::float8 / 1000))
          and (i.app, i.workspace) > (${after?.app ?? 0}::int4, ${after?.workspace ?? 0}::int4)
        order by i.app, i.workspace limit ${limit}`,
  );
}

export type CheckTarget = { id: string; workspace_id: string; health_url: string };

/** Whom to ask about an installation; none where it was uninstalled, or its app has no health URL any more. */
export function checkTarget(on: Connection, { app, workspace }: CheckDueRow): Promise<CheckTarget | undefined> {
  return one<CheckTarget>(
    on,
    sql`select a.id, w.id as workspace_id, a.health_url
        from installation i join app a on a.ref = i.app join workspace w on w.ref = i.workspace
        where i.app = ${app} and i.workspace = ${workspace} and i.deleted_at is null and a.health_url is not null`,
  );
}

export async function keepChecked(on: Connection, { app, workspace }: CheckDueRow, atMs: number, health: AppHealth): Promise<void> {
  await run(
    on,
    sql`update installation set health = ${JSON.stringify(health)}::jsonb, health_by = 'check',
          health_at = to_timestamp(${atMs}::float8 / 1000), health_checked_at = to_timestamp(${atMs}::float8 / 1000)
        where app = ${app} and workspace = ${workspace} and deleted_at is null`,
  );
}

/** Of the installation whose access token has this hash; gives when it was kept, nothing where there is no such one. */
export function keepReported(on: Connection, tokenHash: Buffer, health: AppHealth): Promise<{ health_at: Date } | undefined> {
  return one<{ health_at: Date }>(
    on,
    sql`update installation set health = ${JSON.stringify(health)}::jsonb, health_by = 'report', health_at = now()
        where token_hash = ${tokenHash} and deleted_at is null returning health_at`,
  );
}
