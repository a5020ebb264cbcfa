// Apps and their installations: what a developer made, and the workspaces in which it is installed.
import { Type } from "typebox";
import { catalogueLimits } from "./catalogue.ts";
import {
  appParams,
  appIdField,
  externalIdField,
  listOf,
  listQuery,
  listQueryWith,
  nameField,
  nullable,
  timeField,
  urlField,
  workspaceIdField,
} from "./fields.ts";
import { HealthSchema } from "./health.ts";
import { route } from "./route.ts";

export const descriptionCharactersMax = 1_000;
export const redirectUrlsMax = 20;

/** `private`: for workspaces of its developer. `public`: installed by anybody's consent. */
export const visibilities = ["private", "public"] as const;

const description = Type.String({ maxLength: descriptionCharactersMax });
const visibility = Type.Enum([...visibilities]);
const apiVersion = Type.String({
  minLength: 1,
  maxLength: catalogueLimits.versionCharactersMax,
  description: "A version of the catalogue.",
});
const permission = Type.String({ minLength: 1, maxLength: catalogueLimits.nameCharactersMax });
const permissions = Type.Array(permission, {
  maxItems: catalogueLimits.permissionsMax,
  uniqueItems: true,
  description: "Permissions of the catalogue.",
});
const redirectUrls = Type.Array(urlField, { maxItems: redirectUrlsMax, uniqueItems: true });

export const AppSchema = Type.Object({
  id: Type.String({ description: "`app_` and 16 letters and digits." }),
  external_id: nullable(Type.String()),
  workspace_id: Type.String({ description: "The workspace that owns the app." }),
  name: Type.String(),
  description: Type.String(),
  visibility,
  api_version: Type.String(),
  permissions: Type.Array(Type.String(), { description: "What the app asks for." }),
  redirect_urls: Type.Array(Type.String()),
  uninstall_url: nullable(Type.String()),
  health_url: nullable(Type.String()),
  client_id: Type.String(),
  created_at: timeField,
});

/** An app just made: the only answer about apps with its secret. `GET /v1/apps/{id}/secrets` shows it again. */
export const MadeAppSchema = Type.Object({
  ...AppSchema.properties,
  client_secret: Type.String(),
  installation_access_token: Type.String({ description: "Of its installation in the workspace that owns it; never shown again." }),
});

/** One app, and how many workspaces must consent again before it holds all it asks for there (always 0 for a private app). */
export const AppDetailSchema = Type.Object({ ...AppSchema.properties, consent_needed: Type.Integer() });

export const NewAppSchema = Type.Object(
  {
    name: nameField,
    workspace_id: workspaceIdField,
    external_id: Type.Optional(externalIdField),
    description: Type.Optional(description),
    visibility: Type.Optional(visibility),
    api_version: Type.Optional(apiVersion),
    permissions: Type.Optional(permissions),
    redirect_urls: Type.Optional(redirectUrls),
    uninstall_url: Type.Optional(urlField),
    health_url: Type.Optional(urlField),
  },
  { additionalProperties: false },
);

export const AppChangeSchema = Type.Object(
  {
    name: Type.Optional(nameField),
    external_id: Type.Optional(nullable(externalIdField)),
    description: Type.Optional(description),
    visibility: Type.Optional(visibility),
    api_version: Type.Optional(apiVersion),
    permissions: Type.Optional(permissions),
    redirect_urls: Type.Optional(redirectUrls),
    uninstall_url: Type.Optional(nullable(urlField)),
    health_url: Type.Optional(nullable(urlField)),
  },
  { additionalProperties: false, minProperties: 1 },
);

export const InstallationSchema = Type.Object({
  app: Type.String(),
  workspace_id: Type.String(),
  permissions: Type.Array(Type.String(), { description: "What the installation holds." }),
  created_at: timeField,
  health: nullable(HealthSchema),
});

/** An installation just made, or one that was given a new access token. */
export const KeptInstallationSchema = Type.Object({
  ...InstallationSchema.properties,
  access_token: Type.Optional(
    Type.String({ description: "43 characters, never shown again. Left out where the installation keeps the one it has." }),
  ),
});

/** A private app's installations hold what the app asks for; a public one's the given part of it, by default all. */
export const NewInstallationSchema = Type.Object(
  {
    workspace_id: workspaceIdField,
    permissions: Type.Optional(permissions),
    new_access_token: Type.Optional(
      Type.Boolean({ description: "Gives an installation that is there a new access token; the old one stops working." }),
    ),
  },
  { additionalProperties: false },
);

const installationParams = Type.Object({ id: appIdField, workspace_id: workspaceIdField }, { additionalProperties: false });

export const appRoutes = {
  createApp: route({
    method: "POST",
    path: "/v1/apps",
    scope: "manage",
    tag: "apps",
    summary: "Make an app and install it in the workspace that owns it",
    body: NewAppSchema,
    answer: { status: 201, schema: MadeAppSchema },
    problems: ["invalid_request", "unknown_workspace", "already_exists", "url_refused"],
  }),
  listApps: route({
    method: "GET",
    path: "/v1/apps",
    scope: "read",
    tag: "apps",
    summary: "List apps, of one workspace or of all",
    query: listQueryWith({ workspace_id: Type.Optional(workspaceIdField) }),
    answer: { status: 200, schema: listOf(AppSchema) },
    problems: ["invalid_cursor", "unknown_workspace"],
  }),
  readApp: route({
    method: "GET",
    path: "/v1/apps/{id}",
    scope: "read",
    tag: "apps",
    summary: "Read one app",
    params: appParams,
    answer: { status: 200, schema: AppDetailSchema },
    problems: ["unknown_app"],
  }),
  changeApp: route({
    method: "PATCH",
    path: "/v1/apps/{id}",
    scope: "manage",
    tag: "apps",
    summary: "Change an app; refused while a change of its API version would lose a chosen topic",
    params: appParams,
    body: AppChangeSchema,
    answer: { status: 200, schema: AppDetailSchema },
    problems: ["unknown_app", "invalid_request", "already_exists", "url_refused", "version_conflict", "region_mismatch"],
  }),
  deleteApp: route({
    method: "DELETE",
    path: "/v1/apps/{id}",
    scope: "manage",
    tag: "apps",
    summary: "Delete an app with its subscriptions and installations",
    params: appParams,
    answer: { status: 204 },
    problems: ["unknown_app"],
  }),
  createInstallation: route({
    method: "POST",
    path: "/v1/apps/{id}/installations",
    scope: "manage",
    tag: "installations",
    summary: "Install an app in a workspace, or change what its installation there holds (200)",
    params: appParams,
    body: NewInstallationSchema,
    answer: { status: 201, schema: KeptInstallationSchema },
    problems: ["unknown_app", "unknown_workspace", "invalid_request", "region_mismatch"],
  }),
  listInstallations: route({
    method: "GET",
    path: "/v1/apps/{id}/installations",
    scope: "read",
    tag: "installations",
    summary: "List the workspaces in which an app is installed",
    params: appParams,
    query: listQuery,
    answer: { status: 200, schema: listOf(InstallationSchema) },
    problems: ["unknown_app", "invalid_cursor"],
  }),
  deleteInstallation: route({
    method: "DELETE",
    path: "/v1/apps/{id}/installations/{workspace_id}",
    scope: "manage",
    tag: "installations",
    summary: "Uninstall an app from a workspace",
    params: installationParams,
    answer: { status: 204 },
    problems: ["unknown_app", "unknown_workspace", "not_found"],
  }),
} as const;
