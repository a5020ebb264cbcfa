// Replays of many notifications of one subscription: what failed in a range of time, everything, or what was missed.
import { Type } from "typebox";
import type { Static } from "typebox";
import { appIdField, listOf, listQueryWith, nullable, timeField } from "./fields.ts";
import { route } from "./route.ts";

export const replayLimits = {
  topicsMax: 500,
  /** Running or waiting for their turn. */
  perSubscriptionMax: 10,
  /** Of all subscriptions. */
  runningMax: 1_000,
  /** Up to here an estimate is exact. */
  exactMax: 10_000,
} as const;

const subscriptionIdField = Type.String({ pattern: "^sub_[a-z0-9]{16}$", description: "A subscription's id." });
const includeField = Type.Enum(["failed", "all", "missed"], {
  description:
    "`failed`: what ended undelivered. `all`: everything that is not waiting any more. `missed`: events that made no notification, and would now.",
});
const topicsField = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  minItems: 1,
  maxItems: replayLimits.topicsMax,
  description: "Only these, by their names in the app's API version. Default: all topics.",
});
const instantField = (description: string) =>
  Type.Union([Type.String({ minLength: 1, maxLength: 40 }), Type.Number({ minimum: 0, maximum: 4_102_444_800 })], {
    description: `${description} ISO 8601 with a time zone, or unix seconds.`,
  });

export const NewReplaySchema = Type.Object(
  {
    subscription: subscriptionIdField,
    since: instantField("What was made at this moment or later."),
    until: instantField("What was made before this moment."),
    include: includeField,
    topics: Type.Optional(topicsField),
    new_id: Type.Optional(
      Type.Boolean({
        default: false,
        description: "Makes new notifications, with ids of their own, of copies of the events. Always so for `missed`.",
      }),
    ),
    dry_run: Type.Optional(Type.Boolean({ default: false, description: "Only says how many it would be." })),
  },
  { $id: "NewReplay", additionalProperties: false },
);

const estimate = Type.Object(
  {
    count: Type.Integer({ description: "How many it will be." }),
    exact: Type.Boolean({ description: `False: about that many, because more than ${replayLimits.exactMax} had to be looked at.` }),
  },
  { additionalProperties: false },
);
const receivers = Type.String({ description: "What a receiver that de-duplicates on `id` will do." });
const asked = {
  subscription: Type.String(),
  since: timeField,
  until: timeField,
  include: includeField,
  topics: nullable(Type.Array(Type.String())),
  new_id: Type.Boolean(),
  estimate,
  receivers,
};

const progress = Type.Object(
  {
    replayed: Type.Integer({ description: "Given to the queue; they are sent at lower priority than what is new." }),
    skipped: Type.Integer({ description: "Under way at that moment, or would not be sent as things are now." }),
    reached: Type.Union([timeField, Type.Null()], {
      description: "How far it came in the range; for `missed` within the workspace it is looking at.",
    }),
    per_second: Type.Union([Type.Number(), Type.Null()], { description: "Since it began." }),
    seconds_left: Type.Union([Type.Integer(), Type.Null()], { description: "At that rate, by the estimate." }),
  },
  { additionalProperties: false },
);

export const ReplaySchema = Type.Object(
  {
    id: Type.String({ description: "`rpl_` and 16 letters and digits." }),
    ...asked,
    state: Type.Enum(["running", "done", "canceled"], {
      description: "`running` too while it waits for its turn, or for the subscription to be live.",
    }),
    reason: Type.Union([Type.String(), Type.Null()], {
      description: "Why it was canceled: `canceled` by somebody, or what happened to the subscription.",
    }),
    progress,
    created_by: Type.String({ description: "A key's id." }),
    created_at: timeField,
    ended_at: nullable(timeField),
  },
  { $id: "Replay", additionalProperties: false },
);

/** Answer to a dry run. */
export const ReplayPreviewSchema = Type.Object(
  { dry_run: Type.Literal(true), ...asked },
  { $id: "ReplayPreview", additionalProperties: false },
);

const collection = "/v1/replays";
const member = `${collection}/{id}`;
const params = Type.Object(
  { id: Type.String({ pattern: "^rpl_[a-z0-9]{16}$", description: "A replay's id." }) },
  { additionalProperties: false },
);
const tag = "replays";

export const replayRoutes = {
  createReplay: route({
    method: "POST",
    path: collection,
    scope: "manage",
    tag,
    summary: "Send again what a subscription did not get, or everything, of a range of time; `dry_run` only counts (200)",
    body: NewReplaySchema,
    answer: { status: 201, schema: Type.Union([ReplaySchema, ReplayPreviewSchema]) },
    problems: ["invalid_request", "not_found", "conflict", "limit_reached"],
  }),
  listReplays: route({
    method: "GET",
    path: collection,
    scope: "read",
    tag,
    summary: "List replays",
    query: listQueryWith({ app: Type.Optional(appIdField), subscription: Type.Optional(subscriptionIdField) }),
    answer: { status: 200, schema: listOf(ReplaySchema) },
    problems: ["invalid_query", "invalid_cursor", "unknown_app", "not_found"],
  }),
  getReplay: route({
    method: "GET",
    path: member,
    scope: "read",
    tag,
    summary: "One replay and how far it came",
    params,
    answer: { status: 200, schema: ReplaySchema },
    problems: ["not_found"],
  }),
  cancelReplay: route({
    method: "DELETE",
    path: member,
    scope: "manage",
    tag,
    summary: "Cancel a replay; what it gave to the queue already is sent",
    params,
    answer: { status: 200, schema: ReplaySchema },
    problems: ["not_found", "conflict"],
  }),
} as const;

export type NewReplay = Static<typeof NewReplaySchema>;
export type ReplayView = Static<typeof ReplaySchema>;
export type ReplayPreview = Static<typeof ReplayPreviewSchema>;
