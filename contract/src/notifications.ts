// The log: notifications and what happened to each, the events behind them, and the two commands on one notification.
import { Type } from "typebox";
import type { Static, TSchema } from "typebox";
import { ExchangeSchema } from "./exchange.ts";
import { appIdField, listQueryWith, nullable, timeField, workspaceIdField } from "./fields.ts";
import { attemptFailed, ended, held } from "./reasons.ts";
import type { AttemptFailure, EndedReason, HeldCause } from "./reasons.ts";
import { route } from "./route.ts";

const searchCharactersMax = 1_000;
/** Notifications that one event's page names; beyond it they are only counted. */
export const eventNotificationsMax = 200;

const orNull = <T extends TSchema>(schema: T, description?: string) =>
  description === undefined ? nullable(schema) : Type.Union([schema, Type.Null()], { description });
const instant = timeField;
const instantAsked = Type.String({ minLength: 1, maxLength: 40, description: "ISO 8601, or unix seconds." });

const statuses = ["waiting", "retrying", "delivered", "failed", "held", "dropped", "canceled"] as const;
export const StatusSchema = Type.Enum([...statuses], {
  description:
    "`delivered` once any attempt got a 2xx; `retrying` between attempts; `failed` ended after at least one request, `dropped` without any.",
});

export type Status = Static<typeof StatusSchema>;

type ShownReason = HeldCause | EndedReason | AttemptFailure;
const shownReasons = Object.keys({ ...held, ...ended, ...attemptFailed }) as ShownReason[];

const entryFields = {
  id: Type.String({ description: "`notif_` and a UUID; the same on every attempt." }),
  event: Type.String({ description: "`evt_` and a UUID." }),
  workspace_id: Type.String(),
  app: Type.String(),
  subscription: Type.String(),
  topic: Type.String({ description: "The topic's name in the app's API version when the event was published." }),
  status: StatusSchema,
  reason: orNull(Type.String(), "Why it is not delivered, of the closed lists of reasons; null when waiting or delivered."),
  attempts: Type.Integer({ description: "HTTP requests made so far." }),
  code: orNull(Type.Integer(), "HTTP status of the newest attempt's answer; null where none came."),
  latency_ms: orNull(Type.Number(), "Whole exchange of the newest attempt."),
  created_at: instant,
  next_attempt_at: orNull(instant),
  last_attempt_at: orNull(instant),
};

/** One line of the log. */
export const NotificationEntrySchema = Type.Object(entryFields, { $id: "NotificationEntry", additionalProperties: false });
export type NotificationEntry = Static<typeof NotificationEntrySchema>;

/** Newest first. A page may be short, even empty, and still not be the last: only `next_cursor` null is the end. */
export const NotificationListSchema = Type.Object(
  { data: Type.Array(NotificationEntrySchema), next_cursor: orNull(Type.String()) },
  { additionalProperties: false },
);
export type NotificationList = Static<typeof NotificationListSchema>;

/** What chooses notifications, wherever some are listed, streamed or exported. */
export const notificationFilters = {
  q: Type.Optional(
    Type.String({
      maxLength: searchCharactersMax,
      description:
        "Search words, `topic:ticket.* status:failed code:5xx after:2h`: all of them and all other fields must hold, and none may be said twice.",
    }),
  ),
  id: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "One notification." })),
  app: Type.Optional(appIdField),
  subscription: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  workspace_id: Type.Optional(workspaceIdField),
  topic: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: "As the app calls it; `ticket.*` for all that begin with `ticket.`." }),
  ),
  status: Type.Optional(StatusSchema),
  code: Type.Optional(
    Type.String({
      pattern: "^[1-5]([0-9]{2}|xx)$",
      description: "A code as `503`, or `5xx` for its class: of the answer to the newest attempt.",
    }),
  ),
  reason: Type.Optional(
    Type.Enum(shownReasons, { description: "Why it is not delivered, or what its newest attempt failed with where that says less." }),
  ),
  object_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  since: Type.Optional(instantAsked),
  until: Type.Optional(instantAsked),
} as const;

