// Workspaces: the platform's customers, in which events happen.
import { Type } from "typebox";
import { externalIdField, listOf, listQuery, nameField, newWorkspaceIdField, nullable, timeField, workspaceParams } from "./fields.ts";
import { route } from "./route.ts";

/** `trial` makes no notifications for the apps that the workspace owns. */
export const workspaceKinds = ["paid", "development", "trial"] as const;

const kind = Type.Enum([...workspaceKinds]);
const region = Type.String({ minLength: 1, maxLength: 50, description: "One of the operator's regions. It cannot be changed." });

export const WorkspaceSchema = Type.Object({
  id: Type.String(),
  external_id: nullable(Type.String()),
  name: Type.String(),
  kind,
  region: Type.String(),
  created_at: timeField,
});

export const NewWorkspaceSchema = Type.Object(
  { id: Type.Optional(newWorkspaceIdField), external_id: Type.Optional(externalIdField), name: nameField, kind, region },
  { additionalProperties: false },
);

export const WorkspaceChangeSchema = Type.Object(
  { external_id: Type.Optional(nullable(externalIdField)), name: Type.Optional(nameField), kind: Type.Optional(kind) },
  { additionalProperties: false, minProperties: 1 },
);

export const PutWorkspaceSchema = Type.Object({ name: nameField, kind, region }, { additionalProperties: false });

export const workspaceRoutes = {
  createWorkspace: route({
    method: "POST",
    path: "/v1/workspaces",
    scope: "manage",
    tag: "workspaces",
    summary: "Make a workspace",
    body: NewWorkspaceSchema,
    answer: { status: 201, schema: WorkspaceSchema },
    problems: ["invalid_request", "already_exists", "forbidden"],
  }),
  listWorkspaces: route({
    method: "GET",
    path: "/v1/workspaces",
    scope: "read",
    tag: "workspaces",
    summary: "List workspaces",
    query: listQuery,
    answer: { status: 200, schema: listOf(WorkspaceSchema) },
    problems: ["invalid_cursor"],
  }),
  readWorkspace: route({
    method: "GET",
    path: "/v1/workspaces/{id}",
    scope: "read",
    tag: "workspaces",
    summary: "Read one workspace",
    params: workspaceParams,
    answer: { status: 200, schema: WorkspaceSchema },
    problems: ["unknown_workspace"],
  }),
  changeWorkspace: route({
    method: "PATCH",
    path: "/v1/workspaces/{id}",
    scope: "manage",
    tag: "workspaces",
    summary: "Change a workspace's name, kind or external id",
    params: workspaceParams,
    body: WorkspaceChangeSchema,
    answer: { status: 200, schema: WorkspaceSchema },
    problems: ["unknown_workspace", "invalid_request", "already_exists", "forbidden"],
  }),
  putWorkspace: route({
    method: "PUT",
    path: "/v1/workspaces/{id}",
    scope: "manage",
    tag: "workspaces",
    summary: "Make or change the workspace with an external id (`ext:<id>`); 201 when it was made",
    params: workspaceParams,
    body: PutWorkspaceSchema,
    answer: { status: 200, schema: WorkspaceSchema },
    problems: ["invalid_request", "conflict", "forbidden"],
  }),
  deleteWorkspace: route({
    method: "DELETE",
    path: "/v1/workspaces/{id}",
    scope: "manage",
    tag: "workspaces",
    summary: "Delete a workspace that owns no apps; every app installed in it is uninstalled, its keys are deleted",
    params: workspaceParams,
    answer: { status: 204 },
    problems: ["unknown_workspace", "conflict", "forbidden"],
  }),
} as const;
