// Tells an app that a workspace has uninstalled it: one signed request to its uninstall URL, after the commit. It is not a
// notification and is not repeated; the audit keeps what became of it.
import type { AppRecord } from "../store/apps.ts";
import { change } from "../store/change.ts";
import { sendBodySigned } from "./body-signed.ts";
import type { BodySignedDeps } from "./body-signed.ts";

export async function notifyUninstalled(deps: BodySignedDeps, app: AppRecord, workspace: string): Promise<void> {
  const { uninstall_url: url } = app;
  if (url === null) return;
  const content = { app_id: workspace };
  const { status, failure, detail } = await sendBodySigned(deps, app, { pool: `uninstall:${app.id}`, connections: 1, url, content });
  const after = { workspace, uninstall_url: url, status, failure, detail };
  await change(deps.database, { key: "engine", route: "notifyUninstalled" }, async (changing) =>
    changing.audit({ subject: app.id, before: null, after }),
  );
}
