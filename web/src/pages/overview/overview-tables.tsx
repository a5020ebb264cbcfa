import { Link } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { Id } from "../../parts/copy.tsx";
import { SendingState } from "../../parts/status.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { count, latencyText } from "./overview-answer.ts";
import type { Statistics } from "./overview-answer.ts";

type Subscription = Answer<"listSubscriptions">["data"][number];
type Counted = Pick<Statistics["by_subscription"][number], "made" | "delivered" | "failed" | "ended" | "p50_ms" | "p95_ms">;

const nothing: Counted = { made: 0, delivered: 0, failed: 0, ended: 0, p50_ms: null, p95_ms: null };
const from = "/apps/$app/overview";
const linkLook = "font-medium underline-offset-2 hover:underline wrap-anywhere";

type BySubscriptionProps = { readonly app: string; readonly statistics: Statistics; readonly subscriptions: readonly Subscription[] };

/** Those without anything too: silence can be what is wrong. */
export function BySubscription({ app, statistics: { by_subscription: numbers }, subscriptions }: BySubscriptionProps) {
  return (
    <section className="flex flex-col gap-2" aria-label="Subscriptions">
      <h2 className="text-lg font-semibold">By subscription</h2>
      <Table
        label="By subscription"
        head={
          <>
            <Th>Endpoint</Th>
            <Th>State</Th>
            <CountHeads />
          </>
        }
      >
        {subscriptions.map((subscription) => (
          <tr key={subscription.id}>
            <SubscriptionCells app={app} subscription={subscription} />
            <Counts of={numbers.find((each) => each.subscription === subscription.id) ?? nothing} />
          </tr>
        ))}
      </Table>
    </section>
  );
}

function SubscriptionCells({ app, subscription }: { readonly app: string; readonly subscription: Subscription }) {
  const { id, name, url, state_since, state_sentence } = subscription;
  return (
    <>
      <Td className="min-w-48">
        <Link from={from} to="." search={(old) => ({ ...old, subscription: id })} title={url} className={`line-clamp-2 ${linkLook}`}>
          {name ?? url}
        </Link>
      </Td>
      <Td>
        <Link to="/apps/$app/webhooks" params={{ app }} search={{ subscription: id }} title={state_sentence ?? undefined}>
          <SendingState of={subscription} />
        </Link>
        <p className="text-sm whitespace-nowrap text-ink-3">
          since <Time at={state_since} />
        </p>
      </Td>
    </>
  );
}

export function ByWorkspace({ statistics: { by_workspace: numbers, sample } }: { readonly app: string; readonly statistics: Statistics }) {
  if (numbers.length === 0) return null;
  const about = sample.complete
    ? `All ${count(sample.notifications)} notifications that were made in the range.`
    : `A sample: the newest ${count(sample.notifications)} notifications of the range. A narrower range looks at all.`;
  return (
    <section className="flex flex-col gap-2" aria-label="Workspaces">
      <h2 className="text-lg font-semibold">By workspace</h2>
      <p className="-mt-1 text-sm text-ink-3">{about}</p>
      <Table
        label="By workspace"
        head={
          <>
            <Th>Workspace</Th>
            <CountHeads />
          </>
        }
      >
        {numbers.map((each) => (
          <tr key={each.workspace_id}>
            <Td>
              <span className="flex flex-wrap items-baseline gap-x-3">
                <Id id={each.workspace_id} />
                <Link from={from} to="." search={(old) => ({ ...old, workspace: each.workspace_id })} className={`text-sm ${linkLook}`}>
                  only this<span className="sr-only"> workspace, {each.workspace_id}</span>
                </Link>
              </span>
            </Td>
            <Counts of={each} />
          </tr>
        ))}
      </Table>
    </section>
  );
}

const CountHeads = () => (
  <>
    {["Made", "Delivered", "Failed attempts", "Ended", "p50", "p95"].map((name) => (
      <Th key={name} className="text-right">
        {name}
      </Th>
    ))}
  </>
);

function Counts({ of: { made, delivered, failed, ended, p50_ms, p95_ms } }: { readonly of: Counted }) {
  return (
    <>
      <Td className="text-right">{count(made)}</Td>
      <Td className="text-right">{count(delivered)}</Td>
      <Td className={`text-right ${failed > 0 ? "text-failed" : ""}`}>{count(failed)}</Td>
      <Td className={`text-right ${ended > 0 ? "text-failed" : ""}`}>{count(ended)}</Td>
      <Td className="text-right whitespace-nowrap text-ink-2">{latencyText(p50_ms)}</Td>
      <Td className="text-right whitespace-nowrap text-ink-2">{latencyText(p95_ms)}</Td>
    </>
  );
}
