// What stands in the columns of the log.
import type { NotificationEntry } from "@bellhop/contract/notifications";
import { shownReasons } from "@bellhop/contract/search-words";
import { Link } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { AppName } from "../../parts/app-name.tsx";
import { shortId } from "../../parts/copy.tsx";
import { DueTime, durationText } from "../../parts/time.tsx";
import type { Endpoints } from "./endpoints.ts";

type CellProps = { readonly entry: NotificationEntry };

const Nothing = () => <span className="text-ink-3">–</span>;

/** A click opens it beside the list; with a key held, or from the menu of the browser, it is a page of its own. */
export function TopicLink({ entry: { id, topic }, onOpen }: CellProps & { readonly onOpen: (id: string) => void }) {
  const clicked = (event: MouseEvent): void => {
    event.stopPropagation();
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(id);
  };
  return (
    <Link
      to="/notifications/$id"
      params={{ id }}
      preload={false}
      tabIndex={-1}
      onClick={clicked}
      title={topic}
      className="block truncate font-medium"
    >
      {topic}
    </Link>
  );
}

export function App({ entry: { app } }: CellProps) {
  return (
    <span title={app} className="block truncate text-ink-2">
      <AppName id={app} />
    </span>
  );
}

export function Endpoint({ entry: { subscription }, endpoints }: CellProps & { readonly endpoints: Endpoints | null }) {
  const name = endpoints?.get(subscription) ?? shortId(subscription);
  return (
    <span title={`${name} (${subscription})`} className="block truncate text-ink-2">
      {name}
    </span>
  );
}

export function Workspace({ entry: { workspace_id } }: CellProps) {
  return (
    <span title={workspace_id} className="block truncate text-ink-2">
      {workspace_id}
    </span>
  );
}

export const Attempts = ({ entry: { attempts } }: CellProps) => (attempts === 0 ? <Nothing /> : attempts);
export const Latency = ({ entry: { latency_ms } }: CellProps) => (latency_ms === null ? <Nothing /> : durationText(latency_ms));
export const NextAttempt = ({ entry: { next_attempt_at } }: CellProps) =>
  next_attempt_at === null ? <Nothing /> : <DueTime at={next_attempt_at} />;

/** The status of the newest answer, and why it is not delivered where that says more. */
export function LogAnswer({ entry: { code, reason, status } }: CellProps) {
  const why = reason === null || (reason === "status" && code !== null) ? [] : [reason.replaceAll("_", " ")];
  const text = [...(code === null ? [] : [String(code)]), ...why].join(" ");
  if (text === "") return <Nothing />;
  const look = status === "delivered" ? "text-ink-2" : code === null ? "text-ink" : "text-failed";
  return (
    <span title={reason === null ? text : shownReasons[reason]} className={`block truncate ${look}`}>
      {text}
    </span>
  );
}
