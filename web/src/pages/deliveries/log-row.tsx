// One line of the log. Where there is little room, what matters less is left out; a phone has two lines for it.
import type { NotificationEntry } from "@bellhop/contract/notifications";
import { shownReasons } from "@bellhop/contract/search-words";
import { Link } from "@tanstack/react-router";
import { memo, useState } from "react";
import type { MouseEvent, ReactNode } from "react";
import { shortId } from "../../parts/copy.tsx";
import { ShortLifeLine } from "../../parts/life-line.tsx";
import { Status } from "../../parts/status.tsx";
import { Time, durationText } from "../../parts/time.tsx";
import type { Row } from "./live-rows.ts";

const flashMs = 1_800;

const columns = [
  { name: "Time", look: "w-24" },
  { name: "Status", look: "w-24" },
  { name: "Life", look: "hidden w-20 @lg:block" },
  { name: "Topic", look: "min-w-0 flex-1" },
  { name: "App", look: "hidden w-36 min-w-0 @4xl:block" },
  { name: "Workspace", look: "hidden w-32 min-w-0 @3xl:block" },
  { name: "Attempts", look: "hidden w-18 text-right @xl:block" },
  { name: "Answer", look: "w-36 min-w-0" },
  { name: "Latency", look: "hidden w-18 text-right @2xl:block" },
  { name: "Next attempt", look: "hidden w-26 text-right @2xl:block" },
] as const;

const line = "flex items-center gap-3 px-3";
/** What is only there on a phone, below. */
const onPhones = "contents sm:hidden";

export const rowId = (id: string): string => `row-${id}`;

export function LogHead({ showsApp }: { readonly showsApp: boolean }) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 hidden border-b border-line bg-surface text-sm font-medium text-ink-3 sm:block">
      <div role="row" className={`h-8 ${line}`}>
        {columns.map(({ name, look }) =>
          name === "App" && !showsApp ? null : (
            <span key={name} role="columnheader" className={look}>
              {name}
            </span>
          ),
        )}
      </div>
    </div>
  );
}

type LogRowProps = {
  readonly row: Row;
  readonly index: number;
  readonly topPx: number;
  readonly heightPx: number;
  readonly showsApp: boolean;
  readonly isAt: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (id: string) => void;
};

export const LogRow = memo(function LogRow({ row, index, topPx, heightPx, showsApp, isAt, isOpen, onOpen }: LogRowProps) {
  const { entry, changedMs } = row;
  const values = cells(entry, onOpen);
  return (
    <div
      role="row"
      id={rowId(entry.id)}
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      data-id={entry.id}
      className={`absolute inset-x-0 flex cursor-pointer flex-col justify-center gap-0.5 border-b border-line sm:gap-0 ${
        isOpen ? "bg-sunken" : "hover:bg-sunken/60"
      } ${isAt ? "shadow-[inset_3px_0_0_var(--brass-fill)]" : ""}`}
      style={{ height: heightPx, transform: `translateY(${topPx}px)` }}
    >
      {changedMs > 0 && <Flash key={changedMs} changedMs={changedMs} />}
      <div role="presentation" className={line}>
        {columns.map(({ name, look }) =>
          name === "App" && !showsApp ? null : (
            <span key={name} role="gridcell" className={look}>
              {values[name]}
            </span>
          ),
        )}
      </div>
      <div role="presentation" className={onPhones}>
        <span role="gridcell" className={`${line} min-w-0 text-sm text-ink-3`}>
          <ShortLifeLine status={entry.status} attempts={entry.attempts} />
          <span className="truncate">
            {attemptsText(entry.attempts)} · {entry.workspace_id}
          </span>
        </span>
      </div>
    </div>
  );
});

/** A row that comes back into sight does not flash again. */
function Flash({ changedMs }: { readonly changedMs: number }) {
  const [isNews] = useState(() => Date.now() - changedMs < flashMs);
  return isNews && <span aria-hidden className="arrived pointer-events-none absolute inset-0" />;
}

const attemptsText = (count: number): string => (count === 1 ? "1 attempt" : `${count} attempts`);

function cells(entry: NotificationEntry, onOpen: (id: string) => void): Record<(typeof columns)[number]["name"], ReactNode> {
  return {
    Time: <Time at={entry.created_at} />,
    Status: <Status status={entry.status} />,
    Life: <ShortLifeLine status={entry.status} attempts={entry.attempts} />,
    Topic: <TopicLink entry={entry} onOpen={onOpen} />,
    App: <span className="block truncate font-mono text-sm text-ink-2">{shortId(entry.app)}</span>,
    Workspace: (
      <span className="block truncate text-ink-2" title={entry.workspace_id}>
        {entry.workspace_id}
      </span>
    ),
    Attempts: entry.attempts === 0 ? <Nothing /> : entry.attempts,
    Answer: <Answer entry={entry} />,
    Latency: entry.latency_ms === null ? <Nothing /> : durationText(entry.latency_ms),
    "Next attempt": entry.next_attempt_at === null ? <Nothing /> : <Time at={entry.next_attempt_at} />,
  };
}

const Nothing = () => <span className="text-ink-3">–</span>;

/** A click opens it beside the list; with a key held, or from the menu of the browser, it is a page of its own. */
function TopicLink({ entry: { id, topic }, onOpen }: { readonly entry: NotificationEntry; readonly onOpen: (id: string) => void }) {
  const clicked = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
    onOpen(id);
  };
  return (
    <Link to="/notifications/$id" params={{ id }} preload={false} tabIndex={-1} onClick={clicked} className="block truncate font-medium">
      {topic}
    </Link>
  );
}

/** The status line of the newest answer; where none came, why. */
function Answer({ entry: { code, reason, status } }: { readonly entry: NotificationEntry }) {
  const says = reason === null ? undefined : shownReasons[reason];
  const look = status === "delivered" ? "text-ink-2" : code === null ? "text-ink" : "text-failed";
  const text =
    code === null
      ? reason?.replaceAll("_", " ")
      : reason === null || reason === "status"
        ? String(code)
        : `${code} ${reason.replaceAll("_", " ")}`;
  if (text === undefined) return <Nothing />;
  return (
    <span title={says} className={`block truncate ${look}`}>
      {text}
    </span>
  );
}
