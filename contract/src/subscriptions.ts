// Subscriptions: an endpoint URL of an app with the topics it chose, how it is signed and retried, and how its last
// checks went.
import { Type } from "typebox";
import type { Static, TSchema } from "typebox";
import { BrakeOnSubscriptionSchema } from "./brakes.ts";
import { ExchangeSchema } from "./exchange.ts";
import { appIdField, appParams, listOf, listQuery, nameField, nullable, timeField, urlCharactersMax } from "./fields.ts";
import { route } from "./route.ts";
import { untilField } from "./until.ts";

export const subscriptionLimits = {
  perAppMax: 50,
  topicsMax: 500,
  waitsMax: 20,
  waitSecondsMin: 1,
  waitSecondsMax: 48 * 3_600,
  /** All waits of a policy together: 4 days. */
  waitSecondsSumMax: 4 * 24 * 3_600,
  timeoutMsMin: 1_000,
  timeoutMsMax: 30_000,
  ratePerSecondMin: 0.01,
  ratePerSecondMax: 10_000,
  inFlightMax: 100,
  inFlightDefault: 8,
  metadataBytesMax: 4_096,
  /** So many held notifications are counted exactly; more are estimated. */
  heldCountedMax: 10_000,
} as const;

const limits = subscriptionLimits;

/** Shown in place of a header's value; values are sealed and never shown again. */
export const maskedValue = "********";

const signatureNames = ["x-hub-signature", "standard-webhooks"] as const;

const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);

const url = Type.String({
  minLength: 1,
  maxLength: urlCharactersMax,
  description: "Where notifications are sent: `https:`, no user name, no fragment.",
});
const topics = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  maxItems: limits.topicsMax,
  description: "Names of the app's API version. `ping` is always subscribed and need not be listed.",
});
const topicsOff = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  maxItems: limits.topicsMax,
  description: "Chosen topics that are switched off: they stay in the list and make nothing.",
});
const timeoutMs = Type.Integer({
  minimum: limits.timeoutMsMin,
  maximum: limits.timeoutMsMax,
  description: "Milliseconds for a whole exchange, DNS and connect included. Default: what the policy says.",
});
const ratePerSecond = Type.Number({
  minimum: limits.ratePerSecondMin,
  maximum: limits.ratePerSecondMax,
  description: "Not supported yet: any number is refused.",
});
const ordered = Type.Boolean({
  description: "Sends one notification at a time per `ordering_key`, in the order they were published; a failing one holds back its key.",
});
const maxInFlight = Type.Integer({ minimum: 1, maximum: limits.inFlightMax, description: "Requests at a time." });
const signatures = Type.Array(Type.Enum([...signatureNames]), {
  minItems: 1,
  maxItems: signatureNames.length,
  uniqueItems: true,
});
const signingSecret = Type.String({
  maxLength: 200,
  description: "`whsec_` and the base64 of 24 to 64 bytes, or `generate` to have one made. Shown once, when it is made.",
});
const headerValue = Type.String({ maxLength: 4_096 });
const metadataValue = Type.String({ maxLength: limits.metadataBytesMax });
/** Filters do not exist yet. The field is known so that its refusal can say so. */
const filter = Type.Unknown({ description: "Not supported yet: any value is refused." });

/**
 * `durable`: nine more attempts over three days, and a pause holds. `intercom`: one more attempt after a minute, and a
 * pause drops. Or one's own waits between attempts, in seconds, together at most 4 days.
 */
export const PolicySchema = Type.Union([
  Type.Literal("durable"),
  Type.Literal("intercom"),
  Type.Object(
    {
      waits_s: Type.Array(Type.Number({ minimum: limits.waitSecondsMin, maximum: limits.waitSecondsMax }), {
        minItems: 1,
        maxItems: limits.waitsMax,
      }),
      pause: optional(Type.Enum(["hold", "drop"])),
    },
    { additionalProperties: false },
  ),
]);

export const NewSubscriptionSchema = Type.Object(
  {
    url,
    topics,
    topics_off: optional(topicsOff),
    name: optional(nameField),
    policy: optional(PolicySchema),
    timeout_ms: optional(timeoutMs),
    headers: optional(Type.Record(Type.String(), headerValue)),
    rate_per_second: optional(ratePerSecond),
    max_in_flight: optional(maxInFlight),
    signatures: optional(signatures),
    signing_secret: optional(signingSecret),
    ordered: optional(ordered),
    metadata: optional(Type.Record(Type.String(), metadataValue)),
    filter: optional(filter),
  },
  { $id: "NewSubscription", additionalProperties: false },
);

