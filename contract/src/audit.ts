// The audit: who changed what, by which route, from what to what. Secrets are never in it.
import { Type } from "typebox";
import { appIdField, listOf, listQueryWith, nullable, timeField, workspaceIdField } from "./fields.ts";
import { route } from "./route.ts";

/** The longest id of whoever can act, and some. */
const actorCharactersMax = 100;

/** `before` and `after` are null where there was, or is, nothing. */
export const AuditChangeSchema = Type.Object(
  { field: Type.String(), before: Type.Unknown(), after: Type.Unknown() },
  { additionalProperties: false },
);

export const AuditEntrySchema = Type.Object(
  {
    id: Type.String(),
    at: timeField,
    actor: Type.Object(
      {
        id: Type.String({ description: "A key's id, `account:` and an account's, or a part of Bellhop: `start`, `engine`." }),
        name: nullable(Type.String({ description: "Of the key or account." })),
      },
      { additionalProperties: false },
    ),
    action: Type.String({ description: "The operation of this API, or what a part of Bellhop did." }),
    summary: nullable(Type.String({ description: "The operation in words." })),
    subject: Type.String({ description: "The id of what was changed." }),
    kind: Type.Enum(["made", "changed", "ended"]),
    changes: Type.Array(AuditChangeSchema, { description: "The fields that differ." }),
  },
  { $id: "AuditEntry", additionalProperties: false },
);

export const auditRoutes = {
  listAudit: route({
    method: "GET",
    path: "/v1/audit",
    scope: "admin",
    tag: "audit",
    summary: "List who changed what",
    query: listQueryWith({
      app: Type.Optional(appIdField),
      workspace_id: Type.Optional(workspaceIdField),
      actor: Type.Optional(Type.String({ minLength: 1, maxLength: actorCharactersMax, description: "An actor's id." })),
    }),
    answer: { status: 200, schema: listOf(AuditEntrySchema) },
    problems: ["invalid_cursor", "unknown_app", "unknown_workspace"],
  }),
} as const;
