// What goes wrong at the moment: notifications that failed or are failing, grouped by cause.
import { Type } from "typebox";
import type { Static } from "typebox";
import { appIdField, nullable, timeField, workspaceIdField } from "./fields.ts";
import { route } from "./route.ts";

export const failureLimits = {
  /** Steps that were no success and are looked at, the newest of each subscription. */
  stepsMax: 2_000,
  /** Subscriptions looked at where none is named. */
  subscriptionsMax: 50,
  groupsMax: 200,
  /** How far is looked back unless `since` says. */
  daysDefault: 7,
} as const;

const instantAsked = Type.String({ minLength: 1, maxLength: 40, description: "ISO 8601, or unix seconds." });

export const FailureQuerySchema = Type.Object(
  {
    app: Type.Optional(appIdField),
    subscription: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    workspace_id: Type.Optional(workspaceIdField),
    since: Type.Optional(instantAsked),
    until: Type.Optional(instantAsked),
  },
  { additionalProperties: false },
);
export type FailureQuery = Static<typeof FailureQuerySchema>;

export const FailureGroupSchema = Type.Object(
  {
    subscription: Type.String(),
    app: Type.String(),
    host: Type.String({ description: "Of the subscription's URL as it is now." }),
    reason: Type.String({ description: "What its newest attempt failed with, or why it ended without one." }),
    code: nullable(Type.Integer({ description: "HTTP status of that attempt." })),
    count: Type.Integer({ description: "Notifications; each counts once, by its newest cause." }),
    retrying: Type.Integer({ description: "Of them, those that are not over." }),
    ended: Type.Integer(),
    first_at: timeField,
    last_at: timeField,
    sentence: Type.String(),
    fix: Type.String(),
    sample: Type.String({ description: "The newest notification of the group." }),
  },
  { $id: "FailureGroup", additionalProperties: false },
);
export type FailureGroup = Static<typeof FailureGroupSchema>;

export const FailureListSchema = Type.Object(
  {
    data: Type.Array(FailureGroupSchema, { description: "The newest failure first." }),
    looked_at: Type.Integer({ description: "Notifications to which something happened that was no success." }),
    complete: Type.Boolean({ description: "False: there are older ones that were not looked at." }),
  },
  { additionalProperties: false },
);
export type FailureList = Static<typeof FailureListSchema>;

export const failureRoutes = {
  listFailures: route({
    method: "GET",
    path: "/v1/failures",
    scope: "read",
    tag: "notifications",
    summary: `What failed or is failing, grouped by subscription and cause, of the last ${failureLimits.daysDefault} days or a range`,
    query: FailureQuerySchema,
    answer: { status: 200, schema: FailureListSchema },
    problems: ["invalid_query", "unknown_app", "unknown_workspace", "not_found"],
  }),
} as const;