/** Lists and the policy are replaced whole; `headers` and `metadata` are merged by name. Null takes a field away. */
export const SubscriptionChangeSchema = Type.Object(
  {
    url: optional(url),
    topics: optional(topics),
    topics_off: optional(topicsOff),
    name: optional(nullable(nameField)),
    policy: optional(PolicySchema),
    timeout_ms: optional(nullable(timeoutMs)),
    headers: optional(Type.Record(Type.String(), nullable(headerValue))),
    rate_per_second: optional(nullable(ratePerSecond)),
    max_in_flight: optional(nullable(maxInFlight)),
    signatures: optional(signatures),
    signing_secret: optional(nullable(signingSecret)),
    ordered: optional(ordered),
    metadata: optional(Type.Record(Type.String(), nullable(metadataValue))),
    filter: optional(filter),
  },
  { $id: "SubscriptionChange", additionalProperties: false },
);

/** What is held for a subscription now. */
export const HeldSchema = Type.Object(
  {
    count: Type.Integer({ description: `Exact up to ${limits.heldCountedMax}.` }),
    exact: Type.Boolean({ description: 'False: `count` is an estimate, to be read as "about".' }),
    oldest_held_ends_at: nullable(
      Type.String({
        format: "date-time",
        description: "When the first of them ends for having been held too long, unless it is sent before.",
      }),
    ),
  },
  { additionalProperties: false },
);

/** Nothing but failed attempts for a while; the first success ends it. */
export const FailingSchema = Type.Object(
  {
    since: timeField,
    attempts: Type.Integer(),
    warned_day: nullable(Type.Integer({ description: "Its owner was warned on this day of it: 1, 3 or 5." })),
  },
  { additionalProperties: false },
);

/** What the daily ping came to. */
export const LastPingSchema = Type.Object(
  {
    at: timeField,
    status: nullable(Type.Integer({ description: "Null where no answer came." })),
    failure: nullable(Type.String({ description: "Why it would count as a failed attempt; null after any 2xx." })),
  },
  { additionalProperties: false },
);

export const SubscriptionSchema = Type.Object(
  {
    id: Type.String({ description: "`sub_` and 16 letters and digits." }),
    app: Type.String(),
    name: nullable(Type.String()),
    url: Type.String(),
    topics: Type.Array(Type.String()),
    topics_off: Type.Array(Type.String()),
    topic_errors: Type.Record(Type.String(), Type.String(), {
      description: "Chosen topic -> why it makes nothing: `missing_permission` or `not_in_version`.",
    }),
    state: Type.Enum(["live", "paused", "throttled", "suspended", "disabled", "off"]),
    state_cause: nullable(Type.String()),
    state_sentence: nullable(Type.String({ description: "The cause in a sentence." })),
    state_fix: nullable(Type.String({ description: "What can be done about it." })),
    state_since: timeField,
    state_until: nullable(Type.String({ format: "date-time", description: "When a pause or a throttle ends by itself." })),
    backing_off_until: nullable(
      Type.String({ format: "date-time", description: "Live, but sent one at a time after failures: when the next one may go." }),
    ),
    failing: nullable(FailingSchema),
    held: nullable(HeldSchema),
    brakes: Type.Array(BrakeOnSubscriptionSchema, { description: "Why the operator holds what would be sent here." }),
    last_ping: nullable(LastPingSchema),
    policy: PolicySchema,
    timeout_ms: Type.Integer(),
    headers: Type.Record(Type.String(), Type.String(), { description: "Names, with every value masked." }),
    rate_per_second: nullable(Type.Number()),
    max_in_flight: Type.Integer(),
    signatures: Type.Array(Type.Enum([...signatureNames])),
    has_signing_secret: Type.Boolean(),
    ordered: Type.Boolean(),
    metadata: Type.Record(Type.String(), Type.String()),
    revision: Type.Integer({ description: "Raised by each change of what a request looks like." }),
    created_at: timeField,
  },
  { $id: "Subscription", additionalProperties: false },
);

export const ChecksSchema = Type.Object(
  {
    head: nullable(ExchangeSchema),
    ping: nullable(ExchangeSchema),
  },
  { additionalProperties: false, description: "Null where a check was not made: the URL did not change, or `verify=false`." },
);

/** A subscription as it was saved, with what became of the checks. */
export const SavedSubscriptionSchema = Type.Object(
  {
    ...SubscriptionSchema.properties,
    signing_secret: optional(Type.String({ description: "The secret that was just made; never shown again." })),
    warnings: Type.Array(Type.String()),
    checks: ChecksSchema,
  },
  { $id: "SavedSubscription", additionalProperties: false },
);

export const StateChangeSchema = Type.Object(
  {
    state: SubscriptionSchema.properties.state,
    cause: nullable(Type.String()),
    sentence: nullable(Type.String({ description: "The cause in a sentence." })),
    until: nullable(Type.String({ format: "date-time", description: "When it was to end by itself." })),
    warning_day: nullable(
      Type.Integer({ description: "Nothing changed, but its owner was warned: it had failed on so many days (1, 3, 5)." }),
    ),
    at: timeField,
    by: Type.String({ description: "A key's id, or the part of Bellhop that did it." }),
  },
  { additionalProperties: false },
);

export const TestRequestSchema = Type.Object(
  {
    topic: optional(Type.String({ minLength: 1, maxLength: 100, description: "Default: `ping`." })),
    item: optional(Type.Object({}, { additionalProperties: true, description: "In the newest shape. Default: the topic's sample." })),
  },
  { additionalProperties: false },
);

