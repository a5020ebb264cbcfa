// Finding a workspace or an app by its id, or by `ext:` and the operator's own. Whoever is bound to a workspace finds that
// one and the apps it owns; for them anything else does not exist.
import { Problem } from "../domain/problem.ts";
import { findAppRecord } from "../store/apps.ts";
import type { AppRecord } from "../store/apps.ts";
import type { Actor } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import type { Connection } from "../store/sql.ts";
import { workspaceByExternalId, workspaceById } from "../store/workspaces.ts";
import type { WorkspaceRecord } from "../store/workspaces.ts";

/** Who asks: the workspace (its ref) to which they are bound, null for the operator. */
export type Asking = { readonly workspace: number | null };

/** Who changes something: for the audit, and what they may see. */
export type By = { readonly actor: Actor; readonly asking: Asking };

const externalPrefix = "ext:";

/** The operator's own id in `ext:<id>`, null where it is an id of ours. */
export function externalIdIn(given: string): string | null {
  return given.startsWith(externalPrefix) ? given.slice(externalPrefix.length) : null;
}

/** `pointer`: the field that names it; none where the path does. So below. */
export function findWorkspace(database: Database, given: string, asking: Asking, pointer?: string): Promise<WorkspaceRecord> {
  return findWorkspaceOn(database.control, given, asking, pointer);
}

/** The same inside a transaction. */
export async function findWorkspaceOn(on: Connection, given: string, asking: Asking, pointer?: string): Promise<WorkspaceRecord> {
  const external = externalIdIn(given);
  const found = await (external === null ? workspaceById(on, given) : workspaceByExternalId(on, external));
  if (found && maySee(asking, found.ref)) return found;
  throw unknown("unknown_workspace", `There is no workspace ${given}; POST /v1/workspaces makes one.`, pointer);
}

export function findApp(database: Database, given: string, asking: Asking, pointer?: string): Promise<AppRecord> {
  return findAppOn(database.control, given, asking, pointer);
}

/** The same inside a transaction. */
export async function findAppOn(on: Connection, given: string, asking: Asking, pointer?: string): Promise<AppRecord> {
  const external = externalIdIn(given);
  const found = await findAppRecord(on, external === null ? given : null, external, asking.workspace);
  if (found) return found;
  throw unknown("unknown_app", `There is no app ${given}; POST /v1/apps makes one.`, pointer);
}

function unknown(code: "unknown_workspace" | "unknown_app", message: string, pointer: string | undefined): Problem {
  return new Problem(code, message, pointer === undefined ? [] : [{ pointer, message }]);
}

function maySee(asking: Asking, workspace: number): boolean {
  return asking.workspace === null || asking.workspace === workspace;
}

/** Some things are the operator's alone, whatever the scopes of a workspace's key. */
export function refuseBound(asking: Asking, what: string): void {
  if (asking.workspace !== null) throw new Problem("forbidden", `A key bound to a workspace cannot ${what}; use one that is not.`);
}
