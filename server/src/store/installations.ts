// Rows of installations: an app in a workspace and what it holds there. An uninstalled one stays and can be revived.
import type { AppHealth } from "../domain/app-health.ts";
import type { Change } from "./change.ts";
import { one, rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type InstallationRecord = {
  workspace: number;
  workspace_id: string;
  permissions: string[];
  created_at: Date;
  created_us: number;
  /** What the app last said about itself there: whence and when. */
  health: AppHealth | null;
  health_by: "check" | "report" | null;
  health_at: Date | null;
};

export function findInstallation(on: Connection, app: number, workspace: number): Promise<InstallationRecord | undefined> {
  return one<InstallationRecord>(
    on,
    sql`select i.workspace, w.id as workspace_id, i.permissions, i.created_at,
          (extract(epoch from i.created_at) * 1000000)::int8 as created_us, i.health, i.health_by, i.health_at
        from installation i join workspace w on w.ref = i.workspace
        where i.app = ${app} and i.workspace = ${workspace} and i.deleted_at is null`,
  );
}

export type InstallationPosition = { createdUs: number; workspace: number };

/** Newest first, from behind `after`: microseconds since 1970 and the workspace. */
export function listInstallations(
  on: Connection,
  app: number,
  after: InstallationPosition | null,
  limit: number,
): Promise<InstallationRecord[]> {
  const us = after?.createdUs ?? null;
  return rows<InstallationRecord>(
    on,
    sql`select i.workspace, w.id as workspace_id, i.permissions, i.created_at,
          (extract(epoch from i.created_at) * 1000000)::int8 as created_us, i.health, i.health_by, i.health_at
        from installation i join workspace w on w.ref = i.workspace
        where i.app = ${app} and i.deleted_at is null
          and (${us}::int8 is null
            or ((extract(epoch from i.created_at) * 1000000)::int8, i.workspace) < (${us}, ${after?.workspace ?? null}::int4))
        order by i.created_at desc, i.workspace desc limit ${limit}`,
  );
}

export type NewInstallation = {
  readonly app: number;
  readonly workspace: number;
  readonly permissions: readonly string[];
  /** Of a new access token; null keeps the one there is. */
  readonly tokenHash: Buffer | null;
};

/** Installs, installs again, or replaces what an installation holds; only the first two set `created_at` and forget its health. */
export async function keepInstallation({ on, version }: Change, i: NewInstallation): Promise<void> {
  await run(
    on,
    sql`insert into installation as i (app, workspace, permissions, token_hash, version)
        values (${i.app}, ${i.workspace}, ${i.permissions}, ${i.tokenHash}, ${version})
        on conflict (app, workspace) do update set permissions = excluded.permissions, version = excluded.version,
          token_hash = coalesce(excluded.token_hash, i.token_hash),
          health = case when i.deleted_at is null then i.health end,
          health_by = case when i.deleted_at is null then i.health_by end,
          health_at = case when i.deleted_at is null then i.health_at end,
          health_checked_at = case when i.deleted_at is null then i.health_checked_at end,
          created_at = case when i.deleted_at is null then i.created_at else now() end, deleted_at = null`,
  );
}

export async function deleteInstallation({ on, version }: Change, app: number, workspace: number): Promise<void> {
  await run(
    on,
    sql`update installation set deleted_at = now(), version = ${version}
        where app = ${app} and workspace = ${workspace} and deleted_at is null`,
  );
}

export type Uninstalled = { ref: number; id: string; uninstall_url: string | null; workspace: string };

/** Apps that were uninstalled in the last hours, want to be told, and of whom the audit says nothing by this route since. */
export function untoldUninstalls(on: Connection, route: string, hours: number): Promise<Uninstalled[]> {
  return rows<Uninstalled>(
    on,
    sql`select a.ref, a.id, a.uninstall_url, w.id as workspace
        from installation i join app a on a.ref = i.app join workspace w on w.ref = i.workspace
        where i.deleted_at > now() - make_interval(hours => ${hours}) and a.uninstall_url is not null
          and a.deleted_at is null and w.deleted_at is null
          and not exists (select from audit u where u.subject = a.id and u.route = ${route}
            and u.after ->> 'workspace' = w.id and u.at >= i.deleted_at)
        order by i.deleted_at`,
  );
}

/** Uninstalls an app everywhere; gives the workspaces' ids. */
export async function deleteInstallationsOfApp({ on, version }: Change, app: number): Promise<string[]> {
  const deleted = await rows<{ id: string }>(
    on,
    sql`update installation i set deleted_at = now(), version = ${version} from workspace w
        where i.app = ${app} and i.deleted_at is null and w.ref = i.workspace returning w.id`,
  );
  return deleted.map(({ id }) => id);
}

/** Uninstalls every app of a workspace; gives the apps' ids. */
export async function deleteInstallationsInWorkspace({ on, version }: Change, workspace: number): Promise<string[]> {
  const deleted = await rows<{ id: string }>(
    on,
    sql`update installation i set deleted_at = now(), version = ${version} from app a
        where i.workspace = ${workspace} and i.deleted_at is null and a.ref = i.app returning a.id`,
  );
  return deleted.map(({ id }) => id);
}

/** Gives every installation of an app what the app asks for. */
export async function grantAllInstallations({ on, version }: Change, app: number, permissions: readonly string[]): Promise<void> {
  await run(on, sql`update installation set permissions = ${permissions}, version = ${version} where app = ${app} and deleted_at is null`);
}

/** Installations that do not hold all of these permissions. */
export async function countConsentNeeded(on: Connection, app: number, permissions: readonly string[]): Promise<number> {
  const row = await one<{ count: number }>(
    on,
    sql`select count(*) as count from installation
        where app = ${app} and deleted_at is null and not permissions @> ${permissions}::text[]`,
  );
  return row?.count ?? 0;
}

/** Installations in workspaces of another region. */
export async function countInOtherRegions(on: Connection, app: number, region: string): Promise<number> {
  const row = await one<{ count: number }>(
    on,
    sql`select count(*) as count from installation i join workspace w on w.ref = i.workspace
        where i.app = ${app} and i.deleted_at is null and w.region <> ${region}`,
  );
  return row?.count ?? 0;
}
