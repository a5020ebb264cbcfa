// The replays of an app's subscriptions, newest first; running ones tell by themselves how far they are.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { ask, readAgain } from "../../api/queries.ts";
import { useStream } from "../../api/stream.ts";

export type Replay = Answer<"getReplay">;
export type Subscription = Answer<"listSubscriptions">["data"][number];
type ReplayList = Answer<"listReplays">;

export const newestMax = 100;
/** The stream says nothing of a replay that ends before it was first told of. */
const runningAgainMs = 2_000;

export function useSubscriptions(app: string) {
  return useQuery(ask("listSubscriptions", { params: { id: app }, query: { limit: 100 } }));
}

type Of = { readonly app: string } | { readonly subscription: string };
const listOf = (of: Of) => ask("listReplays", { query: { ...of, limit: newestMax } });
const isRunning = ({ state }: Replay): boolean => state === "running";
const newestFirst = (one: Replay, other: Replay): number => other.created_at.localeCompare(one.created_at);

/** Of the whole app, unless a subscription is chosen. */
export function useReplays(app: string, chosen: string | undefined) {
  const client = useQueryClient();
  const found = useQuery({
    ...listOf(chosen === undefined ? { app } : { subscription: chosen }),
    refetchInterval: ({ state }) => (state.data?.data.some(isRunning) ? runningAgainMs : false),
  });
  const changed = (of: Of, replay: Replay): void =>
    void client.setQueryData<ReplayList>(
      listOf(of).queryKey,
      (old) => old && { ...old, data: [replay, ...old.data.filter(({ id }) => id !== replay.id)].toSorted(newestFirst) },
    );
  useStream({
    query: { app },
    on: {
      gap: () => void readAgain(client, ["listReplays"]),
      replay: (replay) => {
        changed({ app }, replay);
        changed({ subscription: replay.subscription }, replay);
      },
    },
  });
  return found;
}

export const labelOf = ({ name, url }: Subscription): string => name ?? url;
