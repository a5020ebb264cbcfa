// Apps: made by whoever manages the workspace that owns them, and installed there at once.
import { randomUUID } from "node:crypto";
import type { Static } from "typebox";
import type { AppChangeSchema, NewAppSchema } from "@bellhop/contract/apps";
import type { Catalogue } from "../domain/catalogue.ts";
import { Problem, taken } from "../domain/problem.ts";
import { deleteApp, findAppRecord, insertApp, listApps, updateApp } from "../store/apps.ts";
import type { AppRecord, NewApp } from "../store/apps.ts";
import { deleteSubscriptionsOfApp } from "../store/apps-subscriptions.ts";
import { change } from "../store/change.ts";
import type { Change } from "../store/change.ts";
import type { Database } from "../store/database.ts";
import {
  countConsentNeeded,
  countInOtherRegions,
  deleteInstallationsOfApp,
  grantAllInstallations,
  keepInstallation,
} from "../store/installations.ts";
import type { Seal } from "../store/seal.ts";
import { refuseAppMistakes } from "./apps-check.ts";
import type { CheckUrl } from "./apps-check.ts";
import { moveVersion } from "./apps-version.ts";
import { findAppOn, findWorkspace, findWorkspaceOn } from "./find.ts";
import type { Asking, By } from "./find.ts";
import { readPage, serialOf, serialPosition } from "./find-page.ts";
import type { List, Page, PageQuery } from "./find-page.ts";
import { makeAccessToken } from "./installations-token.ts";
import { randomId } from "./random-id.ts";
import { addSecret } from "./secrets.ts";

export type AppDependencies = {
  readonly database: Database;
  readonly seal: Seal;
  /** The one in force. */
  catalogue(): Catalogue;
  readonly checkUrl: CheckUrl;
};

const pages: List<AppRecord> = { name: "apps", position: serialPosition, positionOf: ({ ref }) => String(ref) };

export async function appPage(
  database: Database,
  asking: Asking,
  { workspace_id, ...query }: PageQuery & { workspace_id?: string },
): Promise<Page<AppRecord>> {
  const owner = workspace_id === undefined ? asking.workspace : (await findWorkspace(database, workspace_id, asking, "/workspace_id")).ref;
  return readPage(pages, query, (after, limit) => listApps(database.control, owner, serialOf(after), limit));
}

/** How many workspaces must consent again before the app holds there all that it asks for. */
export function consentNeeded(database: Database, app: AppRecord): Promise<number> {
  return countConsentNeeded(database.control, app.ref, app.permissions);
}

export async function makeApp(
  deps: AppDependencies,
  by: By,
  wanted: Static<typeof NewAppSchema>,
): Promise<{ app: AppRecord; clientSecret: string; accessToken: string }> {
  const catalogue = deps.catalogue();
  refuseAppMistakes(catalogue, deps.checkUrl, wanted);
  return change(deps.database, by.actor, async (changing) => {
    const owner = await findWorkspaceOn(changing.on, wanted.workspace_id, by.asking, "/workspace_id");
    if (wanted.external_id !== undefined) await refuseTaken(changing, wanted.external_id);
    const fields = newApp(wanted, owner.ref, catalogue.defaultVersion);
    const made = await insertApp(changing, fields);
    const app = { ...fields, ...made, owner_id: owner.id, owner_region: owner.region };
    const clientSecret = await addSecret(changing, deps.seal, app, 1);
    const token = makeAccessToken();
    await keepInstallation(changing, { app: app.ref, workspace: owner.ref, permissions: app.permissions, tokenHash: token.hash });
    changing.audit({ subject: app.id, before: null, after: { ...audited(app), secret: 1, installed: [owner.id] } });
    return { app, clientSecret, accessToken: token.value };
  });
}

function newApp(wanted: Static<typeof NewAppSchema>, owner: number, defaultVersion: string): NewApp {
  return {
    id: randomId("app_"),
    external_id: wanted.external_id ?? null,
    owner,
    name: wanted.name,
    description: wanted.description ?? "",
    visibility: wanted.visibility ?? "private",
    api_version: wanted.api_version ?? defaultVersion,
    permissions: wanted.permissions ?? [],
    redirect_urls: wanted.redirect_urls ?? [],
    uninstall_url: wanted.uninstall_url ?? null,
    health_url: wanted.health_url ?? null,
    client_id: randomUUID(),
  };
}

export async function changeApp(deps: AppDependencies, by: By, given: string, wanted: Static<typeof AppChangeSchema>): Promise<AppRecord> {
  const catalogue = deps.catalogue();
  refuseAppMistakes(catalogue, deps.checkUrl, wanted);
  return change(deps.database, by.actor, async (changing) => {
    const before = await findAppOn(changing.on, given, by.asking);
    const after: AppRecord = { ...before, ...wanted };
    if (after.external_id !== null && after.external_id !== before.external_id) await refuseTaken(changing, after.external_id);
    if (after.api_version !== before.api_version) await moveVersion(changing, catalogue, before, after.api_version);
    if (after.visibility === "private") await keepPrivateRules(changing, before, after);
    await updateApp(changing, after);
    changing.audit({ subject: after.id, before: audited(before), after: audited(after) });
    return after;
  });
}

/** A private app is installed in its own region only, and everywhere holds what it asks for. */
async function keepPrivateRules(changing: Change, before: AppRecord, after: AppRecord): Promise<void> {
  if (before.visibility === "public") {
    const elsewhere = await countInOtherRegions(changing.on, after.ref, after.owner_region);
    const where = elsewhere === 1 ? "a workspace" : `${elsewhere} workspaces`;
    const detail = `${after.id} is installed in ${where} outside ${after.owner_region}; a private app stays in its region, so uninstall it there first.`;
    if (elsewhere > 0) throw new Problem("region_mismatch", detail);
  }
  if (before.visibility === "public" || before.permissions !== after.permissions)
    await grantAllInstallations(changing, after.ref, after.permissions);
}

/** Deletes an app with its subscriptions and installations. */
export async function removeApp(database: Database, by: By, given: string): Promise<void> {
  await change(database, by.actor, async (changing) => {
    const app = await findAppOn(changing.on, given, by.asking);
    const subscriptions = await deleteSubscriptionsOfApp(changing, app.ref);
    const installed = await deleteInstallationsOfApp(changing, app.ref);
    await deleteApp(changing, app.ref);
    changing.audit({ subject: app.id, before: { ...audited(app), subscriptions, installed }, after: null });
  });
}

async function refuseTaken({ on }: Change, externalId: string): Promise<void> {
  const other = await findAppRecord(on, null, externalId, null);
  if (other) throw taken("/external_id", `There is an app with the external id "${externalId}" already.`);
}

function audited(app: AppRecord): object {
  const { id, external_id, owner_id, name, description, visibility, api_version, permissions } = app;
  const { redirect_urls, uninstall_url, health_url } = app;
  return { id, external_id, owner_id, name, description, visibility, api_version, permissions, redirect_urls, uninstall_url, health_url };
}
