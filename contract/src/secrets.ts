// An app's client secret and its rotation: for a while the old and the new one are both valid.
import { Type } from "typebox";
import { appParams, nullable, timeField } from "./fields.ts";
import { route } from "./route.ts";

export const overlapHoursMax = 168;
export const overlapHoursDefault = 24;

/** One valid version of the secret. The values are there only for callers that may manage. */
export const SecretSchema = Type.Object({
  number: Type.Integer({ description: "1, 2, ...: never used twice in an app." }),
  created_at: timeField,
  ends_at: nullable(timeField),
  signs_x_hub_signature: Type.Boolean({ description: "`webhook-signature` carries all valid versions, `X-Hub-Signature` this one." }),
  client_secret: Type.Optional(Type.String()),
  whsec: Type.Optional(Type.String({ description: "The same bytes as Standard Webhooks libraries take them." })),
});

/** The valid versions, newest first: two while a rotation overlaps, else one. */
export const SecretsSchema = Type.Object({ data: Type.Array(SecretSchema) });

export const RotateSecretSchema = Type.Object(
  {
    overlap_hours: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: overlapHoursMax,
        default: overlapHoursDefault,
        description: "How long the old secret stays valid and signs `X-Hub-Signature`.",
      }),
    ),
  },
  { additionalProperties: false },
);

export const secretRoutes = {
  listSecrets: route({
    method: "GET",
    path: "/v1/apps/{id}/secrets",
    scope: "read",
    tag: "secrets",
    summary: "The valid client secrets of an app; their values only for keys that may manage",
    params: appParams,
    answer: { status: 200, schema: SecretsSchema },
    problems: ["unknown_app"],
  }),
  rotateSecret: route({
    method: "POST",
    path: "/v1/apps/{id}/secrets",
    scope: "manage",
    tag: "secrets",
    summary: "Make a new client secret; the old one stays valid for the overlap, an older one ends at once",
    params: appParams,
    body: RotateSecretSchema,
    answer: { status: 201, schema: SecretsSchema },
    problems: ["unknown_app", "invalid_request"],
  }),
  useNewSecret: route({
    method: "POST",
    path: "/v1/apps/{id}/secrets/use-new",
    scope: "manage",
    tag: "secrets",
    summary: "End the overlap of a rotation: from now on only the new secret signs",
    params: appParams,
    answer: { status: 200, schema: SecretsSchema },
    problems: ["unknown_app", "conflict"],
  }),
} as const;
