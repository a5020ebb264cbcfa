// The search, the list below it, and beside the list the notification that is open.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Skeleton } from "../../parts/loaded.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { NotificationPanel } from "../notification/notification-panel.tsx";
import { useEndpoints } from "./endpoints.ts";
import { ExportBar } from "./export-bar.tsx";
import { useExport } from "./export.ts";
import { useKnownValues } from "./known-values.ts";
import { LogGrid } from "./log-grid.tsx";
import { LogTools } from "./log-tools.tsx";
import { useLog } from "./log.ts";
import type { LogQuery } from "./log.ts";
import { NoneMatch, NoneYet } from "./nothing-here.tsx";
import { QuickFilters } from "./quick-filters.tsx";
import { SearchBox } from "./search-box.tsx";
import { isAboutNow, mistakesIn } from "./search-edit.ts";
import { TailBar } from "./tail-bar.tsx";

export type LogSearch = {
  readonly q?: string | undefined;
  readonly n?: string | undefined;
  readonly attempt?: string | undefined;
  readonly compare?: string | undefined;
  readonly tail?: string | undefined;
};

type LogProps = {
  /** Null: of all apps. */
  readonly app: string | null;
  readonly search: LogSearch;
  readonly onChange: (changes: LogSearch, replace: boolean) => void;
};

const pausedTail = "paused";

export function Log({ app, search: { q = "", n, attempt, compare, tail }, onChange }: LogProps) {
  const inputRef = useRef<HTMLInputElement>(null);
  const gridRef = useRef<HTMLDivElement>(null);
  const [isSearching, setSearching] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const [at, setAt] = useState<string | null>(n ?? null);
  const isReadable = useMemo(() => mistakesIn(q, app).length === 0, [q, app]);
  const query: LogQuery = { ...(app === null ? {} : { app }), ...(q === "" ? {} : { q }) };
  const holding = { scrolled, paused: tail === pausedTail };
  const log = useLog({ query, enabled: isReadable, aboutNow: isAboutNow(q), holding });
  const exporting = useExport(query);
  const endpoints = useEndpoints(app);
  const known = useKnownValues(app, isSearching);
  const search = (text: string): void => onChange({ q: text === "" ? undefined : text }, false);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });
  // The same at each drawing, so that rows need not be drawn again for it.
  const open = useCallback((id: string | undefined, replace = false): void => {
    if (id !== undefined) setAt(id);
    change.current({ n: id, attempt: undefined, compare: undefined }, replace);
  }, []);
  const step = (by: number): void => {
    const from = log.rows.findIndex(({ entry }) => entry.id === at);
    const id = log.rows[Math.max(0, from + by)]?.entry.id;
    if (id === undefined) return;
    gridRef.current?.focus({ preventScroll: true });
    if (n === undefined) setAt(id);
    else open(id, true);
  };
  useShortcuts("Deliveries", {
    "/": { does: "Search", run: () => inputRef.current?.focus() },
    j: { does: "Next one down", run: () => step(1) },
    k: { does: "Next one up", run: () => step(-1) },
    Escape: { does: "Close the one that is open", run: () => n !== undefined && open(undefined) },
    p: { does: "Pause and resume", run: () => pause(!holding.paused) },
  });
  const showNewest = (): void => {
    gridRef.current?.scrollTo({ top: 0 });
    setScrolled(false);
    log.showWaiting();
  };
  const pause = (paused: boolean): void => {
    if (!paused) showNewest();
    onChange({ tail: paused ? pausedTail : undefined }, true);
  };
  return (
    <>
      <div className="flex flex-col gap-2">
        <SearchBox app={app} q={q} onSearch={search} known={known} onFocus={() => setSearching(true)} inputRef={inputRef} />
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
          <QuickFilters q={q} onSearch={search} />
          <LogTools app={app} q={q} onExport={exporting.start}>
            {isReadable && log.error === null && <TailBar log={log} holding={holding} onPause={pause} onNewest={showNewest} />}
          </LogTools>
        </div>
      </div>
      <div className="flex min-h-0 flex-1 gap-4">
        <div className="flex min-w-0 flex-1 flex-col gap-3">
          {exporting.now && <ExportBar now={exporting.now} onStop={exporting.stop} />}
          <ProblemBanner error={log.error} />
          {isReadable && log.isLoading && !log.error && <Skeleton lines={8} />}
          {isReadable && !log.isLoading && log.error === null && log.rows.length === 0 && !log.hasMore && (
            <>{q === "" ? <NoneYet app={app} /> : <NoneMatch q={q} onSearch={search} />}</>
          )}
          {isReadable && (log.rows.length > 0 || log.hasMore) && (
            <LogGrid
              rows={log.rows}
              hasMore={log.hasMore}
              isLoadingMore={log.isLoadingMore}
              loadMore={log.loadMore}
              showsApp={app === null}
              endpoints={endpoints}
              at={at}
              open={n ?? null}
              onAt={(id) => (n === undefined ? setAt(id) : open(id, true))}
              onOpen={open}
              onScrolled={(isScrolled) => (scrolled && !isScrolled ? showNewest() : setScrolled(isScrolled))}
              gridRef={gridRef}
            />
          )}
        </div>
        {n !== undefined && (
          <NotificationPanel
            key={n}
            id={n}
            attempt={attempt}
            compare={compare}
            onChange={(changes) => onChange(changes, true)}
            onClose={() => open(undefined)}
          />
        )}
      </div>
    </>
  );
}
