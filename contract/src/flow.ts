// Is everything flowing, and who is in the way: the process that delivers, as it is this second.
import { Type } from "typebox";
import type { Static } from "typebox";
import { nullable, timeField } from "./fields.ts";
import { route } from "./route.ts";

export const flowBusiestMax = 20;

const count = (description: string) => Type.Integer({ description });
const closed = { additionalProperties: false } as const;

const RateSchema = Type.Object(
  {
    published: Type.Number({ description: "Events accepted." }),
    delivered: Type.Number({ description: "Notifications delivered." }),
    failed: Type.Number({ description: "Attempts that failed." }),
  },
  closed,
);
const LaneSchema = Type.Object({ used: Type.Integer(), of: Type.Integer() }, closed);

const ProcessSchema = Type.Object(
  {
    id: Type.String({ description: "Host and process id." }),
    epoch: nullable(Type.Integer({ description: "Null while it does not own what is to be delivered." })),
    version: Type.String(),
    uptime_s: Type.Integer(),
    event_loop_delay_ms: Type.Object({ p50: Type.Number(), p99: Type.Number() }, { ...closed, description: "Since it was asked last." }),
    memory_mb: Type.Integer(),
    in_flight: count("Requests under way."),
    permits_free: count("Requests that may still start, in both lanes."),
    unrecorded: count("Outcomes that are not on disk yet."),
  },
  closed,
);

const BusySchema = Type.Object(
  {
    subscription: Type.String(),
    app: Type.String(),
    host: Type.String(),
    in_flight: count("Requests under way."),
    queued: count("In memory and not under way."),
    slow: Type.Boolean({
      description:
        "One of its requests is older than half a second, or was and none was answered sooner since: it starts no further ones in the fast lane.",
    }),
    attempts_last_minute: Type.Integer(),
    failed_last_minute: Type.Integer(),
    p95_ms: nullable(Type.Number({ description: "Of the attempts of the last minute." })),
    share_of_slots: Type.Number({ description: "Its part of all requests under way, 0 to 1." }),
  },
  closed,
);

export const FlowSchema = Type.Object(
  {
    at: timeField,
    per_second: Type.Object({ over_10_s: RateSchema, over_60_s: RateSchema }, closed),
    backlog: Type.Object(
      {
        queued: count("In memory, to be sent as soon as there is a place."),
        due: count("Of those, attempts after the first."),
        held: count("Held on disk, and read from there."),
        held_exact: Type.Boolean({ description: "`false`: `held` is about so many." }),
        retries_waiting: count("Planned for later."),
        behind_endpoint: count(
          "Of the queued, those that no place would help: their endpoint fails and is asked seldom, has as many requests as it takes, or they are kept back.",
        ),
        oldest_due_at: nullable({ ...timeField, description: "The oldest of the queued." }),
        oldest_ready_at: nullable({ ...timeField, description: "The oldest of the queued that lacks nothing but a place." }),
        oldest_undelivered_at: nullable(timeField),
      },
      closed,
    ),
    processes: Type.Array(ProcessSchema),
    regions: Type.Array(
      Type.Object(
        { region: Type.String(), queued: Type.Integer(), in_flight: count("Under way, or answered and not on disk yet.") },
        closed,
      ),
    ),
    lanes: Type.Object(
      { fast: LaneSchema, slow: LaneSchema },
      { ...closed, description: "The slow one may be in debt: more used than there are." },
    ),
    busiest: Type.Array(BusySchema, { description: `Who uses the places, the greediest first; at most ${flowBusiestMax}.` }),
    database: Type.Object(
      {
        reachable: Type.Boolean(),
        latency_ms: nullable(Type.Number()),
        size_bytes: nullable(Type.Integer()),
        connections: nullable(Type.Integer()),
      },
      closed,
    ),
    disk: nullable(
      Type.Object(
        { free_bytes: Type.Integer(), total_bytes: Type.Integer(), low: Type.Boolean({ description: "Publishing is refused." }) },
        { ...closed, description: "Of the private database; null where the database is elsewhere." },
      ),
    ),
  },
  { $id: "Flow", ...closed },
);

export const flowRoutes = {
  getFlow: route({
    method: "GET",
    path: "/v1/flow",
    scope: "read",
    tag: "flow",
    summary: "What flows through the whole platform now, and who uses its places; not for keys of one workspace",
    answer: { status: 200, schema: FlowSchema },
  }),
} as const;

export type Flow = Static<typeof FlowSchema>;
