// Overview: does the endpoint get what it should? A sentence with numbers, then the numbers, over time, by subscription and
// by workspace. All of it leads to the log it counts.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import { ask } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { useTick } from "../../parts/time.tsx";
import { buttonLook } from "../../parts/button.tsx";
import { overviewAnswer } from "./overview-answer.ts";
import { OverviewCharts } from "./overview-charts.tsx";
import { Filters } from "./overview-filters.tsx";
import { Numbers } from "./overview-numbers.tsx";
import { isRange, momentsOf, rangeText } from "./overview-range.ts";
import { BySubscription, ByWorkspace } from "./overview-tables.tsx";

const route = getRouteApi("/shell/apps/$app/overview");
const refreshMs = 10_000;
/** The sentence's ages are as old as that at most. */
const spokenEveryMs = 5_000;
/** Points of a chart: wide enough to be clicked. */
const bucketsMax = 97;

export function OverviewPage() {
  const { app } = route.useParams();
  const asked = route.useSearch();
  const { since, until, subscription, workspace } = asked;
  const nowMs = useTick((now) => Math.floor(now / spokenEveryMs) * spokenEveryMs);
  const isShown = isRange(asked, nowMs);
  const statistics = useQuery({
    enabled: isShown,
    queryKey: ["getStatistics", { app, since, until, subscription, workspace }],
    queryFn: ({ signal }) => {
      const filters = {
        ...(subscription === undefined ? {} : { subscription }),
        ...(workspace === undefined ? {} : { workspace_id: workspace }),
      };
      return call("getStatistics", { query: { app, buckets: bucketsMax, ...momentsOf(asked, Date.now()), ...filters } }, signal);
    },
    placeholderData: keepPreviousData,
    refetchInterval: until === undefined ? refreshMs : false,
  });
  const listed = ask("listSubscriptions", { params: { id: app }, query: { limit: 100 } });
  const subscriptions = useQuery({ ...listed, refetchInterval: refreshMs }).data?.data ?? [];
  const { data } = statistics;
  if (!isShown)
    return (
      <Page title="Overview" wide>
        <Filters asked={asked} subscriptions={subscriptions} shown={undefined} />
        <Banner tone="warn" title="This is no range of time">
          It begins and ends with a time such as 2026-11-24T10:00:00Z or 2h, begins before it ends, and not in the future. Choose one above.
        </Banner>
      </Page>
    );
  return (
    <Page title="Overview" wide answer={data && overviewAnswer(data, rangeText(asked, nowMs), nowMs, until !== undefined)}>
      <Filters asked={asked} subscriptions={subscriptions} shown={data} />
      <Loaded of={statistics}>
        {(numbers) => (
          <div className={`flex flex-col gap-5 ${statistics.isPlaceholderData ? "opacity-60" : ""}`}>
            <Numbers app={app} statistics={numbers} subscription={subscription} workspace={workspace} nowMs={nowMs} />
            {subscriptions.length === 0 ? (
              <NoSubscription app={app} />
            ) : (
              <>
                <OverviewCharts app={app} statistics={numbers} asked={asked} />
                <BySubscription app={app} statistics={numbers} subscriptions={subscriptions} />
                <ByWorkspace app={app} statistics={numbers} />
              </>
            )}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function NoSubscription({ app }: { readonly app: string }) {
  return (
    <Empty
      title="No endpoint yet"
      actions={
        <Link to="/apps/$app/webhooks" params={{ app }} search={{ new: "1" }} className={buttonLook("primary")}>
          Add an endpoint
        </Link>
      }
    >
      The app has no subscription, so nothing is made for it. Give it a URL and choose topics; what is delivered is counted here.
    </Empty>
  );
}
