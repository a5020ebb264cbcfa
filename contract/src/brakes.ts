// Brakes: the operator stops the sending to an endpoint, for an app, or of a workspace's events, for a while. What a brake
// names is held, nothing is lost, and it ends by itself.
import { Type } from "typebox";
import type { Static } from "typebox";
import { appIdField, listOf, listQueryWith, nullable, timeField, visiblePattern, workspaceIdField } from "./fields.ts";
import { route } from "./route.ts";
import { untilField } from "./until.ts";

export const brakeReasonCharactersMax = 300;
/** The longest name that DNS has, and a port. */
const hostCharactersMax = 253 + ":65535".length;

const optional = Type.Optional;
const subscriptionIdField = Type.String({ pattern: "^sub_[a-z0-9]{16}$", description: "A subscription's id." });
const reasonField = Type.String({
  minLength: 1,
  maxLength: brakeReasonCharactersMax,
  pattern: visiblePattern,
  description: "A line that is not blank. For whoever wonders why nothing is sent.",
});

/** Exactly one of the first four says what is held. */
export const NewBrakeSchema = Type.Object(
  {
    workspace_id: optional(workspaceIdField),
    app: optional(appIdField),
    subscription: optional(subscriptionIdField),
    host: optional(
      Type.String({
        minLength: 1,
        maxLength: hostCharactersMax,
        description: "The host of subscriptions' URLs. Case and port do not count; subdomains are hosts of their own.",
      }),
    ),
    until: untilField,
    reason: reasonField,
  },
  { $id: "NewBrake", additionalProperties: false },
);

export const BrakeSchema = Type.Object(
  {
    id: Type.String({ description: "`brk_` and 16 letters and digits." }),
    workspace_id: nullable(Type.String()),
    app: nullable(Type.String()),
    subscription: nullable(Type.String()),
    host: nullable(Type.String()),
    until: timeField,
    reason: Type.String(),
    ends: Type.Enum(["active", "ended", "lifted"], { description: "Whether it still holds, ended by itself, or was lifted before." }),
    lifted_at: nullable(timeField),
    created_by: Type.String({ description: "A key's id." }),
    created_at: timeField,
  },
  { $id: "Brake", additionalProperties: false },
);

/** A brake as the owner of a subscription sees it. */
export const BrakeOnSubscriptionSchema = Type.Object(
  { id: Type.String(), names: Type.Enum(["app", "subscription", "host", "workspace"]), until: timeField, reason: Type.String() },
  { additionalProperties: false },
);

const collection = "/v1/brakes";
const params = Type.Object(
  { id: Type.String({ pattern: "^brk_[a-z0-9]{16}$", description: "A brake's id." }) },
  { additionalProperties: false },
);
const tag = "brakes";

export const brakeRoutes = {
  createBrake: route({
    method: "POST",
    path: collection,
    scope: "manage",
    tag,
    summary: "Hold what would be sent of a workspace's events, for an app, to a subscription or to a host, for a while",
    body: NewBrakeSchema,
    answer: { status: 201, schema: BrakeSchema },
    problems: ["invalid_request", "unknown_workspace", "unknown_app", "not_found", "forbidden"],
  }),
  listBrakes: route({
    method: "GET",
    path: collection,
    scope: "read",
    tag,
    summary: "List brakes, those that are over too",
    query: listQueryWith({ active: optional(Type.Boolean({ description: "`true`: those that hold now; `false`: those that are over." })) }),
    answer: { status: 200, schema: listOf(BrakeSchema) },
    problems: ["invalid_cursor", "forbidden"],
  }),
  liftBrake: route({
    method: "DELETE",
    path: `${collection}/{id}`,
    scope: "manage",
    tag,
    summary: "Lift a brake; what it held is sent",
    params,
    answer: { status: 204 },
    problems: ["not_found", "forbidden"],
  }),
} as const;

export type NewBrake = Static<typeof NewBrakeSchema>;
export type BrakeView = Static<typeof BrakeSchema>;
export type BrakeOnSubscription = Static<typeof BrakeOnSubscriptionSchema>;
