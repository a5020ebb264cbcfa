// What operators and their tools ask of the program itself.
import { Type } from "typebox";
import { route } from "./route.ts";

const StateSchema = Type.Object({ status: Type.String() });

export const systemRoutes = {
  livez: route({
    method: "GET",
    path: "/livez",
    scope: "public",
    tag: "system",
    summary: "The process answers",
    answer: { status: 200, schema: StateSchema },
  }),
  readyz: route({
    method: "GET",
    path: "/readyz",
    scope: "public",
    tag: "system",
    summary: "The database is reachable and this process delivers",
    answer: { status: 200, schema: StateSchema },
    problems: ["unavailable"],
  }),
  metrics: route({
    method: "GET",
    path: "/metrics",
    scope: "metrics",
    tag: "system",
    summary: "Metrics in Prometheus's text format; without a key on METRICS_PORT",
    answer: { status: 200, schema: Type.String() },
  }),
  openapi: route({
    method: "GET",
    path: "/openapi.json",
    scope: "public",
    tag: "system",
    summary: "This API as an OpenAPI 3.1 document",
    answer: { status: 200, schema: Type.Record(Type.String(), Type.Unknown()) },
  }),
} as const;
