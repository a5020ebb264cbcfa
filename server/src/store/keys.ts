// Rows of keys. Only the SHA-256 of a token is kept: tokens have too many random bits for a slow hash to be needed.
import type { Scope } from "@bellhop/contract/route";
import type { Change } from "./change.ts";
import { one, rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type KeyRecord = {
  id: string;
  name: string;
  scopes: Exclude<Scope, "public">[];
  workspace: number | null;
  workspace_id: string | null;
  expires_at: Date | null;
  created_at: Date;
};

export type UsableKey = { id: string; scopes: Scope[]; workspace: number | null; expires_in_ms: number | null };

/** The key of a token's hash where it is neither deleted nor expired. `expires_in_ms` is by the database's clock. */
export function usableKey(on: Connection, hash: Buffer): Promise<UsableKey | undefined> {
  return one<UsableKey>(
    on,
    sql`select id, scopes, workspace, (extract(epoch from expires_at - now()) * 1000)::float8 as expires_in_ms from key
        where hash = ${hash} and deleted_at is null and (expires_at is null or expires_at > now())`,
  );
}

export function keyIdOfHash(on: Connection, hash: Buffer): Promise<{ id: string } | undefined> {
  return one<{ id: string }>(on, sql`select id from key where hash = ${hash}`);
}

export function keyById(on: Connection, id: string): Promise<KeyRecord | undefined> {
  return one<KeyRecord>(
    on,
    sql`select k.id, k.name, k.scopes, k.workspace, w.id as workspace_id, k.expires_at, k.created_at
        from key k left join workspace w on w.ref = k.workspace where k.id = ${id} and k.deleted_at is null`,
  );
}

/** Newest first, from behind the key `after`, which may be a deleted one. */
export function listKeys(on: Connection, after: string | null, limit: number): Promise<KeyRecord[]> {
  return rows<KeyRecord>(
    on,
    sql`select k.id, k.name, k.scopes, k.workspace, w.id as workspace_id, k.expires_at, k.created_at
        from key k left join workspace w on w.ref = k.workspace
        where k.deleted_at is null
          and (${after}::text is null or (k.created_at, k.id) < (select created_at, id from key where id = ${after}))
        order by k.created_at desc, k.id desc limit ${limit}`,
  );
}

/** Admin keys that will not end by themselves, other than the one named. */
export async function countLastingAdminKeys(on: Connection, except: string | null): Promise<number> {
  const row = await one<{ count: number }>(
    on,
    sql`select count(*) as count from key
        where deleted_at is null and expires_at is null and 'admin' = any(scopes) and id is distinct from ${except}`,
  );
  return row?.count ?? 0;
}

export type NewKey = {
  id: string;
  hash: Buffer;
  name: string;
  scopes: readonly Scope[];
  workspace: number | null;
  expires_at: string | null;
};

export async function insertKey({ on }: Change, k: NewKey): Promise<void> {
  await run(
    on,
    sql`insert into key (id, hash, name, scopes, workspace, expires_at)
        values (${k.id}, ${k.hash}, ${k.name}, ${k.scopes}, ${k.workspace}, ${k.expires_at})`,
  );
}

/** Makes a key an admin key without an end and with this hash, whatever it was; false when there is no such key. */
export async function restoreAdminKey({ on }: Change, id: string, hash: Buffer): Promise<boolean> {
  const restored = await run(
    on,
    sql`update key set hash = ${hash}, scopes = '{admin}', workspace = null, expires_at = null, deleted_at = null where id = ${id}`,
  );
  return restored > 0;
}

export async function deleteKey({ on }: Change, id: string): Promise<void> {
  await run(on, sql`update key set deleted_at = now() where id = ${id}`);
}

export async function deleteKeysOfWorkspace({ on }: Change, workspace: number): Promise<string[]> {
  const deleted = await rows<{ id: string }>(
    on,
    sql`update key set deleted_at = now() where workspace = ${workspace} and deleted_at is null returning id`,
  );
  return deleted.map(({ id }) => id);
}
