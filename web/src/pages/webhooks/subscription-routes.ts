import type { RouteName } from "../../api/client.ts";

/** What is to be read again after a change of a subscription. */
export const subscriptionRoutesRead: readonly RouteName[] = ["listSubscriptions", "getSubscription", "listSubscriptionStates"];