const params = Type.Object(
  { id: appIdField, sub: Type.String({ pattern: "^sub_[a-z0-9]{16}$", description: "A subscription's id." }) },
  { additionalProperties: false },
);
const verifyQuery = Type.Object(
  { verify: optional(Type.Boolean({ default: true, description: "`false` skips HEAD and ping." })) },
  { additionalProperties: false },
);
const saveProblems = [
  "unknown_app",
  "invalid_request",
  "unknown_topic",
  "owner_not_entitled",
  "url_refused",
  "url_unreachable",
  "limit_reached",
] as const;

const collection = "/v1/apps/{id}/subscriptions";
const member = `${collection}/{sub}`;
const tag = "subscriptions";

export const subscriptionRoutes = {
  createSubscription: route({
    method: "POST",
    path: collection,
    scope: "manage",
    tag,
    summary: "Make a subscription: its URL must answer HEAD, then gets a signed ping",
    params: appParams,
    query: verifyQuery,
    body: NewSubscriptionSchema,
    answer: { status: 201, schema: SavedSubscriptionSchema },
    problems: saveProblems,
  }),
  listSubscriptions: route({
    method: "GET",
    path: collection,
    scope: "read",
    tag,
    summary: "The subscriptions of an app, newest first",
    params: appParams,
    query: listQuery,
    answer: { status: 200, schema: listOf(SubscriptionSchema) },
    problems: ["unknown_app", "invalid_cursor"],
  }),
  getSubscription: route({
    method: "GET",
    path: member,
    scope: "read",
    tag,
    summary: "One subscription",
    params,
    answer: { status: 200, schema: SubscriptionSchema },
    problems: ["unknown_app", "not_found"],
  }),
  changeSubscription: route({
    method: "PATCH",
    path: member,
    scope: "manage",
    tag,
    summary: "Change a subscription; only a changed URL can be refused because of the endpoint",
    params,
    query: verifyQuery,
    body: SubscriptionChangeSchema,
    answer: { status: 200, schema: SavedSubscriptionSchema },
    problems: saveProblems,
  }),
  deleteSubscription: route({
    method: "DELETE",
    path: member,
    scope: "manage",
    tag,
    summary: "Delete a subscription; what waits for it ends",
    params,
    answer: { status: 204 },
    problems: ["unknown_app", "not_found"],
  }),
  testSubscription: route({
    method: "POST",
    path: `${member}/test`,
    scope: "manage",
    tag,
    summary: "Send a ping, or a topic's sample, and answer with what was sent and what came back",
    params,
    body: TestRequestSchema,
    rawBody: true,
    answer: { status: 200, schema: ExchangeSchema },
    problems: ["unknown_app", "not_found", "unknown_topic", "invalid_request"],
  }),
  pauseSubscription: route({
    method: "POST",
    path: `${member}/pause`,
    scope: "manage",
    tag,
    summary: "Send nothing until a time, or until it is set live; what is made meanwhile is held, or dropped by its policy",
    params,
    body: Type.Object({ until: optional(untilField) }, { additionalProperties: false }),
    answer: { status: 200, schema: SubscriptionSchema },
    problems: ["unknown_app", "not_found", "invalid_request", "conflict"],
  }),
  setSubscriptionLive: route({
    method: "POST",
    path: `${member}/set-live`,
    scope: "manage",
    tag,
    summary: "Set a subscription live, and send or discard what is held; `held` of the answer is what was held until then",
    params,
    body: Type.Object(
      { held: Type.Enum(["send", "discard"], { description: "What becomes of what is held." }) },
      { additionalProperties: false },
    ),
    answer: { status: 200, schema: SubscriptionSchema },
    problems: ["unknown_app", "not_found", "conflict"],
  }),
  listSubscriptionStates: route({
    method: "GET",
    path: `${member}/states`,
    scope: "read",
    tag,
    summary: "Every change of a subscription's state, and every warning, with its time and cause, newest first",
    params,
    query: listQuery,
    answer: { status: 200, schema: listOf(StateChangeSchema) },
    problems: ["unknown_app", "not_found", "invalid_cursor"],
  }),
  refuseOldSubscriptions: route({
    method: "POST",
    path: "/subscriptions",
    scope: "public",
    tag,
    summary: "The old API: subscriptions are made in the Developer Hub only",
    rawBody: true,
    answer: { status: 200 },
    problems: ["subscriptions_by_hub_only"],
  }),
} as const;

export type Policy = Static<typeof PolicySchema>;
export type NewSubscription = Static<typeof NewSubscriptionSchema>;
export type SubscriptionChange = Static<typeof SubscriptionChangeSchema>;
export type SubscriptionView = Static<typeof SubscriptionSchema>;
export type SavedSubscription = Static<typeof SavedSubscriptionSchema>;
export type Held = Static<typeof HeldSchema>;
export type StateChange = Static<typeof StateChangeSchema>;
