// API version of an app: which one it is on, what another would change for the topics it chose, and what stands in the way.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import type { Answer } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Loaded, Skeleton } from "../../parts/loaded.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useSession } from "../../shell/session.ts";
import { Conflicts, GainedTopics, MovedTopics } from "./version-tables.tsx";
import { gained, isUnchanged, movesOf } from "./version-changes.ts";
import type { Versions } from "./version-changes.ts";

const route = getRouteApi("/shell/apps/$app/version");
const subscriptionsMax = 100;

export function VersionPage() {
  const { app: id } = route.useParams();
  const { catalogue_versions: names } = useSession().instance;
  const app = useQuery(ask("readApp", { params: { id } }));
  const list = useQuery(ask("listSubscriptions", { params: { id }, query: { limit: subscriptionsMax } }));
  return (
    <Page title="API version" answer={app.data && answerOf(app.data.api_version, names)}>
      <Loaded of={app}>
        {(app) => <Loaded of={list}>{({ data }) => <Move key={app.api_version} app={app} names={names} subscriptions={data} />}</Loaded>}
      </Loaded>
    </Page>
  );
}

function answerOf(version: string, names: readonly string[]): string {
  const newer = names.slice(0, Math.max(0, names.indexOf(version)));
  if (newer.length === 0) return `On ${version}, the newest version.`;
  return `On ${version}. ${newer.length === 1 ? "One newer version" : `${newer.length} newer versions`}: ${newer.toReversed().join(", ")}.`;
}

type MoveProps = {
  readonly app: Answer<"readApp">;
  readonly names: readonly string[];
  readonly subscriptions: readonly SubscriptionView[];
};

function Move({ app, names, subscriptions }: MoveProps) {
  const { to } = route.useSearch();
  const navigate = route.useNavigate();
  const others = names.filter((name) => name !== app.api_version);
  const chosen = to !== undefined && others.includes(to) ? to : undefined;
  return (
    <Section
      title="Move to another version"
      about="A version decides which topics there are, what they are called, and the shape of their items."
    >
      <div className="flex flex-col gap-5">
        <div className="max-w-64">
          <SelectField
            label="Version"
            value={chosen ?? ""}
            onChange={({ target }) => void navigate({ search: target.value === "" ? {} : { to: target.value } })}
          >
            <option value="">{app.api_version} (now)</option>
            {others.map((name) => (
              <option key={name} value={name}>
                {name} ({names.indexOf(name) < names.indexOf(app.api_version) ? "newer" : "older"})
              </option>
            ))}
          </SelectField>
        </div>
        {chosen === undefined ? (
          <p className="text-ink-2">Choose a version to see what it changes. Nothing moves before you say so.</p>
        ) : (
          <Preview app={app} subscriptions={subscriptions} versions={{ names, from: app.api_version, to: chosen }} />
        )}
      </div>
    </Section>
  );
}

type PreviewProps = Omit<MoveProps, "names"> & { readonly versions: Versions };

function Preview({ app, subscriptions, versions }: PreviewProps) {
  const { from, to } = versions;
  const navigate = route.useNavigate();
  const toast = useToast();
  const now = useQuery(ask("listTopics", { query: { version: from } }));
  const then = useQuery(ask("listTopics", { query: { version: to } }));
  const move = useCommand("changeApp", ["readApp", "listApps", "listSubscriptions", "getSubscription"], () => {
    toast(`The app is on API version ${to}.`);
    void navigate({ search: {} });
  });
  const failed = now.error ?? then.error;
  if (!now.data || !then.data) return failed ? <ProblemBanner error={failed} /> : <Skeleton />;
  const moves = movesOf(subscriptions, now.data.data, then.data.data, versions);
  const lost = moves.filter(({ newName }) => newName === null);
  const changed = moves.filter((each) => each.newName !== null && !isUnchanged(each));
  return (
    <>
      <Conflicts app={app.id} to={to} lost={lost} />
      <MovedTopics changed={changed} unchanged={moves.length - lost.length - changed.length} chosen={moves.length} />
      <GainedTopics to={to} topics={gained(now.data.data, then.data.data)} />
      <ProblemBanner error={move.error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          disabled={lost.length > 0}
          busy={move.isPending}
          onClick={() => move.mutate({ params: { id: app.id }, body: { api_version: to } })}
        >
          Move to {to}
        </Button>
        <p className="text-sm text-ink-3">
          {lost.length > 0
            ? "Possible once no chosen topic would be lost."
            : "What is published from then on has its names and shapes; what waits keeps those it was made with."}
        </p>
      </div>
    </>
  );
}
