// Replays of many notifications over HTTP.
import type { replayRoutes } from "@bellhop/contract/replays";
import { cancelReplay, createReplay, getReplay, listReplays } from "../../manage/replays.ts";
import type { ReplayDeps } from "../../manage/replays.ts";
import { WithStatus } from "../handler.ts";
import type { Handlers } from "../handler.ts";

export function replayHandlers(deps: ReplayDeps): Handlers<typeof replayRoutes> {
  return {
    createReplay: async ({ body, caller, actor }) => {
      const answer = await createReplay(deps, { actor, asking: caller }, body);
      return "id" in answer ? answer : new WithStatus(200, answer);
    },
    listReplays: async ({ query, caller }) => listReplays(deps, query, caller),
    getReplay: async ({ params, caller }) => getReplay(deps, params.id, caller),
    cancelReplay: async ({ params, caller, actor }) => cancelReplay(deps, { actor, asking: caller }, params.id),
  };
}
