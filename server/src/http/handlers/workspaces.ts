import type { Static } from "typebox";
import type { WorkspaceSchema, workspaceRoutes } from "@bellhop/contract/workspaces";
import { mapPage } from "../../manage/find-page.ts";
import { findWorkspace } from "../../manage/find.ts";
import { changeWorkspace, makeWorkspace, putWorkspace, removeWorkspace, workspacePage } from "../../manage/workspaces.ts";
import type { Database } from "../../store/database.ts";
import type { WorkspaceRecord } from "../../store/workspaces.ts";
import { WithStatus } from "../handler.ts";
import type { Handlers } from "../handler.ts";

export type WorkspaceDependencies = {
  readonly database: Database;
  /** The configured ones. */
  readonly regions: readonly string[];
};

export function workspaceHandlers({ database, regions }: WorkspaceDependencies): Handlers<typeof workspaceRoutes> {
  return {
    createWorkspace: async ({ body, actor, caller }) =>
      presentWorkspace(await makeWorkspace(database, regions, { actor, asking: caller }, body)),

    listWorkspaces: async ({ query, caller }) => mapPage(await workspacePage(database, caller, query), presentWorkspace),

    readWorkspace: async ({ params, caller }) => presentWorkspace(await findWorkspace(database, params.id, caller)),

    changeWorkspace: async ({ params, body, actor, caller }) =>
      presentWorkspace(await changeWorkspace(database, { actor, asking: caller }, params.id, body)),

    putWorkspace: async ({ params, body, actor, caller }) => {
      const { made, workspace } = await putWorkspace(database, regions, { actor, asking: caller }, params.id, body);
      return made ? new WithStatus(201, presentWorkspace(workspace)) : presentWorkspace(workspace);
    },

    deleteWorkspace: ({ params, actor, caller }) => removeWorkspace(database, { actor, asking: caller }, params.id),
  };
}

function presentWorkspace({ id, external_id, name, kind, region, created_at }: WorkspaceRecord): Static<typeof WorkspaceSchema> {
  return { id, external_id, name, kind, region, created_at: created_at.toISOString() };
}
