// Rows of workspaces. A deleted one stays, because the log refers to it by `ref`; its id is free again.
import type { Change } from "./change.ts";
import { one, rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type WorkspaceRecord = {
  ref: number;
  id: string;
  external_id: string | null;
  name: string;
  kind: "paid" | "development" | "trial";
  region: string;
  created_at: Date;
};

export type WorkspaceSettings = Pick<WorkspaceRecord, "id" | "external_id" | "name" | "kind" | "region">;

export function workspaceById(on: Connection, id: string): Promise<WorkspaceRecord | undefined> {
  return one<WorkspaceRecord>(
    on,
    sql`select ref, id, external_id, name, kind, region, created_at from workspace where id = ${id} and deleted_at is null`,
  );
}

export function workspaceByExternalId(on: Connection, externalId: string): Promise<WorkspaceRecord | undefined> {
  return one<WorkspaceRecord>(
    on,
    sql`select ref, id, external_id, name, kind, region, created_at from workspace
        where external_id = ${externalId} and deleted_at is null`,
  );
}

/** Newest first, from below `beforeRef`; with an `only` that one. */
export function listWorkspaces(on: Connection, only: number | null, beforeRef: number | null, limit: number): Promise<WorkspaceRecord[]> {
  return rows<WorkspaceRecord>(
    on,
    sql`select ref, id, external_id, name, kind, region, created_at from workspace
        where deleted_at is null and (${only}::int4 is null or ref = ${only}) and (${beforeRef}::int4 is null or ref < ${beforeRef})
        order by ref desc limit ${limit}`,
  );
}

export async function insertWorkspace({ on, version }: Change, w: WorkspaceSettings): Promise<WorkspaceRecord> {
  const [row] = await rows<WorkspaceRecord>(
    on,
    sql`insert into workspace (id, external_id, name, kind, region, version)
        values (${w.id}, ${w.external_id}, ${w.name}, ${w.kind}, ${w.region}, ${version})
        returning ref, id, external_id, name, kind, region, created_at`,
  );
  return row as WorkspaceRecord;
}

export async function updateWorkspace({ on, version }: Change, w: WorkspaceRecord): Promise<void> {
  await run(
    on,
    sql`update workspace set external_id = ${w.external_id}, name = ${w.name}, kind = ${w.kind}, version = ${version}
        where ref = ${w.ref}`,
  );
}

export async function deleteWorkspace({ on, version }: Change, ref: number): Promise<void> {
  await run(on, sql`update workspace set deleted_at = now(), version = ${version} where ref = ${ref}`);
}
