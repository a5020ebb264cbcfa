// "Why was I not notified?": each rule of matching with yes or no, as things are now.
import { Type } from "typebox";
import type { Static, TSchema } from "typebox";
import { appIdField, workspaceIdField } from "./fields.ts";
import { route } from "./route.ts";

/** Apps explained when none is named. */
export const explainedAppsMax = 200;

const orNull = <T extends TSchema>(schema: T, description?: string) =>
  Type.Union([schema, Type.Null()], description === undefined ? {} : { description });

export const RuleSchema = Type.Object(
  {
    rule: Type.Enum(["installed", "permission", "version", "subscribed", "topic_on", "state", "entitled", "filter"]),
    holds: Type.Boolean(),
    detail: Type.String(),
  },
  { additionalProperties: false },
);

export const ExplainedSubscriptionSchema = Type.Object(
  {
    subscription: orNull(Type.String(), "Null for an app without any."),
    notified: Type.Boolean({ description: "An event published now would make a notification." }),
    topic: orNull(Type.String(), "What the subscription would receive it as."),
    reason: orNull(Type.String(), "The first rule that does not hold."),
    sentence: orNull(Type.String()),
    fix: orNull(Type.String()),
    rules: Type.Array(RuleSchema),
  },
  { additionalProperties: false },
);

export const ExplainSchema = Type.Object(
  {
    workspace_id: Type.String(),
    topic: Type.String({ description: "The newest name." }),
    formerly: orNull(Type.String(), "The name that was asked for, where it is a former one; publishing under it is refused."),
    apps: Type.Array(
      Type.Object({ app: Type.String(), subscriptions: Type.Array(ExplainedSubscriptionSchema) }, { additionalProperties: false }),
    ),
    apps_left_out: Type.Integer({ description: `Installed apps beyond the first ${explainedAppsMax}.` }),
  },
  { $id: "Explain", additionalProperties: false },
);
export type Explain = Static<typeof ExplainSchema>;

export const ExplainQuerySchema = Type.Object(
  { workspace_id: workspaceIdField, topic: Type.String({ minLength: 1, maxLength: 100 }), app: Type.Optional(appIdField) },
  { additionalProperties: false },
);
export type ExplainQuery = Static<typeof ExplainQuerySchema>;

export const explainRoutes = {
  explain: route({
    method: "GET",
    path: "/v1/explain",
    scope: "read",
    tag: "events",
    summary: "Why an app is notified of a topic in a workspace, or why not: each rule with yes or no",
    query: ExplainQuerySchema,
    answer: { status: 200, schema: ExplainSchema },
    problems: ["unknown_workspace", "unknown_app", "unknown_topic"],
  }),
} as const;
