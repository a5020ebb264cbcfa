import type { Flow, flowRoutes } from "@bellhop/contract/flow";
import { Problem } from "../../domain/problem.ts";
import type { Handlers } from "../handler.ts";

export type FlowDeps = { readonly flow: () => Promise<Flow> };

export function flowHandlers({ flow }: FlowDeps): Handlers<typeof flowRoutes> {
  return {
    getFlow: async ({ caller }) => {
      if (caller.workspace !== null)
        throw new Problem("forbidden", "What flows belongs to everybody: this needs a key that is bound to no workspace.");
      return flow();
    },
  };
}
