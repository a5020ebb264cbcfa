// Webhooks of an app: does each endpoint get what it should, and if not, why? Without one, the way of a notification and the
// form that makes the first.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { SavedSubscription, SubscriptionView } from "@bellhop/contract/subscriptions";
import type { Answer } from "../../api/client.ts";
import { ask } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Empty } from "../../parts/empty.tsx";
import { useSession } from "../../shell/session.ts";
import { ChecksResult } from "./checks-result.tsx";
import { SourceAddresses } from "./source-addresses.tsx";
import { SubscriptionForm } from "./subscription-form.tsx";
import { SubscriptionList } from "./subscription-list.tsx";
import { SubscriptionPanel } from "./subscription-panel.tsx";
import { TrialBanner, useIsOnTrial } from "./trial-banner.tsx";
import { useStateChanges } from "./use-state-changes.ts";
import { useTopics } from "./use-topics.ts";
import type { Topics } from "./use-topics.ts";
import { WayDrawing } from "./way-drawing.tsx";
import { answerOf } from "./webhooks-answer.ts";

const route = getRouteApi("/shell/apps/$app/webhooks");
/** States are told as they change; how many are held, and what topics others switched, is asked for. */
const refetchMs = 3_000;
const listRefetchMs = 15_000;
const subscriptionsMax = 100;

export function WebhooksPage() {
  const { app: id } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { local_mode: local } = useSession().instance;
  const app = useQuery(ask("readApp", { params: { id } }));
  const topics = useTopics(app.data?.api_version);
  const isOnTrial = useIsOnTrial(app.data);
  const list = useQuery({
    ...ask("listSubscriptions", { params: { id }, query: { limit: subscriptionsMax } }),
    refetchInterval: listRefetchMs,
  });
  useStateChanges(id);
  const isNew = search.new !== undefined || search.url !== undefined;
  const some = (list.data?.data.length ?? 0) > 0;
  return (
    <Page
      title="Webhooks"
      wide={(list.data?.data.length ?? 0) > 1}
      answer={list.data && topics.data && answerOf(list.data.data, topics.data, isOnTrial)}
      actions={some && !isNew && <Button onClick={() => void navigate({ search: { new: "1" } })}>New subscription</Button>}
    >
      {local && (
        <p className="text-sm text-ink-3">
          Local mode: endpoints may be http and on this machine, since nobody else can reach this Bellhop.
        </p>
      )}
      {isOnTrial && <TrialBanner />}
      <Loaded of={app}>
        {(app) => (
          <Loaded of={list}>
            {({ data }) => <Loaded of={topics}>{(topics) => <Body app={app} topics={topics} subscriptions={data} isNew={isNew} />}</Loaded>}
          </Loaded>
        )}
      </Loaded>
      <SourceAddresses />
    </Page>
  );
}

type BodyProps = {
  readonly app: Answer<"readApp">;
  readonly topics: Topics;
  readonly subscriptions: readonly SubscriptionView[];
  readonly isNew: boolean;
};

function Body({ app, topics, subscriptions, isNew }: BodyProps) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [saved, setSaved] = useState<SavedSubscription | null>(null);
  const done = (answer: SavedSubscription): void => {
    setSaved(answer);
    void navigate({ search: { subscription: answer.id }, replace: true, ignoreBlocker: true });
  };
  if (subscriptions.length === 0 || isNew) {
    const cancel = (): void => void navigate({ search: {}, replace: true });
    return (
      <>
        {subscriptions.length === 0 && <WayDrawing />}
        <Section title="New subscription" about="An endpoint of yours, and the topics it is notified of.">
          <SubscriptionForm
            key={search.url}
            app={app}
            topics={topics}
            subscription={null}
            url={search.url ?? ""}
            onSaved={done}
            {...(subscriptions.length === 0 ? {} : { onCancel: cancel })}
          />
        </Section>
      </>
    );
  }
  const chosen = search.subscription ?? subscriptions[0]?.id ?? "";
  const result = saved?.id === chosen && search.edit === undefined ? <ChecksResult saved={saved} onClose={() => setSaved(null)} /> : null;
  const one = (
    <div className="flex min-w-0 flex-col gap-5">
      {result}
      <Chosen key={chosen} id={chosen} app={app} topics={topics} onSaved={done} />
    </div>
  );
  if (subscriptions.length === 1 && subscriptions[0]?.id === chosen) return one;
  return (
    <div className="grid grid-cols-1 gap-5 lg:grid-cols-[17rem_minmax(0,1fr)]">
      <SubscriptionList app={app.id} topics={topics} subscriptions={subscriptions} chosen={chosen} />
      {one}
    </div>
  );
}

type ChosenProps = Pick<BodyProps, "app" | "topics"> & { readonly id: string; readonly onSaved: (saved: SavedSubscription) => void };

function Chosen({ id, app, topics, onSaved }: ChosenProps) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const asked = ask("getSubscription", { params: { id: app.id, sub: id } });
  const subscription = useQuery({ ...asked, refetchInterval: refetchMs });
  if (subscription.data === undefined && subscription.error)
    return (
      <Empty title="There is no such subscription" actions={<Button onClick={() => void navigate({ search: {} })}>Show the others</Button>}>
        {subscription.error.message}
      </Empty>
    );
  return (
    <Loaded of={subscription}>
      {(subscription) =>
        search.edit === undefined ? (
          <SubscriptionPanel app={app} topics={topics} subscription={subscription} test={search.test} />
        ) : (
          <Section title={`Edit ${subscription.name ?? subscription.url}`}>
            <SubscriptionForm
              app={app}
              topics={topics}
              subscription={subscription}
              onSaved={onSaved}
              onCancel={() => void navigate({ search: { subscription: id }, replace: true })}
            />
          </Section>
        )
      }
    </Loaded>
  );
}
