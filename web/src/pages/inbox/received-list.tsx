import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Empty } from "../../parts/empty.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { Dot } from "../../parts/status.tsx";
import { Time } from "../../parts/time.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { ReceivedDetails } from "./received-details.tsx";
import { answerWord, verdictOf } from "./verdict.ts";
import type { Inbox, Received } from "./verdict.ts";

const route = getRouteApi("/shell/inbox");

/** Newest first; one of them is open below its line. */
export function ReceivedList({ inbox: { url, received } }: { readonly inbox: Inbox }) {
  const { open } = route.useSearch();
  const navigate = useNavigate({ from: "/inbox" });
  const show = (number: number | null): void =>
    void navigate({ search: { open: number === null ? undefined : String(number) }, replace: true });
  const [seen] = useState(() => received[0]?.number ?? 0);
  const at = received.findIndex(({ number }) => String(number) === open);
  const go = (to: Received | undefined): void => to && show(to.number);
  useShortcuts("Test inbox", {
    j: { does: "Older request", run: () => go(received[at + 1]) },
    k: { does: "Newer request", run: () => go(received[Math.max(0, at - 1)]) },
    Escape: { does: "Close the request", run: () => show(null) },
  });
  if (received.length === 0)
    return (
      <Empty title="Nothing has arrived yet" command={`curl -s ${url}/hello -H 'Content-Type: application/json' -d '{"hello":"inbox"}'`}>
        Make one of its paths an app's endpoint and publish an event, or send it something yourself.
      </Empty>
    );
  return (
    <section className="card" aria-label="What arrived">
      {open !== undefined && at < 0 && <p className="border-b border-line px-4 py-2 text-ink-2">Request {open} is no longer kept.</p>}
      <ul className="divide-y divide-line">
        {received.map((each) => (
          <li key={each.number} className={each.number > seen ? "arrived" : ""}>
            <Line received={each} isOpen={String(each.number) === open} onToggle={(yes) => show(yes ? each.number : null)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type LineProps = { readonly received: Received; readonly isOpen: boolean; readonly onToggle: (open: boolean) => void };

function Line({ received, isOpen, onToggle }: LineProps) {
  const { number, at, topic, path, answered } = received;
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={`received-${number}`}
        onClick={() => onToggle(!isOpen)}
        className={`grid w-full grid-cols-[auto_1fr_auto] items-baseline gap-x-3 gap-y-0.5 px-4 py-2 text-left hover:bg-sunken sm:grid-cols-[auto_minmax(0,3fr)_minmax(0,2fr)_6.5rem_4.5rem_4.5rem] ${isOpen ? "bg-sunken" : ""}`}
      >
        <span className={`text-ink-3 ${isOpen ? "rotate-90" : ""}`}>
          <Glyph name="right" />
        </span>
        <span title={topic ?? undefined} className="truncate font-medium">
          {topic ?? "Not an envelope"}
        </span>
        <span title={path} className="order-last col-start-2 truncate font-mono text-sm text-ink-2 sm:order-none sm:col-start-auto">
          {path}
        </span>
        <Verdict received={received} />
        <span className={`order-last text-sm sm:order-none ${answered === 200 ? "text-ink-3" : "text-retrying"}`}>
          {answerWord(answered)}
        </span>
        <span className="order-last col-start-2 text-sm text-ink-3 sm:order-none sm:col-start-auto sm:text-right">
          <Time at={at} />
        </span>
      </button>
      {isOpen && (
        <div id={`received-${number}`} className="border-t border-line px-4 py-4">
          <ReceivedDetails received={received} />
        </div>
      )}
    </>
  );
}

function Verdict({ received }: { readonly received: Received }) {
  const verdict = verdictOf(received);
  const look = { right: "text-delivered", wrong: "text-failed", unsigned: "text-ink-3" }[verdict];
  return (
    <span className={`inline-flex items-center gap-1.5 text-sm whitespace-nowrap ${look}`}>
      <Dot shape={verdict === "right" ? "full" : verdict === "wrong" ? "cross" : "ring"} />
      {verdict === "right" ? "signed right" : verdict === "wrong" ? "signed wrong" : "not signed"}
    </span>
  );
}
