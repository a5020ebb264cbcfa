import { useQueryClient } from "@tanstack/react-query";
import { readAgain } from "../../api/queries.ts";
import { useStream } from "../../api/stream.ts";
import { subscriptionRoutesRead } from "./subscription-routes.ts";

/** States change by themselves, and the page with them. */
export function useStateChanges(app: string): void {
  const client = useQueryClient();
  const again = (): void => {
    for (const route of subscriptionRoutesRead) void readAgain(client, [route]);
  };
  // States are told whatever is asked of notifications; so the rarest of these are asked for.
  useStream({ query: { app, status: "canceled" }, on: { subscription: again, gap: again } });
}
