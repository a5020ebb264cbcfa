// Keys of the operator's API. A key's token is shown once, when it is made; Bellhop keeps only its hash.
import { Type } from "typebox";
import { listOf, listQuery, nameField, nullable, timeField, workspaceIdField } from "./fields.ts";
import { keyScopes } from "./key-scopes.ts";
import { route } from "./route.ts";

/** For secret scanners: `bh_`, the kind of key, 32 random characters and 6 of a checksum. */
export const keyTokenPattern = "^bh_(adm|wsp|key)_[0-9A-Za-z]{38}$";

const scope = Type.Enum([...keyScopes]);
const scopes = Type.Array(scope, { minItems: 1, maxItems: keyScopes.length, uniqueItems: true });

const keyIdField = Type.String({ pattern: "^key_[a-z0-9]{16}$", description: "A key's id." });
export const keyParams = Type.Object({ id: keyIdField }, { additionalProperties: false });

export const KeySchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(scope),
  workspace_id: nullable(Type.String({ description: "The only workspace that the key sees; null: all of them." })),
  expires_at: nullable(timeField),
  created_at: timeField,
});

/** A key just made: the only answer with its token. */
export const MadeKeySchema = Type.Object({ ...KeySchema.properties, token: Type.String({ pattern: keyTokenPattern }) });

/** `expires_at` must lie in the future. A key with `workspace_id` may have the scopes `publish`, `read` and `manage` only. */
export const NewKeySchema = Type.Object(
  {
    name: nameField,
    scopes,
    workspace_id: Type.Optional(workspaceIdField),
    expires_at: Type.Optional(
      Type.String({
        pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?(Z|[+-]\\d{2}:\\d{2})$",
        description: "ISO 8601 with a time zone.",
      }),
    ),
  },
  { additionalProperties: false },
);

export const keyRoutes = {
  createKey: route({
    method: "POST",
    path: "/v1/keys",
    scope: "admin",
    tag: "keys",
    summary: "Make a key; its token is in this answer and nowhere else",
    body: NewKeySchema,
    answer: { status: 201, schema: MadeKeySchema },
    problems: ["invalid_request", "unknown_workspace", "forbidden"],
  }),
  listKeys: route({
    method: "GET",
    path: "/v1/keys",
    scope: "admin",
    tag: "keys",
    summary: "List keys, without their tokens",
    query: listQuery,
    answer: { status: 200, schema: listOf(KeySchema) },
    problems: ["invalid_cursor", "forbidden"],
  }),
  deleteKey: route({
    method: "DELETE",
    path: "/v1/keys/{id}",
    scope: "admin",
    tag: "keys",
    summary: "Delete a key; it stops working at once, in other processes within 2 s",
    params: keyParams,
    answer: { status: 204 },
    problems: ["not_found", "conflict", "forbidden"],
  }),
} as const;
