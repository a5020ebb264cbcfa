// Public ids of the workspaces, apps and subscriptions that flow rows name by number, and the way back. Deleted ones
// are found too: their log is kept.
import { one, rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type NameRow = { ref: number; id: string };

export function workspaceIds(on: Connection, refs: readonly number[]): Promise<NameRow[]> {
  return rows<NameRow>(on, sql`select ref, id from workspace where ref = any(${refs}::int4[])`);
}

export function appIds(on: Connection, refs: readonly number[]): Promise<NameRow[]> {
  return rows<NameRow>(on, sql`select ref, id from app where ref = any(${refs}::int4[])`);
}

export function subscriptionIds(on: Connection, refs: readonly number[]): Promise<NameRow[]> {
  return rows<NameRow>(on, sql`select ref, id from subscription where ref = any(${refs}::int4[])`);
}

/** An id that was used again after a deletion means the one that lives. */
export function findWorkspace(on: Connection, id: string | null, externalId: string | null): Promise<NameRow | undefined> {
  return one<NameRow>(
    on,
    sql`select ref, id from workspace where id = ${id} or external_id = ${externalId}
        order by (deleted_at is null) desc, ref desc limit 1`,
  );
}

export function findApp(on: Connection, id: string | null, externalId: string | null): Promise<(NameRow & { owner: number }) | undefined> {
  return one<NameRow & { owner: number }>(
    on,
    sql`select ref, id, owner from app where id = ${id} or external_id = ${externalId}
        order by (deleted_at is null) desc, ref desc limit 1`,
  );
}

export function findSubscription(on: Connection, id: string): Promise<{ ref: number; app: number } | undefined> {
  return one<{ ref: number; app: number }>(on, sql`select ref, app from subscription where id = ${id}`);
}

/** Whether the workspace owns the app, or has or had it installed: deleted installations are rows too. */
export async function isOfWorkspace(on: Connection, app: number, workspace: number): Promise<boolean> {
  const found = await one<{ ref: number }>(
    on,
    sql`select ref from app where ref = ${app}
        and (owner = ${workspace} or exists (select from installation where app = ${app} and workspace = ${workspace}))`,
  );
  return found !== undefined;
}

/** The app's subscriptions, deleted ones too; `max` and one more where there are more. */
export async function subscriptionsOfApp(on: Connection, app: number, max: number): Promise<number[]> {
  const found = await rows<{ ref: number }>(on, sql`select ref from subscription where app = ${app} order by ref desc limit ${max + 1}`);
  return found.map(({ ref }) => ref);
}
