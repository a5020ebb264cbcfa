// The audit: one row for each change somebody made, appended and never changed.
import type { PoolClient } from "pg";
import { rows, run, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

/** Who makes the change (a key's id, an account, or a part of the program) and by which route. */
export type Actor = { readonly key: string; readonly route: string };

/** What the audit keeps: the subject's public id, and what it was and is, without secrets. */
export type AuditEntry = { subject: string; before: object | null; after: object | null };

export async function insertAudit(on: PoolClient, actor: Actor, entry: AuditEntry): Promise<void> {
  const { subject, before, after } = entry;
  await run(
    on,
    sql`insert into audit (key, route, subject, before, after)
        values (${actor.key}, ${actor.route}, ${subject}, ${before && JSON.stringify(before)}, ${after && JSON.stringify(after)})`,
  );
}

export type AuditRow = {
  id: number;
  at: Date;
  key: string;
  actor_name: string | null;
  route: string;
  subject: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

/** Null asks for any. `app` and `workspace` are public ids. */
export type AuditAsked = { readonly app: string | null; readonly workspace: string | null; readonly actor: string | null };

/**
 * Newest first, from behind the row `after`. Of an app is what was done to it, its subscriptions and their replays, and to
 * brakes on them; of a workspace what was done to it, the apps it owns, and what names it.
 */
export function listAudit(on: Connection, asked: AuditAsked, after: number | null, limit: number): Promise<AuditRow[]> {
  const { app, workspace, actor } = asked;
  return rows<AuditRow>(
    on,
    sql`select a.id, a.at, a.key, coalesce(k.name, c.name) as actor_name, a.route, a.subject, a.before, a.after
        from audit a left join key k on k.id = a.key left join account c on 'account:' || c.id = a.key
        where (${after}::int8 is null or a.id < ${after})
          and (${actor}::text is null or a.key = ${actor})
          and (${app}::text is null or a.subject = ${app} or coalesce(a.after, a.before) ->> 'app' = ${app}
            or a.subject in (select s.id from subscription s join app p on p.ref = s.app where p.id = ${app})
            or coalesce(a.after, a.before) ->> 'subscription'
              in (select s.id from subscription s join app p on p.ref = s.app where p.id = ${app}))
          and (${workspace}::text is null or a.subject = ${workspace}
            or coalesce(a.after, a.before) ->> 'workspace_id' = ${workspace}
            or coalesce(a.after, a.before) ->> 'installation' = ${workspace}
            or a.subject in (select p.id from app p join workspace w on w.ref = p.owner where w.id = ${workspace}))
        order by a.id desc limit ${limit}`,
  );
}
