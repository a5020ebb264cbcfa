// The replays of an app's subscriptions, newest first; running ones tell by themselves how far they are.
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { ask, readAgain } from "../../api/queries.ts";
import { useStream } from "../../api/stream.ts";

export type Replay = Answer<"getReplay">;
export type Subscription = Answer<"listSubscriptions">["data"][number];
type ReplayList = Answer<"listReplays">;

/** Of each subscription. */
export const newestMax = 100;
/** The stream says nothing of a replay that ends before it was first told of. */
const runningAgainMs = 2_000;

export function useSubscriptions(app: string) {
  return useQuery(ask("listSubscriptions", { params: { id: app }, query: { limit: 100 } }));
}

const listOf = (subscription: string) => ask("listReplays", { query: { subscription, limit: newestMax } });
const isRunning = ({ state }: Replay): boolean => state === "running";
const newestFirst = (one: Replay, other: Replay): number => other.created_at.localeCompare(one.created_at);

export type FoundReplays = { readonly data: readonly Replay[] | undefined; readonly error: Error | null; readonly isCut: boolean };

export function useReplays(app: string, subscriptions: readonly Subscription[]): FoundReplays {
  const client = useQueryClient();
  const found = useQueries({
    queries: subscriptions.map(({ id }) => ({
      ...listOf(id),
      refetchInterval: ({ state }: { state: { data: ReplayList | undefined } }) =>
        state.data?.data.some(isRunning) ? runningAgainMs : false,
    })),
  });
  useStream({
    query: { app },
    on: {
      gap: () => void readAgain(client, ["listReplays"]),
      replay: (replay) =>
        client.setQueryData<ReplayList>(
          listOf(replay.subscription).queryKey,
          (old) => old && { ...old, data: [replay, ...old.data.filter(({ id }) => id !== replay.id)].toSorted(newestFirst) },
        ),
    },
  });
  const isThere = found.every(({ data }) => data !== undefined);
  return {
    data: isThere ? found.flatMap(({ data }) => data?.data ?? []).toSorted(newestFirst) : undefined,
    error: found.find(({ error }) => error !== null)?.error ?? null,
    isCut: found.some(({ data }) => (data?.next_cursor ?? null) !== null),
  };
}

export const labelOf = (subscription: Subscription | undefined): string => subscription?.name ?? subscription?.url ?? "";
