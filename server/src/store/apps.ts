// Rows of apps, each with the workspace that owns it. A deleted one stays, because the log refers to it by `ref`.
import type { Change } from "./change.ts";
import { one, rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type AppRecord = {
  ref: number;
  id: string;
  external_id: string | null;
  owner: number;
  owner_id: string;
  owner_region: string;
  name: string;
  description: string;
  visibility: "private" | "public";
  api_version: string;
  permissions: string[];
  redirect_urls: string[];
  uninstall_url: string | null;
  health_url: string | null;
  client_id: string;
  created_at: Date;
};

export type NewApp = Omit<AppRecord, "ref" | "owner_id" | "owner_region" | "created_at">;

/** By its id or its external id, whichever is not null; with an `owner` only one of that workspace. */
export function findAppRecord(
  on: Connection,
  id: string | null,
  externalId: string | null,
  owner: number | null,
): Promise<AppRecord | undefined> {
  return one<AppRecord>(
    on,
    sql`select a.ref, a.id, a.external_id, a.owner, w.id as owner_id, w.region as owner_region, a.name, a.description, a.visibility,
          a.api_version, a.permissions, a.redirect_urls, a.uninstall_url, a.health_url, a.client_id, a.created_at
        from app a join workspace w on w.ref = a.owner
        where (a.id = ${id} or a.external_id = ${externalId}) and a.deleted_at is null
          and (${owner}::int4 is null or a.owner = ${owner})`,
  );
}

/** Newest first, from below `beforeRef`; with an `owner` those of that workspace. */
export function listApps(on: Connection, owner: number | null, beforeRef: number | null, limit: number): Promise<AppRecord[]> {
  return rows<AppRecord>(
    on,
    sql`select a.ref, a.id, a.external_id, a.owner, w.id as owner_id, w.region as owner_region, a.name, a.description, a.visibility,
          a.api_version, a.permissions, a.redirect_urls, a.uninstall_url, a.health_url, a.client_id, a.created_at
        from app a join workspace w on w.ref = a.owner
        where a.deleted_at is null and (${owner}::int4 is null or a.owner = ${owner})
          and (${beforeRef}::int4 is null or a.ref < ${beforeRef})
        order by a.ref desc limit ${limit}`,
  );
}

export async function countAppsOwned(on: Connection, workspace: number): Promise<number> {
  const row = await one<{ count: number }>(on, sql`select count(*) as count from app where owner = ${workspace} and deleted_at is null`);
  return row?.count ?? 0;
}

export async function insertApp({ on, version }: Change, a: NewApp): Promise<{ ref: number; created_at: Date }> {
  const [row] = await rows<{ ref: number; created_at: Date }>(
    on,
    sql`insert into app (id, external_id, owner, name, description, visibility, api_version, permissions, redirect_urls,
          uninstall_url, health_url, client_id, version)
        values (${a.id}, ${a.external_id}, ${a.owner}, ${a.name}, ${a.description}, ${a.visibility}, ${a.api_version},
          ${a.permissions}, ${a.redirect_urls}, ${a.uninstall_url}, ${a.health_url}, ${a.client_id}, ${version})
        returning ref, created_at`,
  );
  return row as { ref: number; created_at: Date };
}

export async function updateApp({ on, version }: Change, a: AppRecord): Promise<void> {
  await run(
    on,
    sql`update app set external_id = ${a.external_id}, name = ${a.name}, description = ${a.description}, visibility = ${a.visibility},
          api_version = ${a.api_version}, permissions = ${a.permissions}, redirect_urls = ${a.redirect_urls},
          uninstall_url = ${a.uninstall_url}, health_url = ${a.health_url}, version = ${version}
        where ref = ${a.ref}`,
  );
}

export async function deleteApp({ on, version }: Change, ref: number): Promise<void> {
  await run(on, sql`update app set deleted_at = now(), version = ${version} where ref = ${ref}`);
}

/** Secrets have no version of their own: whoever caches an app with its secrets refreshes by the app's. */
export async function raiseAppVersion({ on, version }: Change, ref: number): Promise<void> {
  await run(on, sql`update app set version = ${version} where ref = ${ref}`);
}
