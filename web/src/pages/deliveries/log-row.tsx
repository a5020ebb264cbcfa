// One line of the log. Where there is little room, what matters less is left out; a phone has two lines for it, of all apps three.
import { memo, useState } from "react";
import type { Endpoints } from "./endpoints.ts";
import type { Row } from "./live-rows.ts";
import { App, Attempts, Endpoint, Latency, LogAnswer, NextAttempt, TopicLink, Workspace } from "./log-cells.tsx";
import { ShortLifeLine } from "../../parts/life-line.tsx";
import { Status } from "../../parts/status.tsx";
import { Time } from "../../parts/time.tsx";

/** Longer ago it is no news. */
const flashMs = 1_800;

const columns = {
  time: { name: "Time", look: "w-20 shrink-0" },
  status: { name: "Status", look: "w-23 shrink-0" },
  life: { name: "Life", look: "hidden w-20 shrink-0 @xl:block" },
  topic: { name: "Topic", look: "min-w-0 flex-3" },
  app: { name: "App", look: "hidden min-w-0 flex-2 @3xl:block" },
  endpoint: { name: "Endpoint", look: "hidden min-w-0 flex-2 @3xl:block" },
  workspace: { name: "Workspace", look: "hidden min-w-0 flex-2 @4xl:block" },
  attempts: { name: "Attempts", look: "hidden w-18 shrink-0 text-right @2xl:block" },
  answer: { name: "Answer", look: "min-w-14 flex-1 @2xl:flex-[1.4] @2xl:pl-3" },
  latency: { name: "Latency", look: "hidden w-16 shrink-0 text-right @3xl:block" },
  next: { name: "Next attempt", look: "hidden w-26 shrink-0 text-right @2xl:block" },
} as const;

type Column = keyof typeof columns;

/** Where a row has more names to tell, the room of the life line is theirs. */
const lookOf = (column: Column, { showsApp, endpoints }: Apart): string =>
  column === "life" && (showsApp || endpoints !== null) ? "hidden w-20 shrink-0 @5xl:block" : columns[column].look;

const line = "flex items-center gap-3 px-3";

export const rowId = (id: string): string => `row-${id}`;

/** What stands between a notification and the others. `endpoints` null: there is nothing to tell apart. */
export type Apart = { readonly showsApp: boolean; readonly endpoints: Endpoints | null };

const shownColumns = ({ showsApp, endpoints }: Apart): Column[] =>
  (Object.keys(columns) as Column[]).filter((column) => (column === "app" ? showsApp : column !== "endpoint" || endpoints !== null));

export function LogHead(apart: Apart) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 hidden border-b border-line bg-surface text-sm font-medium text-ink-3 sm:block">
      <div role="row" className={`h-8 ${line}`}>
        {shownColumns(apart).map((column) => (
          <span key={column} role="columnheader" className={`whitespace-nowrap ${lookOf(column, apart)}`}>
            {columns[column].name}
          </span>
        ))}
      </div>
    </div>
  );
}

type LogRowProps = Apart & {
  readonly row: Row;
  readonly index: number;
  readonly topPx: number;
  readonly heightPx: number;
  readonly isNarrow: boolean;
  readonly isAt: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (id: string) => void;
};

export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { row, index, topPx, heightPx, isNarrow, isAt, isOpen } = props;
  const { entry, changedMs } = row;
  return (
    <div
      role="row"
      id={rowId(entry.id)}
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      data-id={entry.id}
      className={`absolute inset-x-0 cursor-pointer border-b border-line ${isOpen ? "bg-sunken" : "hover:bg-sunken/60"} ${
        isAt ? "shadow-[inset_3px_0_0_var(--brass-fill)]" : ""
      }`}
      style={{ height: heightPx, transform: `translateY(${topPx}px)` }}
    >
      {changedMs > 0 && <Flash key={changedMs} changedMs={changedMs} />}
      {isNarrow ? <NarrowCells {...props} /> : <Cells {...props} />}
    </div>
  );
});

/** A row that comes back into sight does not flash again. */
function Flash({ changedMs }: { readonly changedMs: number }) {
  const [isNews] = useState(() => Date.now() - changedMs < flashMs);
  return isNews && <span role="presentation" className="arrived pointer-events-none absolute inset-0" />;
}

function Cells({ row: { entry }, showsApp, endpoints, onOpen }: LogRowProps) {
  const values = {
    time: <Time at={entry.created_at} />,
    status: <Status status={entry.status} />,
    life: <ShortLifeLine status={entry.status} attempts={entry.attempts} />,
    topic: <TopicLink entry={entry} onOpen={onOpen} />,
    app: <App entry={entry} />,
    endpoint: <Endpoint entry={entry} endpoints={endpoints} />,
    workspace: <Workspace entry={entry} />,
    attempts: <Attempts entry={entry} />,
    answer: <LogAnswer entry={entry} />,
    latency: <Latency entry={entry} />,
    next: <NextAttempt entry={entry} />,
  };
  return (
    <div role="presentation" className={`h-full ${line}`}>
      {shownColumns({ showsApp, endpoints }).map((column) => (
        <span key={column} role="gridcell" className={lookOf(column, { showsApp, endpoints })}>
          {values[column]}
        </span>
      ))}
    </div>
  );
}

function NarrowCells({ row: { entry }, showsApp, endpoints, onOpen }: LogRowProps) {
  return (
    <div role="presentation" className="flex h-full flex-col justify-center gap-0.5 px-3">
      <div role="presentation" className="flex items-baseline gap-3">
        <span role="gridcell" className="min-w-0">
          <TopicLink entry={entry} onOpen={onOpen} />
        </span>
        {endpoints && (
          <span role="gridcell" className="min-w-0 flex-1 text-sm">
            <Endpoint entry={entry} endpoints={endpoints} />
          </span>
        )}
        <span role="gridcell" className="ml-auto shrink-0 text-sm text-ink-3">
          <Time at={entry.created_at} />
        </span>
      </div>
      {showsApp && (
        <div role="presentation" className="flex gap-3 text-sm">
          <span role="gridcell" className="min-w-0 flex-1">
            <App entry={entry} />
          </span>
          <span role="gridcell" className="max-w-[60%] min-w-0">
            <Workspace entry={entry} />
          </span>
        </div>
      )}
      <div role="presentation" className="flex items-center gap-3 text-sm">
        <span role="gridcell" className="w-20 shrink-0">
          <Status status={entry.status} />
        </span>
        <span role="gridcell" className="shrink-0">
          <ShortLifeLine status={entry.status} attempts={entry.attempts} />
        </span>
        <span role="gridcell" className="min-w-0 flex-1">
          <LogAnswer entry={entry} />
        </span>
        <span role="gridcell" className="shrink-0 text-ink-3">
          {entry.next_attempt_at === null ? "" : <NextAttempt entry={entry} />}
        </span>
      </div>
    </div>
  );
}
