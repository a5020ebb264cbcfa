import { ended } from "@bellhop/contract/reasons";
import { Dot } from "../../parts/status.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { Time, durationText } from "../../parts/time.tsx";
import { DeliveriesLink, MadeBetween, SubscriptionLink, What } from "./replay-words.tsx";
import { skippedText } from "./running-replays.tsx";
import type { Replay, Subscription } from "./use-replays.ts";

type EndedProps = { readonly app: string; readonly replays: readonly Replay[]; readonly subscriptions: readonly Subscription[] };

export function EndedReplays({ app, replays, subscriptions }: EndedProps) {
  const head = (
    <>
      <Th>State</Th>
      <Th>What</Th>
      <Th>Subscription</Th>
      <Th className="text-right">Given to the queue</Th>
      <Th>Begun</Th>
      <Th>Took</Th>
      <Th>
        <span className="sr-only">More</span>
      </Th>
    </>
  );
  return (
    <Table label="Ended replays" head={head}>
      {replays.map((replay) => (
        <tr key={replay.id}>
          <Td>
            <Outcome replay={replay} />
          </Td>
          <Td className="min-w-64">
            <What replay={replay} />
            <p className="text-sm text-ink-3">
              made <MadeBetween replay={replay} />
            </p>
          </Td>
          <Td className="min-w-40">
            <SubscriptionLink app={app} replay={replay} subscriptions={subscriptions} />
          </Td>
          <Td className="text-right whitespace-nowrap">
            <Count replay={replay} />
          </Td>
          <Td>
            <Time at={replay.created_at} />
          </Td>
          <Td className="whitespace-nowrap">{replay.ended_at && durationText(tookMs(replay.created_at, replay.ended_at))}</Td>
          <Td>
            <DeliveriesLink app={app} replay={replay} />
          </Td>
        </tr>
      ))}
    </Table>
  );
}

const tookMs = (from: string, to: string): number => Date.parse(to) - Date.parse(from);

function Outcome({ replay: { state, reason } }: { readonly replay: Replay }) {
  const isDone = state === "done";
  return (
    <>
      <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${isDone ? "text-delivered" : "text-canceled"}`}>
        <Dot shape={isDone ? "full" : "dash"} />
        {state}
      </span>
      {reason !== null && reason !== "canceled" && <p className="max-w-56 text-sm text-ink-3">{sentenceOf(reason)}</p>}
    </>
  );
}

/** What ended the subscription's notifications ended its replay too. */
const sentenceOf = (reason: string): string => (Object.hasOwn(ended, reason) ? ended[reason as keyof typeof ended].sentence : reason);

function Count({ replay: { progress, estimate } }: { readonly replay: Replay }) {
  return (
    <>
      {progress.replayed.toLocaleString("en")}
      <span className="text-ink-3">
        {" "}
        of {estimate.exact ? "" : "about "}
        {estimate.count.toLocaleString("en")}
      </span>
      {progress.skipped > 0 && (
        <p className="text-sm text-ink-3" title={skippedText(progress.skipped)}>
          {progress.skipped.toLocaleString("en")} left out
        </p>
      )}
    </>
  );
}