export const NotificationQuerySchema = listQueryWith(notificationFilters);
export type NotificationQuery = Static<typeof NotificationQuerySchema>;

/** Rows of one export; what is beyond it is said at its end. */
export const exportRowsMax = 1_000_000;
/** Under way at a time, of one process. */
export const exportsMax = 4;

export const ExportQuerySchema = Type.Object(
  { ...notificationFilters, format: Type.Enum(["csv", "ndjson"]) },
  { additionalProperties: false },
);
export type ExportQuery = Static<typeof ExportQuerySchema>;

/** What it comes to in one sentence, and what to do about it where there is something to do. */
export const CauseSchema = Type.Object({ sentence: Type.String(), fix: orNull(Type.String()) }, { additionalProperties: false });

export const TimelineEntrySchema = Type.Object(
  {
    kind: Type.Enum(["published", "attempt", "held", "ended", "next"]),
    at: instant,
    attempt: orNull(Type.Integer(), "Number of the attempt."),
    code: orNull(Type.Integer()),
    reason: orNull(Type.String()),
    sentence: Type.String(),
  },
  { additionalProperties: false },
);

export const NotificationSchema = Type.Object(
  {
    ...entryFields,
    api_version: Type.String(),
    object_id: orNull(Type.String()),
    ordering_key: orNull(Type.String()),
    event_created_at: Type.Integer({ description: "Unix seconds: `created_at` of the body." }),
    item_bytes: Type.Integer({ description: "Size of the item as published." }),
    cause: CauseSchema,
    timeline: Type.Array(TimelineEntrySchema, { description: "Oldest first." }),
  },
  { $id: "Notification", additionalProperties: false },
);
export type Notification = Static<typeof NotificationSchema>;

/** One HTTP request and its answer. The request is rebuilt from what is stored. */
export const AttemptSchema = Type.Object(
  {
    attempt: Type.Integer({ description: "From 1." }),
    at: instant,
    request: orNull(
      Type.Object(
        {
          method: Type.Enum(["POST"]),
          url: orNull(Type.String(), "As the subscription was then; null where that is no longer known."),
          headers: ExchangeSchema.properties.request.properties.headers,
          body: Type.String(),
        },
        { additionalProperties: false },
      ),
      "Null where it came to no request.",
    ),
    body_verified: Type.Boolean({
      description: "The rebuilt body has the SHA-256 of the body that was sent; where not, a fact has changed since.",
    }),
    status: ExchangeSchema.properties.status,
    failure: ExchangeSchema.properties.failure,
    advice: orNull(
      Type.Object({ sentence: Type.String(), fix: Type.String() }, { additionalProperties: false }),
      "What happened and what to do about it, with the facts of this attempt; null after any 2xx.",
    ),
    answer: ExchangeSchema.properties.answer,
    timings_ms: ExchangeSchema.properties.timings_ms,
    address: orNull(Type.String(), "The address that was connected to."),
    retry_reason: orNull(Type.String(), "Why it was not the first: what failed before, or `replay`."),
    next_attempt_at: orNull(instant),
  },
  { $id: "Attempt", additionalProperties: false },
);
export type Attempt = Static<typeof AttemptSchema>;

export const AttemptListSchema = Type.Object(
  { data: Type.Array(AttemptSchema, { description: "Oldest first." }) },
  { additionalProperties: false },
);

