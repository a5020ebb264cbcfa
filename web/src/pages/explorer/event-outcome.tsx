import { notMade } from "@bellhop/contract/reasons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { ask } from "../../api/queries.ts";
import { AppName } from "../../parts/app-name.tsx";
import { Code, indentJson } from "../../parts/code.tsx";
import { Id } from "../../parts/copy.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Fact, Facts, Section } from "../../parts/page.tsx";
import { Status } from "../../parts/status.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { MendLink } from "./mend-link.tsx";

type Event = Answer<"getEvent">;

/** What is on its way moves on by itself. */
const liveMs = 2_000;

export function EventOutcome({ id }: { readonly id: string }) {
  const event = useQuery({
    ...ask("getEvent", { params: { id } }),
    refetchInterval: ({ state }) =>
      state.data?.notifications.some(({ status }) => status === "waiting" || status === "retrying") ? liveMs : false,
  });
  return <Loaded of={event}>{(found) => <Outcome event={found} />}</Loaded>;
}

function Outcome({ event }: { readonly event: Event }) {
  const { id, topic, workspace_id: workspace, accepted_at: at, object_id: object, ordering_key: key, item_text: item } = event;
  return (
    <section aria-label="Answer" className="flex flex-col gap-4">
      <div role="status">
        <h2 className="text-xl font-semibold">{answerOf(event)}</h2>
      </div>
      <Notified event={event} />
      <NotNotified event={event} />
      <Section title="The event">
        <div className="flex flex-col gap-4">
          <Facts>
            <Fact name="Event">
              <Id id={id} />
            </Fact>
            <Fact name="Topic">
              <code className="font-mono">{topic}</code>
            </Fact>
            <Fact name="Workspace">
              <Id id={workspace} />
            </Fact>
            <Fact name="Published">
              <Time at={at} exact />
            </Fact>
            {object !== null && (
              <Fact name="Object">
                <Id id={object} />
              </Fact>
            )}
            {key !== null && <Fact name="Ordering key">{key}</Fact>}
          </Facts>
          <Code label="Item, indented" text={indentJson(item)} json tall />
        </div>
      </Section>
    </section>
  );
}

function answerOf({ notifications_made: made, notifications, skipped, skipped_counts: counts }: Event): string {
  const not = skipped.length + Object.values(counts).reduce((sum, count) => sum + count, 0);
  const delivered = notifications.filter(({ status }) => status === "delivered").length;
  const shown = made > notifications.length ? ` of the first ${notifications.length}` : "";
  const who = `It notified ${made.toLocaleString("en")} ${made === 1 ? "subscription" : "subscriptions"}`;
  const whom = made === 0 ? "It notified nobody" : `${who}; ${delivered}${shown} ${delivered === 1 ? "is" : "are"} delivered`;
  return not === 0 ? `${whom}.` : `${whom}. ${not.toLocaleString("en")} ${not === 1 ? "was" : "were"} not notified.`;
}

function Notified({ event: { notifications, notifications_made: made } }: { readonly event: Event }) {
  if (made === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      <Table
        label="Whom it notified"
        head={
          <>
            <Th>Notified</Th>
            <Th>Status</Th>
            <Th>Received as</Th>
            <Th>Notification</Th>
          </>
        }
      >
        {notifications.map(({ id, app, subscription, topic, status }) => (
          <tr key={id}>
            <Td className="min-w-32 wrap-anywhere">
              <Link to="/apps/$app/webhooks" params={{ app }} search={{ subscription }} className="font-medium underline">
                <AppName id={app} />
              </Link>
            </Td>
            <Td>
              <Status status={status} />
            </Td>
            <Td className="font-mono text-sm">{topic}</Td>
            <Td className="font-mono text-sm">
              <Link to="/notifications/$id" params={{ id }} className="underline">
                {id}
              </Link>
            </Td>
          </tr>
        ))}
      </Table>
      {made > notifications.length && (
        <p className="text-sm text-ink-3">{(made - notifications.length).toLocaleString("en")} more are not listed.</p>
      )}
    </div>
  );
}

function NotNotified({ event }: { readonly event: Event }) {
  const { skipped, skipped_counts: counts, workspace_id: workspace, topic } = event;
  const counted = Object.entries(counts);
  if (skipped.length + counted.length === 0) return null;
  return (
    <Section title="Not notified" about="As it was when the event was published; what has been mended since counts for the next one.">
      <ul className="flex flex-col divide-y divide-line">
        {skipped.map(({ app, reason, sentence, fix }) => (
          <li key={`${app} ${reason}`} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-3 first:pt-0 last:pb-0">
            <div className="min-w-60 flex-1">
              <h3 className="font-semibold">
                <AppName id={app} />
              </h3>
              <p>
                {sentence} <span className="text-ink-2">{fix}</span>
              </p>
            </div>
            <div className="flex flex-wrap gap-2">
              <MendLink reason={reason} app={app} subscription={null} workspace={workspace} />
              <Link to="/explorer" search={{ workspace, topic, app }} className="h-7 px-2 leading-7 underline">
                Each rule now
              </Link>
            </div>
          </li>
        ))}
        {counted.map(([reason, count]) => (
          <li key={reason} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-3 first:pt-0 last:pb-0">
            <p className="min-w-60 flex-1">
              <span className="font-semibold">{count.toLocaleString("en")} more:</span> {sentenceOf(reason)}
            </p>
            <Link to="/explorer" search={{ workspace, topic }} className="h-7 px-2 leading-7 underline">
              Which, as things are now
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** A reason that a newer server knows is shown as it stands. */
function sentenceOf(reason: string): string {
  return Object.entries(notMade).find(([known]) => known === reason)?.[1].sentence ?? reason;
}
