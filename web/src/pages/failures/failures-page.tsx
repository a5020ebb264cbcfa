// Failures: what goes wrong, grouped by cause, each with what happened in one sentence and what to do about it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { searchTimeMs } from "@bellhop/contract/search-time";
import type { Answer } from "../../api/client.ts";
import { ask, readAgain } from "../../api/queries.ts";
import { useStream } from "../../api/stream.ts";
import { Button, buttonLook } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { Filters } from "./filters.tsx";
import { FailureGroup } from "./failure-group.tsx";

const route = getRouteApi("/shell/apps/$app/failures");
const sinceDefault = "7d";
/** Looked again so long after something failed: failures come in crowds. */
const settleMs = 1_000;

type Failures = Answer<"listFailures">;

export function FailuresPage() {
  const { app } = route.useParams();
  const { since = sinceDefault, until, subscription } = route.useSearch();
  const navigate = useNavigate({ from: "/apps/$app/failures" });
  const [openedMs] = useState(() => Date.now());
  const subscriptions = useQuery(ask("listSubscriptions", { params: { id: app }, query: { limit: 100 } })).data?.data ?? [];
  const range = { since: isoOf(since, openedMs), until: until === undefined ? undefined : isoOf(until, openedMs) };
  const failures = useFailures({ app, ...range, ...(subscription === undefined ? {} : { subscription }) });
  const isFiltered = subscription !== undefined || until !== undefined || since !== sinceDefault;
  return (
    <Page title="Failures" wide answer={failures.data && <FailuresAnswer failures={failures.data} />}>
      <Filters
        since={since}
        until={until}
        subscription={subscription}
        subscriptions={subscriptions}
        onChange={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
      />
      <Loaded of={failures}>
        {({ data, complete, looked_at }) => {
          if (data.length === 0 && !complete) return <NoneAmong lookedAt={looked_at} app={app} />;
          if (data.length === 0 && isFiltered)
            return (
              <Empty
                title="No failure fits"
                actions={<Button onClick={() => void navigate({ search: {} })}>All of the last 7 days</Button>}
              >
                Nothing failed in this range for what is chosen.
              </Empty>
            );
          if (data.length === 0) return <NoneYet app={app} />;
          return (
            <>
              <ul className="flex flex-col gap-3">
                {data.map((group) => (
                  <FailureGroup
                    key={`${group.subscription} ${group.reason} ${group.code}`}
                    group={group}
                    app={app}
                    range={range}
                    subscription={subscriptions.find(({ id }) => id === group.subscription)}
                  />
                ))}
              </ul>
              {!complete && (
                <p className="text-sm text-ink-3">
                  The newest {looked_at.toLocaleString("en")} were looked at; older ones are not counted here. A shorter range counts them.
                </p>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

const isoOf = (text: string, nowMs: number): string => {
  const ms = searchTimeMs(text, nowMs);
  return ms === null ? text : new Date(ms).toISOString();
};

type Query = { readonly app: string; readonly since: string; readonly until?: string | undefined; readonly subscription?: string };

/** Read again soon after something of the app went wrong or was mended. */
function useFailures({ app, since, until, subscription }: Query) {
  const client = useQueryClient();
  const query = { app, since, ...(until === undefined ? {} : { until }), ...(subscription === undefined ? {} : { subscription }) };
  const again = (): void => void readAgain(client, ["listFailures"]);
  const [settle] = useState(() => afterwards(settleMs));
  useStream({ query: { app }, enabled: until === undefined, on: { notification: () => settle(again), gap: again } });
  return useQuery({ ...ask("listFailures", { query }), placeholderData: (old) => old });
}

/** Runs what it is given once in a while, however often it is asked. */
function afterwards(ms: number): (run: () => void) => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return (run) => {
    timer ??= setTimeout(() => {
      timer = null;
      run();
    }, ms);
  };
}

function FailuresAnswer({ failures: { data, complete, looked_at } }: { readonly failures: Failures }) {
  if (data.length === 0 && !complete) return <>None of the newest {looked_at.toLocaleString("en")} that were no success has failed.</>;
  if (data.length === 0) return <>Nothing failed. What does stands here by its cause, with what to do about it.</>;
  const count = data.reduce((sum, group) => sum + group.count, 0);
  const retrying = data.reduce((sum, group) => sum + group.retrying, 0);
  const about = complete ? "" : "At least ";
  return (
    <>
      {about}
      {count.toLocaleString("en")} {count === 1 ? "notification has" : "notifications have"} failed, for {data.length}{" "}
      {data.length === 1 ? "cause" : "causes"}; {retrying === 0 ? "none" : retrying.toLocaleString("en")} of them{" "}
      {retrying === 1 ? "is" : "are"} still tried.
    </>
  );
}

/** Much that is held can hide older failures: that is no word that there are none. */
function NoneAmong({ lookedAt, app }: { readonly lookedAt: number; readonly app: string }) {
  const toDeliveries = (
    <Link to="/apps/$app/deliveries" params={{ app }} search={{ q: "status:failed" }} className={buttonLook("secondary")}>
      What failed, in Deliveries
    </Link>
  );
  return (
    <Empty title={`The newest ${lookedAt.toLocaleString("en")} have not failed`} actions={toDeliveries}>
      They are held or ended otherwise. Older ones are not counted here: a shorter range that ends earlier counts them.
    </Empty>
  );
}

function NoneYet({ app }: { readonly app: string }) {
  const toDeliveries = (
    <Link to="/apps/$app/deliveries" params={{ app }} className={buttonLook("secondary")}>
      Deliveries
    </Link>
  );
  return (
    <Empty title="Nothing failed in the last 7 days" actions={toDeliveries}>
      A notification that an endpoint does not accept stands here by its cause, until it is delivered after all.
    </Empty>
  );
}
