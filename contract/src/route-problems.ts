// Every error that a route may answer with: its own, and those that follow from what a route is.
import type { ProblemCode } from "./problems.ts";
import type { Route } from "./route.ts";

export function problemsOf({ scope, method, params, body, problems = [] }: Route): readonly ProblemCode[] {
  return [
    ...new Set<ProblemCode>([
      ...(scope === "public" ? [] : (["unauthorized", "forbidden", "unavailable"] as const)),
      ...(scope === "public" || method === "GET" ? [] : (["cross_site"] as const)),
      // Whatever a route takes: a query must be text.
      "invalid_query",
      ...(params === undefined ? [] : (["not_found"] as const)),
      // A body is read even where none is asked for.
      ...(method === "GET" ? [] : (["invalid_json", "payload_too_large", "unsupported_media_type"] as const)),
      ...(body === undefined ? [] : (["invalid_request"] as const)),
      ...problems,
      "internal",
    ]),
  ];
}