/** An event: its content, whom it notified, and why it did not notify the other apps installed in its workspace. */
export const EventSchema = Type.Object(
  {
    id: Type.String(),
    workspace_id: Type.String(),
    topic: Type.String(),
    accepted_at: instant,
    created_at: Type.Integer({ description: "Unix seconds; the publisher's own where it gave one." }),
    object_id: orNull(Type.String()),
    ordering_key: orNull(Type.String()),
    traceparent: orNull(Type.String()),
    item_text: Type.String({
      description: "The item as JSON text, token by token as published. A string, because parsing would change large integers.",
    }),
    notifications_made: Type.Integer(),
    notifications: Type.Array(
      Type.Object(
        { id: Type.String(), app: Type.String(), subscription: Type.String(), topic: Type.String(), status: StatusSchema },
        { additionalProperties: false },
      ),
      { description: `The first ${eventNotificationsMax}.` },
    ),
    skipped: Type.Array(
      Type.Object(
        { app: Type.String(), reason: Type.String(), sentence: Type.String(), fix: Type.String() },
        { additionalProperties: false },
      ),
      { description: "Apps that were not notified, and why." },
    ),
    skipped_counts: Type.Record(Type.String(), Type.Integer(), {
      description: "Reason -> how many more apps; `GET /v1/explain` works out which.",
    }),
  },
  { $id: "Event", additionalProperties: false },
);
export type EventView = Static<typeof EventSchema>;

const id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: false });

export const notificationRoutes = {
  listNotifications: route({
    method: "GET",
    path: "/v1/notifications",
    scope: "read",
    tag: "notifications",
    summary: "The log of notifications, newest first",
    query: NotificationQuerySchema,
    answer: { status: 200, schema: NotificationListSchema },
    problems: ["invalid_query", "invalid_cursor", "unknown_app", "unknown_workspace", "not_found"],
  }),
  exportNotifications: route({
    method: "GET",
    path: "/v1/notifications/export",
    scope: "read",
    tag: "notifications",
    summary: `The log as a file, newest first: CSV (RFC 4180; a cell that a spreadsheet would run begins with ') or NDJSON. After ${exportRowsMax} rows a last one, or a line {"cut": {"rows", "until"}}, says that there are more`,
    query: ExportQuerySchema,
    answer: { status: 200, schema: Type.String({ description: "text/csv with a header line, or application/x-ndjson." }) },
    problems: ["invalid_query", "unknown_app", "unknown_workspace", "not_found", "limit_reached"],
  }),
  getNotification: route({
    method: "GET",
    path: "/v1/notifications/{id}",
    scope: "read",
    tag: "notifications",
    summary: "One notification with the timeline of its life, the cause in one sentence and a fix",
    params: id,
    answer: { status: 200, schema: NotificationSchema },
    problems: ["not_found"],
  }),
  listAttempts: route({
    method: "GET",
    path: "/v1/notifications/{id}/attempts",
    scope: "read",
    tag: "notifications",
    summary: "Each HTTP request made for a notification, as it was sent, and its answer",
    params: id,
    answer: { status: 200, schema: AttemptListSchema },
    problems: ["not_found"],
  }),
  getEvent: route({
    method: "GET",
    path: "/v1/events/{id}",
    scope: "read",
    tag: "events",
    summary: "One event: its item, whom it notified, and whom not and why",
    params: id,
    answer: { status: 200, schema: EventSchema },
    problems: ["not_found"],
  }),
} as const;

/** What a command on one notification leads to. */
export const CommandAnswerSchema = Type.Object({ id: Type.String(), status: StatusSchema }, { additionalProperties: false });

export const notificationCommandRoutes = {
  replayNotification: route({
    method: "POST",
    path: "/v1/notifications/{id}/replay",
    scope: "manage",
    tag: "notifications",
    summary: "Send a notification again, with the same id, to the subscription as it is now",
    params: id,
    answer: { status: 202, schema: CommandAnswerSchema },
    problems: ["not_found", "conflict", "item_unavailable"],
  }),
  cancelNotification: route({
    method: "POST",
    path: "/v1/notifications/{id}/cancel",
    scope: "manage",
    tag: "notifications",
    summary: "End a notification that is not delivered yet; a request in flight is finished",
    params: id,
    answer: { status: 202, schema: CommandAnswerSchema },
    problems: ["not_found", "conflict"],
  }),
} as const;
