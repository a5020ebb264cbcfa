import type { Static } from "typebox";
import type { AppDetailSchema, AppSchema, InstallationSchema, appRoutes } from "@bellhop/contract/apps";
import { appPage, changeApp, consentNeeded, makeApp, removeApp } from "../../manage/apps.ts";
import type { AppDependencies } from "../../manage/apps.ts";
import { mapPage } from "../../manage/find-page.ts";
import { findApp } from "../../manage/find.ts";
import { install, installationPage, uninstall } from "../../manage/installations.ts";
import type { Installed } from "../../manage/installations.ts";
import type { AppRecord } from "../../store/apps.ts";
import { WithStatus } from "../handler.ts";
import type { Handlers } from "../handler.ts";
import { presentHealth } from "./health.ts";

export type AppHandlerDeps = AppDependencies & {
  /** An app was uninstalled from a workspace: it is to be told. Does not wait. */
  readonly uninstalled: (app: AppRecord, workspace: string) => void;
};

export function appHandlers(deps: AppHandlerDeps): Handlers<typeof appRoutes> {
  const { database } = deps;
  const detail = async (app: AppRecord): Promise<Static<typeof AppDetailSchema>> => {
    return { ...presentApp(app), consent_needed: await consentNeeded(database, app) };
  };
  return {
    createApp: async ({ body, actor, caller }) => {
      const { app, clientSecret, accessToken } = await makeApp(deps, { actor, asking: caller }, body);
      return { ...presentApp(app), client_secret: clientSecret, installation_access_token: accessToken };
    },

    listApps: async ({ query, caller }) => mapPage(await appPage(database, caller, query), presentApp),

    readApp: async ({ params, caller }) => detail(await findApp(database, params.id, caller)),

    changeApp: async ({ params, body, actor, caller }) => detail(await changeApp(deps, { actor, asking: caller }, params.id, body)),

    deleteApp: ({ params, actor, caller }) => removeApp(database, { actor, asking: caller }, params.id),

    createInstallation: async ({ params, body, actor, caller }) => {
      const installed = await install(database, { actor, asking: caller }, params.id, body);
      const token = installed.accessToken === null ? {} : { access_token: installed.accessToken };
      const answer = { ...presentInstallation(installed), ...token };
      return installed.made ? answer : new WithStatus(200, answer);
    },

    listInstallations: async ({ params, query, caller }) =>
      mapPage(await installationPage(database, caller, params.id, query), presentInstallation),

    deleteInstallation: async ({ params, actor, caller }) => {
      const { app, workspace } = await uninstall(database, { actor, asking: caller }, params.id, params.workspace_id);
      deps.uninstalled(app, workspace);
    },
  };
}

function presentApp(app: AppRecord): Static<typeof AppSchema> {
  return {
    id: app.id,
    external_id: app.external_id,
    workspace_id: app.owner_id,
    name: app.name,
    description: app.description,
    visibility: app.visibility,
    api_version: app.api_version,
    permissions: app.permissions,
    redirect_urls: app.redirect_urls,
    uninstall_url: app.uninstall_url,
    health_url: app.health_url,
    client_id: app.client_id,
    created_at: app.created_at.toISOString(),
  };
}

function presentInstallation({ app, installation }: Installed): Static<typeof InstallationSchema> {
  const { workspace_id, permissions, created_at, health, health_by: by, health_at: at } = installation;
  const shown = health && by && at ? presentHealth(health, by, at) : null;
  return { app: app.id, workspace_id, permissions, created_at: created_at.toISOString(), health: shown };
}
