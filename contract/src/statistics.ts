// Numbers of the log without its lines: how much was delivered, how much failed, how long it took, what waits. From counters that
// are kept for each subscription and minute; where a question cannot be answered from them, from the newest notifications, and
// the answer says so.
import { Type } from "typebox";
import type { Static } from "typebox";
import { appIdField, nullable, timeField, workspaceIdField } from "./fields.ts";
import { route } from "./route.ts";

/** Points of a series. */
export const statisticsPointsMax = 240;
/** Subscriptions, and workspaces, that an answer names: those with most attempts. */
export const statisticsNamedMax = 100;
/** Apps in one answer about their health. */
export const healthAppsMax = 500;

const optional = Type.Optional;
const instantAsked = Type.String({ minLength: 1, maxLength: 40, description: "ISO 8601, or unix seconds." });
const count = (description: string) => Type.Integer({ description });
const latency = (description: string) => nullable(Type.Number({ description }));

const outcomes = {
  attempts: count("HTTP requests made."),
  delivered: count("Notifications delivered."),
  failed: count("Attempts that failed."),
  ended: count("Notifications that ended undelivered."),
};
const made = {
  made: count("Notifications made; each is counted when it was first sent or held, seconds after it was published at most 30."),
};
const percentiles = {
  p50_ms: latency("Half of the attempts took no longer. Within a factor of two: attempts are counted in buckets that double."),
  p95_ms: latency("95 % of the attempts took no longer."),
  p99_ms: latency("99 % of the attempts took no longer."),
};

const TotalsSchema = Type.Object({ ...made, ...outcomes, ...percentiles }, { additionalProperties: false });
const PointSchema = Type.Object({ at: timeField, ...made, ...outcomes, ...percentiles }, { additionalProperties: false });
const SubscriptionNumbersSchema = Type.Object(
  { app: Type.String(), subscription: Type.String(), ...made, ...outcomes, ...percentiles },
  { additionalProperties: false },
);
const WorkspaceNumbersSchema = Type.Object(
  { workspace_id: Type.String(), ...made, ...outcomes, ...percentiles },
  { additionalProperties: false },
);

const BacklogSchema = Type.Object(
  {
    waiting: count("Never attempted, and neither held nor ended."),
    retrying: count("Between two attempts."),
    held: count("Held for an endpoint that takes nothing now, or behind others."),
    exact: Type.Boolean({ description: "`false`: there are more, or about as many." }),
    oldest_undelivered_at: nullable(timeField),
  },
  { additionalProperties: false, description: "Now, whatever the range." },
);

export const StatisticsSchema = Type.Object(
  {
    since: timeField,
    until: timeField,
    step_s: Type.Integer({ description: "Seconds from one point of the series to the next. The range is widened to whole steps." }),
    sampled: Type.Boolean({
      description:
        "`true` with `workspace_id`: `totals`, `series` and `by_subscription` are those of the sample, by when notifications were made.",
    }),
    sample: Type.Object(
      {
        notifications: count("The newest ones of the range that were looked at."),
        since: timeField,
        complete: Type.Boolean({ description: "`true`: these are all there are in the range; else none before `since` was looked at." }),
      },
      { additionalProperties: false, description: "What `by_workspace` is made of." },
    ),
    totals: TotalsSchema,
    series: Type.Array(PointSchema, { description: "Oldest first, points without anything included." }),
    by_subscription: Type.Array(SubscriptionNumbersSchema, {
      description: `At most ${statisticsNamedMax}, those with most attempts first.`,
    }),
    by_workspace: Type.Array(WorkspaceNumbersSchema, { description: `At most ${statisticsNamedMax}, of the sample.` }),
    backlog: BacklogSchema,
  },
  { $id: "Statistics", additionalProperties: false },
);

export const StatisticsQuerySchema = Type.Object(
  {
    app: optional(appIdField),
    subscription: optional(Type.String({ minLength: 1, maxLength: 100 })),
    workspace_id: optional(workspaceIdField),
    since: optional(instantAsked),
    until: optional(instantAsked),
    buckets: optional(
      Type.Integer({
        minimum: 2,
        maximum: statisticsPointsMax,
        default: statisticsPointsMax,
        description: "Points of the series at most.",
      }),
    ),
    by_workspace: optional(
      Type.Boolean({
        default: true,
        description: "`false`: nothing is sampled, and `by_workspace` is empty; with `workspace_id` it makes no difference.",
      }),
    ),
  },
  { additionalProperties: false },
);

const HealthPointSchema = Type.Object(
  { at: timeField, delivered: Type.Integer(), failed: Type.Integer() },
  { additionalProperties: false },
);

export const AppsStatisticsSchema = Type.Object(
  {
    since: timeField,
    step_s: Type.Integer(),
    data: Type.Array(
      Type.Object(
        {
          app: Type.String(),
          delivered: outcomes.delivered,
          failed: outcomes.failed,
          ended: outcomes.ended,
          series: Type.Array(HealthPointSchema, { description: "Oldest first, one for each step." }),
        },
        { additionalProperties: false },
      ),
      { description: `Apps of which anything happened since then, the busiest first, at most ${healthAppsMax}.` },
    ),
  },
  { $id: "AppsStatistics", additionalProperties: false },
);

const tag = "statistics";

export const statisticsRoutes = {
  getStatistics: route({
    method: "GET",
    path: "/v1/statistics",
    scope: "read",
    tag,
    summary: "Deliveries, failures, latency and what waits, over a range; by default of the last 24 hours",
    query: StatisticsQuerySchema,
    answer: { status: 200, schema: StatisticsSchema },
    problems: ["not_found", "unknown_app", "unknown_workspace"],
  }),
  getAppsStatistics: route({
    method: "GET",
    path: "/v1/statistics/apps",
    scope: "read",
    tag,
    summary: "How each app fares, in hours; by default the last 24",
    query: Type.Object({ since: optional(instantAsked) }, { additionalProperties: false }),
    answer: { status: 200, schema: AppsStatisticsSchema },
  }),
} as const;

export type StatisticsQuery = Static<typeof StatisticsQuerySchema>;
export type Statistics = Static<typeof StatisticsSchema>;
export type StatisticsTotals = Static<typeof TotalsSchema>;
export type StatisticsBacklog = Static<typeof BacklogSchema>;
export type AppsStatistics = Static<typeof AppsStatisticsSchema>;
