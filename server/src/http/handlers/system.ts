// Health and metrics: what a supervisor, a load balancer and a scraper ask.
import { readFile } from "node:fs/promises";
import type { Registry } from "prom-client";
import type { systemRoutes } from "@bellhop/contract/system";
import { Problem } from "../../domain/problem.ts";
import type { Handlers } from "../handler.ts";

export type SystemDeps = {
  readonly registry: Registry;
  /** Why this process is not ready, or null. */
  readonly notReady: () => Promise<string | null>;
};

const openapiFile = new URL("../../../../openapi.json", import.meta.url);

export function systemHandlers(deps: SystemDeps): Handlers<typeof systemRoutes> {
  let openapi: Promise<Record<string, unknown>> | null = null;
  return {
    livez: async () => ({ status: "live" }),
    readyz: async () => {
      const reason = await deps.notReady();
      if (reason !== null) throw new Problem("unavailable", reason, [], 1);
      return { status: "ready" };
    },
    metrics: () => deps.registry.metrics(),
    openapi: () => (openapi ??= readFile(openapiFile, "utf8").then((text) => JSON.parse(text) as Record<string, unknown>)),
  };
}
