// Tells an app that a workspace has uninstalled it: one signed request to its uninstall URL, after the commit. It is not a
// notification and is not repeated; the audit keeps what became of it, and a start tells what the process before it did not.
import { change } from "../store/change.ts";
import { untoldUninstalls } from "../store/installations.ts";
import type { Uninstalled } from "../store/installations.ts";
import { sendBodySigned } from "./body-signed.ts";
import type { BodySignedDeps } from "./body-signed.ts";

const route = "notifyUninstalled";
/** What is older has no use any more. */
const untoldHours = 24;

/** Whom a process that died did not tell, one after the other. */
export async function notifyUntold(deps: BodySignedDeps): Promise<void> {
  for (const { workspace, ...app } of await untoldUninstalls(deps.database.control, route, untoldHours))
    await notifyUninstalled(deps, app, workspace);
}

export async function notifyUninstalled(deps: BodySignedDeps, app: Omit<Uninstalled, "workspace">, workspace: string): Promise<void> {
  const { uninstall_url: url } = app;
  if (url === null) return;
  const content = { app_id: workspace };
  const { status, failure, detail } = await sendBodySigned(deps, app, { pool: `uninstall:${app.id}`, connections: 1, url, content });
  const after = { workspace, uninstall_url: url, status, failure, detail };
  await change(deps.database, { key: "engine", route }, async (changing) => changing.audit({ subject: app.id, before: null, after }));
}
