// The rows of the log. However many there are, only those in sight are drawn.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent, RefObject } from "react";
import type { Row } from "./live-rows.ts";
import { LogHead, LogRow, rowId } from "./log-row.tsx";
import type { Apart } from "./log-row.tsx";

const rowPx = 34;
/** On a phone a row has two lines; of all apps a third. */
const narrowRowPx = 58;
const narrowAppRowPx = 80;
const narrow = "(max-width: 639px)";
const overscanRows = 8;
/** Older ones are asked for when so few are left below. */
const loadAheadRows = 60;
/** So far down somebody reads what is there, and new rows would push it away. */
const scrolledPx = 12;

type LogGridProps = Apart & {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  /** The id of the row that the keys are at. */
  readonly at: string | null;
  /** The one that is open beside the list. */
  readonly open: string | null;
  readonly onAt: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onScrolled: (isScrolled: boolean) => void;
  readonly gridRef: RefObject<HTMLDivElement | null>;
};

export function LogGrid(props: LogGridProps) {
  const { rows, hasMore, isLoadingMore, loadMore, showsApp, endpoints, at, open, onAt, onOpen, onScrolled, gridRef } = props;
  const isNarrow = useIsNarrow();
  const size = !isNarrow ? rowPx : showsApp ? narrowAppRowPx : narrowRowPx;
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by a compiler
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => gridRef.current,
    estimateSize: () => size,
    overscan: overscanRows,
    getItemKey: (index) => rows[index]?.entry.id ?? index,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    virtual.measure();
  }, [size, virtual]);
  useEffect(() => {
    if (hasMore && last >= rows.length - loadAheadRows) loadMore();
  }, [hasMore, last, rows.length, loadMore]);
  const atIndex = at === null ? -1 : rows.findIndex(({ entry }) => entry.id === at);
  const followed = useRef(at);
  useEffect(() => {
    if (followed.current === at || atIndex < 0) return;
    followed.current = at;
    virtual.scrollToIndex(atIndex, { align: "auto" });
  }, [at, atIndex, virtual]);
  const pressed = (event: KeyboardEvent): void => {
    const to = moved(event.key, atIndex, rows.length);
    const id = to === null ? at : rows[to]?.entry.id;
    if (id === undefined || id === null || (to === null && event.key !== "Enter")) return;
    event.preventDefault();
    if (to === null) onOpen(id);
    else onAt(id);
  };
  return (
    <div
      ref={gridRef}
      role="grid"
      aria-label="Notifications"
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      aria-activedescendant={shown.some(({ index }) => index === atIndex) ? rowId(at as string) : undefined}
      tabIndex={0}
      onKeyDown={pressed}
      onClick={({ target }) => {
        const row = target instanceof Element ? target.closest<HTMLElement>("[data-id]") : null;
        if (row) onOpen(row.dataset["id"] as string);
      }}
      onScroll={({ currentTarget }) => onScrolled(currentTarget.scrollTop > scrolledPx)}
      className="card @container h-[70dvh] min-h-0 flex-1 overflow-auto overscroll-contain lg:h-auto"
    >
      <LogHead showsApp={showsApp} endpoints={endpoints} />
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ key, index, start }) => {
          const row = rows[index];
          return (
            row && (
              <LogRow
                key={key}
                row={row}
                index={index}
                topPx={start}
                heightPx={size}
                isNarrow={isNarrow}
                showsApp={showsApp}
                endpoints={endpoints}
                isAt={row.entry.id === at}
                isOpen={row.entry.id === open}
                onOpen={onOpen}
              />
            )
          );
        })}
      </div>
      <Below isEmpty={rows.length === 0} hasMore={hasMore} isLoadingMore={isLoadingMore} />
    </div>
  );
}

type BelowProps = Pick<LogGridProps, "hasMore" | "isLoadingMore"> & { readonly isEmpty: boolean };

/** A rare thing may lie far back: until the end is reached, that none is there is not yet an answer. */
function Below({ isEmpty, hasMore, isLoadingMore }: BelowProps) {
  const look = "px-3 py-2 text-sm text-ink-3";
  if (isEmpty && hasMore) return <p className={look}>None so far. Looking further back …</p>;
  return isLoadingMore && <p className={look}>Loading older ones …</p>;
}

function moved(key: string, from: number, count: number): number | null {
  const pages: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + 15,
    PageUp: from - 15,
    Home: 0,
    End: count - 1,
  };
  const to = pages[key];
  return to === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, to));
}

function useIsNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia(narrow).matches);
  useEffect(() => {
    const query = matchMedia(narrow);
    const changed = (): void => setNarrow(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return isNarrow;
}
