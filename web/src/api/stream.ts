// What happens on the server, as it happens: one Server-Sent Events connection for as long as a page wants it. A browser opens few
// connections to one server, so a tab that nobody sees lets go of its own, and reads again what it shows when it is back.
import type { NotificationEntry, NotificationQuery } from "@bellhop/contract/notifications";
import type { ReplayView } from "@bellhop/contract/replays";
import type { StreamGap, StreamRate, SubscriptionChange } from "@bellhop/contract/stream";
import { useEffect, useRef, useState } from "react";
import { urlOf } from "./client.ts";

/** `paused`: not asked for, or the tab is not seen. `reconnecting`: it was live and will be again. */
export type StreamState = "connecting" | "live" | "reconnecting" | "paused";

export type StreamEvents = {
  readonly notification?: (entry: NotificationEntry) => void;
  readonly subscription?: (change: SubscriptionChange) => void;
  readonly replay?: (replay: ReplayView) => void;
  readonly rate?: (rate: StreamRate) => void;
  /** Something may have been missed: what is shown has to be read again. Also when the stream has just opened. */
  readonly gap?: (gap: StreamGap | { readonly reason: "opened" }) => void;
};

type StreamQuery = Omit<NotificationQuery, "limit" | "cursor">;
type StreamOptions = { readonly query?: StreamQuery; readonly on: StreamEvents; readonly enabled?: boolean };

const names = ["notification", "subscription", "replay", "rate", "gap"] as const;
/** The browser comes back by itself after a cut; after a refusal it does not. */
const refusedAgainMs = 5_000;

/** `useStream({ query: { app }, on: { subscription: … } })`. Handlers may be new at each drawing. */
export function useStream({ query = {}, on, enabled = true }: StreamOptions): StreamState {
  const [state, setState] = useState<StreamState>("connecting");
  const isSeen = useIsSeen();
  const handlers = useRef(on);
  useEffect(() => {
    handlers.current = on;
  });
  const url = urlOf("stream", { query });
  const isWanted = enabled && isSeen;
  useEffect(() => {
    setState(isWanted ? "connecting" : "paused");
    return isWanted ? openStream(url, handlers, setState) : undefined;
  }, [url, isWanted]);
  return state;
}

/** Returns what closes it. */
function openStream(url: string, handlers: { readonly current: StreamEvents }, tell: (state: StreamState) => void): () => void {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    let isFirst = true;
    const opened = new EventSource(url);
    source = opened;
    opened.addEventListener("open", () => {
      tell("live");
      // A browser that comes back by itself names the last event it saw, and the server says if there is a gap.
      if (isFirst) handlers.current.gap?.({ reason: "opened" });
      isFirst = false;
    });
    opened.addEventListener("error", () => {
      tell("reconnecting");
      if (opened.readyState === EventSource.CLOSED) again = setTimeout(open, refusedAgainMs);
    });
    for (const name of names) {
      opened.addEventListener(name, ({ data }: MessageEvent<string>) => handlers.current[name]?.(JSON.parse(data) as never));
    }
  };
  open();
  return () => {
    clearTimeout(again);
    source?.close();
  };
}

function useIsSeen(): boolean {
  const [isSeen, setIsSeen] = useState(() => !document.hidden);
  useEffect(() => {
    const look = (): void => setIsSeen(!document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return isSeen;
}
