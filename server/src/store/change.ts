// Every change of control data goes through here: one transaction that raises the control version (its row lock orders the
// commits), does the work, and writes one audit row. Whoever caches control data refreshes by rows newer than its version.
import type { PoolClient } from "pg";
import { insertAudit } from "./audit.ts";
import type { Actor, AuditEntry } from "./audit.ts";
import type { Database } from "./database.ts";
import { one, sql, transaction } from "./sql.ts";

export type Change = { readonly on: PoolClient; readonly version: number; audit(entry: AuditEntry): void };

export async function change<T>(database: Database, actor: Actor, work: (change: Change) => Promise<T>): Promise<T> {
  return transaction(database.control, async (on) => {
    const { version } = (await one<{ version: number }>(on, raiseVersion())) as { version: number };
    const entries: AuditEntry[] = [];
    const result = await work({ on, version, audit: (entry) => void entries.push(entry) });
    for (const entry of entries) await insertAudit(on, actor, entry);
    return result;
  });
}

const raiseVersion = () => sql`update control_version set version = version + 1 returning version`;
