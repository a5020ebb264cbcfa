// The log as it is shown: pages as they were read, with what happened since laid over them. What happened while it must not move
// (somebody has scrolled down, or has paused it) waits and is counted.
import type { StreamRate } from "@bellhop/contract/stream";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Answer } from "../../api/client.ts";
import { ask, askPages, readAgain } from "../../api/queries.ts";
import { useStream } from "../../api/stream.ts";
import type { StreamState } from "../../api/stream.ts";
import { LiveRows } from "./live-rows.ts";
import type { Row } from "./live-rows.ts";

const pageRows = 100;
/** Rows that answer a question about now are looked at again: one may have left the list. */
const lookAgainMs = 5_000;

export type LogQuery = { readonly app?: string; readonly q?: string };
export type Holding = {
  /** New rows wait. */
  readonly scrolled: boolean;
  /** Everything waits. */
  readonly paused: boolean;
};

export type Log = {
  readonly rows: readonly Row[];
  readonly error: Error | null;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  readonly waiting: number;
  /** More was missed than is known of. */
  readonly missed: boolean;
  readonly showWaiting: () => void;
  readonly stream: StreamState;
  readonly rate: StreamRate | null;
};

type LogOptions = { readonly query: LogQuery; readonly enabled: boolean; readonly aboutNow: boolean; readonly holding: Holding };

export function useLog({ query, enabled, aboutNow, holding }: LogOptions): Log {
  const asked = askPages("listNotifications", { query: { ...query, limit: pageRows } });
  const pages = useInfiniteQuery({ ...asked, enabled, staleTime: Infinity, refetchOnWindowFocus: false });
  const { live, version } = useLiveRows(JSON.stringify(query));
  const [rate, setRate] = useState<StreamRate | null>(null);
  const restart = useRestart(asked.queryKey, live);
  const [missed, setMissed] = useState(false);
  const isHeld = holding.scrolled || holding.paused;
  const again = (): void => (isHeld ? setMissed(true) : restart());
  const stream = useStream({
    query,
    enabled,
    on: {
      notification: (entry) => (live.arrive(entry, holding, Date.now()) ? undefined : again()),
      rate: (told) => setRate(told.shown < told.per_second ? told : null),
      gap: again,
    },
  });
  const head = useQuery({
    ...ask("listNotifications", { query: { ...query, limit: pageRows } }),
    enabled: enabled && aboutNow && stream === "live" && !holding.paused,
    refetchInterval: lookAgainMs,
  });
  useEffect(() => {
    if (head.data) live.compare(head.data, head.dataUpdatedAt);
  }, [head.data, head.dataUpdatedAt, live]);
  const rows = useMemo(() => {
    void version;
    return live.over(pages.data?.pages ?? [], !pages.hasNextPage);
  }, [pages.data, pages.hasNextPage, live, version]);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetching } = pages;
  return {
    rows,
    error: pages.error,
    isLoading: pages.isPending,
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    loadMore: useCallback(() => void (hasNextPage && !isFetching && fetchNextPage()), [hasNextPage, isFetching, fetchNextPage]),
    waiting: live.waitingCount,
    missed,
    showWaiting: () => {
      if (missed) restart();
      else live.showWaiting(Date.now());
      setMissed(false);
    },
    stream,
    rate: stream === "live" ? rate : null,
  };
}

/** One for each question; `version` changes with what it holds. */
function useLiveRows(question: string): { live: LiveRows; version: number } {
  const [version, setVersion] = useState(0);
  const live = useMemo(() => {
    void question;
    return new LiveRows(() => setVersion((old) => old + 1));
  }, [question]);
  useEffect(() => () => live.stop(), [live]);
  return { live, version };
}

type Pages = { pages: Answer<"listNotifications">[]; pageParams: unknown[] };

/** Reads the newest page again; what lay over it before is in it. */
function useRestart(queryKey: readonly unknown[], live: LiveRows): () => void {
  const client = useQueryClient();
  const running = useRef(false);
  const wanted = useRef(false);
  const again = async (): Promise<void> => {
    wanted.current = true;
    if (running.current) return;
    running.current = true;
    while (wanted.current) {
      wanted.current = false;
      const beganMs = Date.now();
      client.setQueryData<Pages>(queryKey, (old) => old && { pages: old.pages.slice(0, 1), pageParams: old.pageParams.slice(0, 1) });
      await readAgain(client, queryKey);
      live.forgetBefore(beganMs);
    }
    running.current = false;
  };
  return () => void again();
}
