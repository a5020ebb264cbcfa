// Reading and changing through TanStack Query: what is read is known by the route's name and its input, and a change says
// which routes' answers it makes untrue.
import { MutationCache, QueryCache, QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { UseMutationResult } from "@tanstack/react-query";
import { useRef } from "react";
import { ApiProblem, call } from "./client.ts";
import type { Answer, Input, RouteName } from "./client.ts";

const staleMs = 5_000;
const retriesMax = 2;
/** What nobody answered is asked for again this often, until somebody does. */
const unreachableAgainMs = 3_000;

export function createQueryClient(): QueryClient {
  // Whoever is refused first finds out for all that the session is over.
  const onError = (error: Error): void => {
    const sessionKey = ["readSession"] satisfies [RouteName];
    const [session] = client.getQueryCache().findAll({ queryKey: sessionKey });
    if (isSessionEnded(error) && session?.state.error === null) void client.invalidateQueries({ queryKey: sessionKey });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // The server may be on this machine: whether the browser has a network says nothing about it.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        staleTime: staleMs,
        // Whoever comes back to a tab may have changed something in another one a moment ago.
        refetchOnWindowFocus: "always",
        retry: (failures, error) =>
          failures < retriesMax && (isUnreachable(error) || (error instanceof ApiProblem && error.status === 503)),
        refetchInterval: ({ state }) => (isUnreachable(state.error) ? unreachableAgainMs : false),
      },
    },
  });
  return client;
}

const isUnreachable = (error: Error | null): boolean => error instanceof ApiProblem && error.status === 0;
export const isSessionEnded = (error: Error | null): boolean => error instanceof ApiProblem && error.code === "unauthorized";

/** For useQuery: `useQuery(ask("readApp", { params: { id } }))`. */
export function ask<N extends RouteName>(name: N, input: Input<N> = {}) {
  return { queryKey: [name, input] as const, queryFn: ({ signal }: { signal: AbortSignal }) => call(name, input, signal) };
}

/** For useInfiniteQuery over a list with `next_cursor`. */
export function askPages<N extends RouteName>(name: N, input: Input<N> = {}) {
  return {
    queryKey: [name, input, "pages"] as const,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }: { pageParam: string | null; signal: AbortSignal }) => {
      const query = { ...input.query, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return call(name, { ...input, query } as Input<N>, signal);
    },
    getNextPageParam: (page: Answer<N>) => (page as { next_cursor: string | null }).next_cursor,
  };
}

/** What is being read for the first time too: that answer may be from before what has happened, and would be joined otherwise. */
export async function readAgain(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  await client.cancelQueries({ queryKey });
  await client.invalidateQueries({ queryKey });
}

export type Command<N extends RouteName> = UseMutationResult<Answer<N>, Error, Input<N>>;

/**
 * A change. What the named routes answered before is read again. The same one is not sent again while it is under way: the second
 * press of a double click comes before anything is drawn that could stop it.
 */
export function useCommand<N extends RouteName>(name: N, changes: readonly RouteName[], done?: (answer: Answer<N>) => void): Command<N> {
  const client = useQueryClient();
  const underWay = useRef(new Set<string>());
  const command: Command<N> = useMutation({
    mutationFn: (input: Input<N>) => call(name, input),
    onSuccess: async (answer) => {
      done?.(answer);
      await Promise.all(changes.map((route) => readAgain(client, [route])));
    },
    onSettled: (_answer, _error, input) => void underWay.current.delete(JSON.stringify(input)),
  });
  const mutate: Command<N>["mutate"] = (input, options) => {
    const same = JSON.stringify(input);
    if (underWay.current.has(same)) return;
    underWay.current.add(same);
    command.mutate(input, options);
  };
  return { ...command, mutate };
}
