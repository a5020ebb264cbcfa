// "Why was I not notified?": what became of one event, or each rule of matching for a workspace and a topic as things are now.
import { getRouteApi } from "@tanstack/react-router";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { AskByEvent, AskByRules } from "./ask.tsx";
import { EventOutcome } from "./event-outcome.tsx";
import { Matching } from "./matching.tsx";

const route = getRouteApi("/shell/explorer");

export function ExplorerPage() {
  const { event, workspace, topic, app } = route.useSearch();
  return (
    <Page
      title="Event explorer"
      answer="Why was an app not notified? Ask about an event that was published, or about the rules as they are now."
    >
      <div className="card divide-y divide-line">
        <AskByEvent key={`event ${event}`} event={event ?? ""} />
        <AskByRules key={`rules ${workspace} ${topic} ${app}`} workspace={workspace ?? ""} topic={topic ?? ""} app={app ?? ""} />
      </div>
      {event !== undefined && <EventOutcome id={event} />}
      {event === undefined && workspace !== undefined && topic !== undefined && <Matching workspace={workspace} topic={topic} app={app} />}
      {event === undefined && (workspace === undefined || topic === undefined) && (
        <Empty title="Nothing is asked yet">
          An event's id begins with <code className="font-mono">evt_</code>: publishing answers with it, and each notification names it.
        </Empty>
      )}
    </Page>
  );
}
