// What the directory reads: rows of control data by what is missing, and what changed since a version.
import type { SubscriptionFacts } from "../domain/matching.ts";
import { one, rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type WorkspaceRow = { ref: number; id: string; external_id: string | null; region: string };
export type InstallationRow = { app: number; workspace: number; permissions: string[]; since_ms: number };
export type AppRow = {
  ref: number;
  id: string;
  owner: number;
  owner_id: string;
  owner_kind: "paid" | "development" | "trial";
  visibility: "private" | "public";
  api_version: string;
  permissions: string[];
};
export type SecretRow = { app: number; number: number; sealed: Buffer; ends_at: Date | null };
export type SubscriptionRow = {
  ref: number;
  id: string;
  app: number;
  state: Exclude<SubscriptionFacts["state"], "off">;
  url: string;
  topics: string[];
  topics_off: string[];
  policy: unknown;
  timeout_ms: number | null;
  max_in_flight: number | null;
  signatures: string[];
  sealed_headers: Buffer | null;
  sealed_signing_secret: Buffer | null;
  ordered: boolean;
  revision: number;
};

/** By whatever name each is known. */
export function workspaceRows(
  on: Connection,
  refs: readonly number[],
  ids: readonly string[],
  externalIds: readonly string[],
): Promise<WorkspaceRow[]> {
  return rows<WorkspaceRow>(
    on,
    sql`select ref, id, external_id, region from workspace
        where deleted_at is null and (ref = any(${refs}) or id = any(${ids}) or external_id = any(${externalIds}))`,
  );
}

export function installationRows(on: Connection, workspaces: readonly number[]): Promise<InstallationRow[]> {
  return rows<InstallationRow>(
    on,
    sql`select i.app, i.workspace, i.permissions, extract(epoch from i.created_at)::float8 * 1000 as since_ms from installation i join app a on a.ref = i.app
        where i.workspace = any(${workspaces}) and i.deleted_at is null and a.deleted_at is null`,
  );
}

export function appRows(on: Connection, refs: readonly number[]): Promise<AppRow[]> {
  return rows<AppRow>(
    on,
    sql`select a.ref, a.id, a.owner, w.id as owner_id, w.kind as owner_kind, a.visibility, a.api_version, a.permissions
        from app a join workspace w on w.ref = a.owner
        where a.ref = any(${refs}) and a.deleted_at is null`,
  );
}

export function secretRows(on: Connection, apps: readonly number[]): Promise<SecretRow[]> {
  return rows<SecretRow>(
    on,
    sql`select app, number, sealed, ends_at from secret
        where app = any(${apps}) and (ends_at is null or ends_at > now()) order by app, number desc`,
  );
}

export function subscriptionRows(on: Connection, apps: readonly number[]): Promise<SubscriptionRow[]> {
  return rows<SubscriptionRow>(
    on,
    sql`select s.ref, s.id, s.app, coalesce(st.state, 'live') as state, s.url, s.topics, s.topics_off, s.policy, s.timeout_ms,
          s.max_in_flight, s.signatures, s.sealed_headers, s.sealed_signing_secret, s.ordered, s.revision
        from subscription s left join subscription_state st on st.subscription = s.ref
        where s.app = any(${apps}) and s.deleted_at is null order by s.ref`,
  );
}

export type Changes = { version: number; workspaces: number[]; owners: number[]; apps: number[] };

export async function changesSince(on: Connection, version: number): Promise<Changes> {
  const changes = await one<Changes>(
    on,
    sql`select version,
          array(select ref from workspace where version > ${version}
                union select workspace from installation where version > ${version}) as workspaces,
          array(select ref from workspace where version > ${version}) as owners,
          array(select ref from app where version > ${version}
                union select app from subscription where version > ${version}
                union select app from installation where version > ${version}) as apps
        from control_version`,
  );
  if (!changes) throw new Error("The table control_version has no row.");
  return changes;
}
