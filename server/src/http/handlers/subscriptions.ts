// Subscriptions over HTTP, and the old API's refusal.
import type { subscriptionRoutes } from "@bellhop/contract/subscriptions";
import { Problem } from "../../domain/problem.ts";
import { sendTest } from "../../manage/ping.ts";
import type { PingDeps } from "../../manage/ping.ts";
import { appOf, listSubscriptions, subscriptionOf } from "../../manage/subscriptions-find.ts";
import { showAll, showWithHeld } from "../../manage/subscriptions-show.ts";
import { listStates, pauseSubscription, setLive } from "../../manage/subscriptions-state.ts";
import type { StateDeps } from "../../manage/subscriptions-state.ts";
import { changeSubscription, createSubscription, deleteSubscription } from "../../manage/subscriptions.ts";
import type { Handlers } from "../handler.ts";
import { readTestRequest } from "./subscriptions-test-request.ts";

export type SubscriptionDeps = PingDeps &
  StateDeps & {
    /** Where the Developer Hub is. */
    readonly publicUrl: string;
  };

export function subscriptionHandlers(deps: SubscriptionDeps): Handlers<typeof subscriptionRoutes> {
  const { database } = deps;
  return {
    createSubscription: async ({ params, query, body, caller, actor }) =>
      createSubscription(deps, { app: params.id, body, verify: query.verify ?? true, by: { actor, asking: caller } }),
    listSubscriptions: async ({ params, query, caller }) => {
      const app = await appOf(database, params.id, caller);
      const { data, next_cursor } = await listSubscriptions(database.control, app, query);
      return { data: await showAll(deps, app, data), next_cursor };
    },
    getSubscription: async ({ params, caller }) => {
      const app = await appOf(database, params.id, caller);
      return showWithHeld(deps, app, await subscriptionOf(database.control, app, params.sub));
    },
    changeSubscription: async ({ params, query, body, caller, actor }) =>
      changeSubscription(deps, params.sub, { app: params.id, body, verify: query.verify ?? true, by: { actor, asking: caller } }),
    deleteSubscription: async ({ params, caller, actor }) =>
      deleteSubscription(deps, params.sub, { app: params.id, by: { actor, asking: caller } }),
    testSubscription: async ({ params, bytes, caller }) => {
      const app = await appOf(database, params.id, caller);
      return sendTest(deps, app, await subscriptionOf(database.control, app, params.sub), readTestRequest(bytes));
    },
    pauseSubscription: async ({ params, body, caller, actor }) =>
      pauseSubscription(deps, { app: params.id, id: params.sub, by: { actor, asking: caller } }, body.until ?? null),
    setSubscriptionLive: async ({ params, body, caller, actor }) =>
      setLive(deps, { app: params.id, id: params.sub, by: { actor, asking: caller } }, body.held),
    listSubscriptionStates: async ({ params, query, caller }) => {
      const app = await appOf(database, params.id, caller);
      return listStates(database, params.sub, app, query);
    },
    refuseOldSubscriptions: async () => {
      throw new Problem("subscriptions_by_hub_only", `Subscriptions are made and changed in the Developer Hub at ${deps.publicUrl}.`);
    },
  };
}
