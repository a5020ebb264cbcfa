// Publishing: the one thing an operator's own code calls.
import { Type } from "typebox";
import { route } from "./route.ts";

/** An item may have this many bytes unless the operator configures less or more (at most `itemBytesMost`). */
export const itemBytesDefault = 256 * 1024;
export const itemBytesMost = 1024 * 1024;
/** The body of a single publish. */
export const eventBytesMax = 2 * 1024 * 1024;
/** Nesting of objects and arrays in a body. */
export const depthMax = 64;
export const batchEventsMax = 1_000;
export const batchBytesMax = 8 * 1024 * 1024;
export const idempotencyKeyLengthMax = 255;

const workspaceId = Type.String({
  minLength: 1,
  maxLength: 300,
  description: "A workspace's id, or `ext:` and the operator's own id of it.",
});

/** Body of `POST /v1/events`. `item` is sent on token by token: numbers and escapes keep their spelling. */
export const PublishSchema = Type.Object(
  {
    workspace_id: workspaceId,
    topic: Type.String({ minLength: 1, maxLength: 100 }),
    item: Type.Object({}, { additionalProperties: true, description: "The object the event is about." }),
    created_at: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_102_444_800, description: "Unix seconds; when it happened." })),
    idempotency_key: Type.Optional(Type.String({ minLength: 1, maxLength: idempotencyKeyLengthMax })),
    ordering_key: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    object_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: "Default: `item.id`." })),
    traceparent: Type.Optional(
      Type.String({
        pattern: "^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$",
        description: "W3C trace context, passed on to receivers.",
      }),
    ),
  },
  { additionalProperties: false },
);

export const SkippedSchema = Type.Record(Type.String(), Type.Integer(), {
  description: "Reason -> how many apps or subscriptions got no notification for it.",
});

/** Answer to a publish: it is on disk, and so are its notifications. */
export const AcceptedSchema = Type.Object({
  id: Type.String({ description: "`evt_` and a UUID." }),
  notifications: Type.Integer(),
  skipped: SkippedSchema,
  hint: Type.Optional(Type.String({ description: "Where nobody was notified: what to do about it." })),
});

export const BatchResultSchema = Type.Object({
  line: Type.Integer({ description: "Position in the batch, from 0." }),
  id: Type.Optional(Type.String()),
  notifications: Type.Optional(Type.Integer()),
  skipped: Type.Optional(SkippedSchema),
  hint: Type.Optional(Type.String()),
  code: Type.Optional(Type.String({ description: "Why this line was refused." })),
  detail: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), message: Type.String() }))),
});

export const BatchAcceptedSchema = Type.Object({
  accepted: Type.Integer(),
  refused: Type.Integer(),
  results: Type.Array(BatchResultSchema),
});

export const eventRoutes = {
  publishEvent: route({
    method: "POST",
    path: "/v1/events",
    scope: "publish",
    tag: "events",
    summary: "Publish one event; answered once it and its notifications are on disk",
    body: PublishSchema,
    bodyBytesMax: eventBytesMax,
    rawBody: true,
    answer: { status: 202, schema: AcceptedSchema },
    problems: ["unknown_workspace", "unknown_topic", "idempotency_conflict", "payload_too_large", "outcome_unknown", "storage_low"],
  }),
  publishBatch: route({
    method: "POST",
    path: "/v1/events/batch",
    scope: "publish",
    tag: "events",
    summary: "Publish up to 1,000 events as a JSON array or NDJSON; a bad line fails alone",
    body: Type.Array(PublishSchema, { maxItems: batchEventsMax }),
    rawBody: true,
    answer: { status: 202, schema: BatchAcceptedSchema },
    problems: ["payload_too_large", "outcome_unknown", "storage_low"],
  }),
} as const;
