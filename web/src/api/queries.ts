// Reading and changing through TanStack Query: what is read is known by the route's name and its input, and a change says
// which routes' answers it makes untrue.
import { QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { UseMutationResult } from "@tanstack/react-query";
import { useRef } from "react";
import { ApiProblem, call } from "./client.ts";
import type { Answer, Input, RouteName } from "./client.ts";

const staleMs = 5_000;
const retriesMax = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The server may be on this machine: whether the browser has a network says nothing about it.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        staleTime: staleMs,
        // Whoever comes back to a tab may have changed something in another one a moment ago.
        refetchOnWindowFocus: "always",
        retry: (failures, error) => failures < retriesMax && error instanceof ApiProblem && (error.status === 0 || error.status === 503),
      },
    },
  });
}

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

export type Command<N extends RouteName> = UseMutationResult<Answer<N>, Error, Input<N>>;

/** A change. What the named routes answered before is read again. Asked for twice in one go, as by a double click, it is made once. */
export function useCommand<N extends RouteName>(name: N, changes: readonly RouteName[], done?: (answer: Answer<N>) => void): Command<N> {
  const client = useQueryClient();
  const underWay = useRef<string | null>(null);
  const mutation = useMutation({
    mutationFn: (input: Input<N>) => call(name, input),
    onSettled: () => {
      underWay.current = null;
    },
    onSuccess: async (answer) => {
      done?.(answer);
      await Promise.all(changes.map((route) => client.invalidateQueries({ queryKey: [route] })));
    },
  });
  const mutate: typeof mutation.mutate = (input, options) => {
    const asked = JSON.stringify(input);
    if (underWay.current === asked) return;
    underWay.current = asked;
    mutation.mutate(input, options);
  };
  return { ...mutation, mutate };
}
