// Installations by the operator, without a consent page. A private app's always hold what the app asks for; a public
// app's hold what is given here, as the workspace would have consented to.
import type { Static } from "typebox";
import type { NewInstallationSchema } from "@bellhop/contract/apps";
import type { Mistake } from "@bellhop/contract/problems";
import { Problem } from "../domain/problem.ts";
import type { AppRecord } from "../store/apps.ts";
import { change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import { deleteInstallation, findInstallation, keepInstallation, listInstallations } from "../store/installations.ts";
import type { InstallationRecord } from "../store/installations.ts";
import type { WorkspaceRecord } from "../store/workspaces.ts";
import { findApp, findAppOn, findWorkspaceOn } from "./find.ts";
import type { Asking, By } from "./find.ts";
import { readPage } from "./find-page.ts";
import { makeAccessToken } from "./installations-token.ts";
import type { List, Page, PageQuery } from "./find-page.ts";

const pages: List<InstallationRecord> = {
  name: "installations",
  position: /^(\d{1,16}) (\d{1,9})$/,
  positionOf: ({ created_us, workspace }) => `${created_us} ${workspace}`,
};

export type Installed = { app: AppRecord; installation: InstallationRecord };

export async function installationPage(database: Database, asking: Asking, given: string, query: PageQuery): Promise<Page<Installed>> {
  const app = await findApp(database, given, asking);
  const { data, next_cursor } = await readPage(pages, query, (after, limit) => {
    const position = after && { createdUs: Number(after[1]), workspace: Number(after[2]) };
    return listInstallations(database.control, app.ref, position, limit);
  });
  return { data: data.map((installation) => ({ app, installation })), next_cursor };
}

/**
 * Installs, installs again, or replaces what an installation holds; `made` is false in the last case. The first two make an
 * access token, the last one only where it is asked for.
 */
export async function install(
  database: Database,
  by: By,
  given: string,
  wanted: Static<typeof NewInstallationSchema>,
): Promise<Installed & { made: boolean; accessToken: string | null }> {
  return change(database, by.actor, async (changing) => {
    const app = await findAppOn(changing.on, given, by.asking);
    const workspace = await findWorkspaceOn(changing.on, wanted.workspace_id, by.asking, "/workspace_id");
    refuseOtherRegion(app, workspace);
    const permissions = wanted.permissions ?? app.permissions;
    refuseOtherPermissions(app, permissions);
    const before = await findInstallation(changing.on, app.ref, workspace.ref);
    const made = before === undefined;
    const token = made || wanted.new_access_token === true ? makeAccessToken() : null;
    await keepInstallation(changing, { app: app.ref, workspace: workspace.ref, permissions, tokenHash: token?.hash ?? null });
    const installation = (await findInstallation(changing.on, app.ref, workspace.ref)) as InstallationRecord;
    const after = { ...audited(installation), new_access_token: token !== null };
    changing.audit({ subject: app.id, before: before ? audited(before) : null, after });
    return { app, installation, made, accessToken: token?.value ?? null };
  });
}

/** New notifications stop at once, and what waits is ended before its next request. */
export async function uninstall(
  database: Database,
  by: By,
  given: string,
  givenWorkspace: string,
): Promise<{ app: AppRecord; workspace: string }> {
  return change(database, by.actor, async (changing) => {
    const app = await findAppOn(changing.on, given, by.asking);
    const workspace = await findWorkspaceOn(changing.on, givenWorkspace, by.asking);
    const before = await findInstallation(changing.on, app.ref, workspace.ref);
    if (!before) throw new Problem("not_found", `${app.id} is not installed in the workspace ${workspace.id}.`);
    await deleteInstallation(changing, app.ref, workspace.ref);
    changing.audit({ subject: app.id, before: audited(before), after: null });
    return { app, workspace: workspace.id };
  });
}

function refuseOtherRegion(app: AppRecord, workspace: WorkspaceRecord): void {
  if (app.visibility === "public" || app.owner_region === workspace.region) return;
  const detail = `${app.id} is private and belongs to the region ${app.owner_region}; the workspace ${workspace.id} is in ${workspace.region}. A public app can be installed anywhere.`;
  throw new Problem("region_mismatch", detail, [{ pointer: "/workspace_id", message: `is in the region ${workspace.region}` }]);
}

function refuseOtherPermissions(app: AppRecord, permissions: readonly string[]): void {
  const mistakes: Mistake[] = permissions.flatMap((permission, index) =>
    app.permissions.includes(permission)
      ? []
      : [{ pointer: `/permissions/${index}`, message: `The app does not ask for "${permission}".` }],
  );
  if (mistakes.length === 0 && app.visibility === "private" && permissions.length < app.permissions.length) {
    mistakes.push({ pointer: "/permissions", message: "A private app's installations hold all that it asks for; leave the field out." });
  }
  if (mistakes.length > 0) throw new Problem("invalid_request", undefined, mistakes);
}

function audited({ workspace_id, permissions }: InstallationRecord): object {
  return { installation: workspace_id, permissions };
}
