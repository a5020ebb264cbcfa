// Workspaces and apps as the fields `workspace_id` and `app` of questions name them: by id, or by `ext:` and the operator's own.
import { Problem } from "../domain/problem.ts";
import * as names from "../store/notification-list-names.ts";
import type { Connection } from "../store/sql.ts";

/** Who asks: a key bound to a workspace (its ref) sees nothing else. */
export type Asking = { readonly workspace: number | null };

const externalPrefix = "ext:";

const external = (name: string): string | null => (name.startsWith(externalPrefix) ? name.slice(externalPrefix.length) : null);

export async function findWorkspace(on: Connection, name: string, asking: Asking): Promise<names.NameRow> {
  const found = await names.findWorkspace(on, name, external(name));
  if (found && (asking.workspace === null || asking.workspace === found.ref)) return found;
  const message = `There is no workspace ${name}.`;
  throw new Problem("unknown_workspace", message, [{ pointer: "/workspace_id", message }]);
}

export async function findApp(on: Connection, name: string): Promise<names.NameRow & { owner: number }> {
  const found = await names.findApp(on, name, external(name));
  if (found) return found;
  throw unknownApp(name);
}

/** As if it did not exist for a key that is bound to a workspace with which it has nothing to do. */
export async function findVisibleApp(on: Connection, name: string, asking: Asking): Promise<names.NameRow> {
  const app = await findApp(on, name);
  if (await mayAskAbout(on, app.ref, asking)) return app;
  throw unknownApp(name);
}

/** Its owner may, and whoever has, or had, it installed: their logs name it. */
export async function mayAskAbout(on: Connection, app: number, asking: Asking): Promise<boolean> {
  return asking.workspace === null || names.isOfWorkspace(on, app, asking.workspace);
}

export function unknownApp(name: string): Problem {
  const message = `There is no app ${name}.`;
  return new Problem("unknown_app", message, [{ pointer: "/app", message }]);
}
