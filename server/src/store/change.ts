// Every change of control data goes through here: one transaction that raises the control version (its row lock orders the
// commits), does the work, and writes one audit row. Whoever caches control data refreshes by rows newer than its version.
import type { PoolClient } from "pg";
import type { Database } from "./database.ts";
import { one, run, sql, transaction } from "./sql.ts";

/** Who makes the change (a key's id, or a part of the program) and by which route. */
export type Actor = { readonly key: string; readonly route: string };

/** What the audit keeps: the subject's public id, and what it was and is, without secrets. */
export type AuditEntry = { subject: string; before: object | null; after: object | null };

export type Change = { readonly on: PoolClient; readonly version: number; audit(entry: AuditEntry): void };

export async function change<T>(database: Database, actor: Actor, work: (change: Change) => Promise<T>): Promise<T> {
  return transaction(database.control, async (on) => {
    const { version } = (await one<{ version: number }>(on, raiseVersion())) as { version: number };
    const entries: AuditEntry[] = [];
    const result = await work({ on, version, audit: (entry) => void entries.push(entry) });
    for (const entry of entries) await run(on, insertAudit(actor, entry));
    return result;
  });
}

const raiseVersion = () => sql`update control_version set version = version + 1 returning version`;

const insertAudit = (actor: Actor, entry: AuditEntry) => sql`
  insert into audit (key, route, subject, before, after)
  values (${actor.key}, ${actor.route}, ${entry.subject}, ${entry.before && JSON.stringify(entry.before)}, ${entry.after && JSON.stringify(entry.after)})`;
