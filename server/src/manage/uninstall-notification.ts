// Tells an app that a workspace has uninstalled it: one signed request to its uninstall URL, after the commit. It is not a
// notification and is not repeated; the audit keeps what became of it.
import { chooseSecrets } from "../domain/secret-choice.ts";
import type { AppRecord } from "../store/apps.ts";
import { change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import { secretRows } from "../store/directory-rows.ts";
import type { Seal } from "../store/seal.ts";
import type { Delivery } from "./ping-delivery.ts";

const timeoutMs = 15_000;

export type UninstallDeps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly delivery: Delivery;
  readonly nowMs: () => number;
};

export async function notifyUninstalled(deps: UninstallDeps, app: AppRecord, workspace: string): Promise<void> {
  const { database, delivery } = deps;
  if (app.uninstall_url === null) return;
  const key = delivery.clientSecretKey(await signingSecret(deps, app));
  const body = Buffer.from(JSON.stringify({ app_id: workspace }));
  const headers = ["Content-Type", "application/json", "Accept", "application/json", "User-Agent", delivery.userAgent];
  headers.push("X-Body-Signature", delivery.bodySignature(key, body));
  const request = {
    pool: `uninstall:${app.id}`,
    connections: 1,
    method: "POST",
    url: app.uninstall_url,
    headers,
    body,
    timeoutMs,
  } as const;
  const { status, failure, detail } = await delivery.send(request);
  const after = { workspace, uninstall_url: app.uninstall_url, status, failure, detail };
  await change(database, { key: "engine", route: "notifyUninstalled" }, async (changing) =>
    changing.audit({ subject: app.id, before: null, after }),
  );
}

/** Deployed receivers know the old secret while a rotation overlaps, as for `X-Hub-Signature`. */
async function signingSecret({ database, seal, nowMs }: UninstallDeps, app: AppRecord): Promise<string> {
  const rows = await secretRows(database.control, [app.ref]);
  const versions = rows.map(({ number, ends_at }) => ({ number, endsAtMs: ends_at?.getTime() ?? null }));
  const { hub } = chooseSecrets(versions, nowMs());
  const row = rows.find(({ number }) => number === hub);
  return seal.open((row as (typeof rows)[number]).sealed, `secret:${app.id}:${hub}`);
}
