// Who uses the places for requests, the greediest first, one click from a brake.
import { Link } from "@tanstack/react-router";
import { searchWord } from "@bellhop/contract/search";
import { buttonLook } from "../../parts/button.tsx";
import { AppName } from "../../parts/app-name.tsx";
import { Id } from "../../parts/copy.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Dot } from "../../parts/status.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { durationText } from "../../parts/time.tsx";
import { count, shareText } from "./flow-answer.ts";
import type { Busy } from "./flow-answer.ts";

export function Busiest({ busiest }: { readonly busiest: readonly Busy[] }) {
  return (
    <section className="flex flex-col gap-2" aria-label="Who uses the places">
      <h2 className="text-lg font-semibold">Who uses the places</h2>
      {busiest.length === 0 ? (
        <Empty title="Nobody at the moment">Whoever is being sent to, or was within the last minute, is listed here.</Empty>
      ) : (
        <Table
          label="Busiest subscriptions"
          head={
            <>
              <Th>Subscription</Th>
              <Th>Places</Th>
              <Th className="text-right">Under way</Th>
              <Th className="text-right">Queued</Th>
              <Th className="text-right">Attempts, 1 min</Th>
              <Th className="text-right">Failed</Th>
              <Th className="text-right">p95</Th>
              <Th>
                <span className="sr-only">What can be done</span>
              </Th>
            </>
          }
        >
          {busiest.map((busy) => (
            <Row key={busy.subscription} busy={busy} />
          ))}
        </Table>
      )}
    </section>
  );
}

function Row({ busy }: { readonly busy: Busy }) {
  const { subscription, app, host, in_flight, queued, slow, attempts_last_minute, failed_last_minute, p95_ms, share_of_slots } = busy;
  return (
    <tr>
      <Td className="min-w-48">
        <p className="flex flex-wrap items-baseline gap-x-2 font-medium wrap-anywhere">
          <Link to="/apps/$app/overview" params={{ app }} search={{ subscription }} className="underline-offset-2 hover:underline">
            <AppName id={app} />
          </Link>
          {slow && (
            <span className="inline-flex items-center gap-1 text-sm font-normal text-retrying">
              <Dot shape="half" />
              slow
            </span>
          )}
        </p>
        <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-ink-3">
          {host} <Id id={subscription} />
        </p>
      </Td>
      <Td className="min-w-32">
        <span className="flex items-center gap-2 whitespace-nowrap">
          <span className="h-1.5 w-20 overflow-hidden rounded-full bg-sunken" aria-hidden>
            <span className="block h-full rounded-full bg-brass-fill" style={{ width: shareText(share_of_slots).replace(" ", "") }} />
          </span>
          {shareText(share_of_slots)}
        </span>
      </Td>
      <Td className="text-right">{count(in_flight)}</Td>
      <Td className="text-right">{count(queued)}</Td>
      <Td className="text-right">{count(attempts_last_minute)}</Td>
      <Td className={`text-right ${failed_last_minute > 0 ? "text-failed" : ""}`}>{count(failed_last_minute)}</Td>
      <Td className="text-right whitespace-nowrap">{p95_ms === null ? "none" : durationText(p95_ms)}</Td>
      <Td className="text-right whitespace-nowrap">
        <span className="inline-flex gap-2">
          <Link
            to="/operator/deliveries"
            search={{ q: searchWord("subscription", subscription) }}
            className={buttonLook("quiet", true)}
            aria-label={`Log of ${subscription}`}
          >
            Log
          </Link>
          <Link
            to="/operator/brakes"
            search={{ new: "1", subscription }}
            className={buttonLook("secondary", true)}
            aria-label={`Brake ${subscription}`}
          >
            Brake
          </Link>
        </span>
      </Td>
    </tr>
  );
}
