// Whether the log goes on by itself, and why not.
import type { ReactNode } from "react";
import { Button } from "../../parts/button.tsx";
import type { Holding, Log } from "./log.ts";

type TailBarProps = {
  readonly log: Pick<Log, "stream" | "rate" | "waiting" | "missed">;
  readonly holding: Holding;
  readonly onPause: (paused: boolean) => void;
  /** Back to the top, where new rows appear. */
  readonly onNewest: () => void;
};

export function TailBar({ log, holding, onPause, onNewest }: TailBarProps) {
  const { text, look, button } = said(log, holding, onPause, onNewest);
  return (
    <div className="flex items-center gap-2 text-sm">
      <span role="status" aria-label="Live tail" className={`flex items-center gap-1.5 ${look}`}>
        {text}
      </span>
      {button}
    </div>
  );
}

type Said = { readonly text: ReactNode; readonly look: string; readonly button: ReactNode };

function said(
  { stream, rate, waiting, missed }: TailBarProps["log"],
  holding: Holding,
  onPause: (paused: boolean) => void,
  onNewest: () => void,
): Said {
  const more = missed ? "more than can be shown" : waiting.toLocaleString("en");
  const pause = (
    <Button small onClick={() => onPause(true)}>
      Pause
    </Button>
  );
  if (holding.paused) {
    const resume = (
      <Button small variant="primary" onClick={() => onPause(false)}>
        Resume
      </Button>
    );
    return { text: `Paused · ${more} waiting`, look: "text-held", button: resume };
  }
  if (stream === "connecting") return { text: "Connecting …", look: "text-ink-3", button: null };
  if (stream !== "live") return { text: "Reconnecting …", look: "text-retrying", button: null };
  if (holding.scrolled) {
    const text = `Waits while you are scrolled down · ${more} new`;
    const newest = (
      <Button small onClick={onNewest}>
        Show the newest
      </Button>
    );
    return { text, look: "text-ink-2", button: newest };
  }
  const shown = rate && `showing ${rate.shown.toLocaleString("en")} of ${rate.per_second.toLocaleString("en")}/s`;
  return {
    text: (
      <>
        <span aria-hidden className="beating size-2 rounded-full bg-delivered" />
        Live{shown && `, ${shown}`}
      </>
    ),
    look: "text-ink-2",
    button: pause,
  };
}
