// What happens, as it happens: Server-Sent Events about notifications, subscriptions and replays.
import { Type } from "typebox";
import type { Static } from "typebox";
import { nullable, timeField } from "./fields.ts";
import { notificationFilters } from "./notifications.ts";
import { route } from "./route.ts";

export const streamLimits = {
  /** Open at a time, of one process. */
  streamsMax: 100,
  /** Newest changes that are kept for those who come back. */
  changesKept: 10_000,
  /** Notifications that one stream is sent a second; of more a sample. */
  shownPerSecondMax: 200,
  /** A stream ends then; whoever goes on comes back with its last id, and with a key that must still be good. */
  lifeS: 600,
  heartbeatS: 15,
} as const;

/** Of `event: subscription`: its state is another. */
export const SubscriptionChangeSchema = Type.Object(
  {
    subscription: Type.String(),
    app: Type.String(),
    state: Type.Enum(["live", "paused", "throttled", "suspended", "disabled"]),
    cause: Type.String({ description: "Why, of the causes of states." }),
    until: nullable(timeField),
    at: timeField,
  },
  { additionalProperties: false },
);
export type SubscriptionChange = Static<typeof SubscriptionChangeSchema>;

/** Of `event: rate`: more happens than is sent; equal numbers end that. */
export const StreamRateSchema = Type.Object(
  {
    per_second: Type.Integer({ description: "About so many fit the filters." }),
    shown: Type.Integer({ description: "So many of them were sent." }),
  },
  { additionalProperties: false },
);
export type StreamRate = Static<typeof StreamRateSchema>;

/** Of `event: gap`: something was left out, the list has to be read again. */
export const StreamGapSchema = Type.Object(
  {
    reason: Type.Enum(["restarted", "too_old", "too_slow"], {
      description: "The server has begun anew; the id is older than what is kept; the reader took too long.",
    }),
  },
  { additionalProperties: false },
);
export type StreamGap = Static<typeof StreamGapSchema>;

const { lifeS, shownPerSecondMax, changesKept, heartbeatS } = streamLimits;

export const streamRoutes = {
  stream: route({
    method: "GET",
    path: "/v1/stream",
    scope: "read",
    tag: "notifications",
    summary: `Server-Sent Events: each change of a notification that fits the filters, within a second, as a line of the log; states of subscriptions; progress of replays. Resumed by Last-Event-ID from the newest ${changesKept} changes; ends after ${lifeS} s`,
    query: Type.Object(notificationFilters, { additionalProperties: false }),
    answer: {
      status: 200,
      schema: Type.String({
        description: `text/event-stream. \`event: notification\`, data: NotificationEntry. \`event: subscription\`: {subscription, app, state, cause, until, at}. \`event: replay\`: Replay, at most once a second. \`event: rate\`: {per_second, shown}, where more than ${shownPerSecondMax} a second fit and a sample is sent. \`event: gap\`: {reason}; read the list again. A comment every ${heartbeatS} s.`,
      }),
    },
    problems: ["invalid_query", "unknown_app", "unknown_workspace", "not_found", "limit_reached"],
  }),
} as const;
