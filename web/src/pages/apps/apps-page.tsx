// Your apps: does each get what it should? One card per app with its health of the last day in a line.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { Suspense, lazy } from "react";
import type { Answer } from "../../api/client.ts";
import { ask, askPages } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Id } from "../../parts/copy.tsx";
import { Empty } from "../../parts/empty.tsx";
import { inputLook } from "../../parts/field.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { AppHealth } from "./app-health.tsx";
import type { AppHealthNumbers } from "./app-health.tsx";
import { appsAnswer } from "./apps-answer.ts";

const NewApp = lazy(async () => ({ default: (await import("./new-app.tsx")).NewApp }));

const route = getRouteApi("/shell/apps");
type App = Answer<"listApps">["data"][number];
const healthEveryMs = 15_000;

export function AppsPage() {
  const { new: isNew, find = "" } = route.useSearch();
  const navigate = useNavigate({ from: "/apps" });
  const apps = useInfiniteQuery(askPages("listApps", { query: { limit: 100 } }));
  const health = useQuery({ ...ask("getAppsStatistics"), refetchInterval: healthEveryMs }).data?.data;
  useShortcuts("Your apps", { n: { does: "New app", run: () => void navigate({ search: (old) => ({ ...old, new: "1" }) }) } });
  const listed = apps.data?.pages.reduce((sum, { data }) => sum + data.length, 0);
  const open = (yes: boolean): void => void navigate({ search: (old) => ({ ...old, new: yes ? "1" : undefined }) });
  return (
    <Page
      title="Your apps"
      answer={listed !== undefined && appsAnswer(listed, apps.hasNextPage, health)}
      actions={
        <Button variant="primary" onClick={() => open(true)}>
          New app
        </Button>
      }
    >
      <Loaded of={apps}>
        {({ pages }) => {
          const all = pages.flatMap(({ data }) => data);
          const shown = all.filter(({ name, id }) => `${name} ${id}`.toLowerCase().includes(find.toLowerCase()));
          if (all.length === 0)
            return (
              <Empty title="No app yet" actions={<Button onClick={() => open(true)}>New app</Button>}>
                An app has a secret, permissions and an endpoint; installed in a workspace, it is notified of what happens there.
              </Empty>
            );
          return (
            <>
              {all.length > 8 && (
                <input
                  type="search"
                  aria-label="Find an app"
                  placeholder="Find an app"
                  value={find}
                  onChange={({ target }) =>
                    void navigate({ search: (old) => ({ ...old, find: target.value || undefined }), replace: true })
                  }
                  className={`h-8 max-w-xs ${inputLook}`}
                />
              )}
              {shown.length === 0 && <Empty title="No app is called that">Apps are found by name and by id.</Empty>}
              <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2">
                {shown.map((app) => (
                  <Card key={app.id} app={app} health={health && { of: health.find((each) => each.app === app.id) }} />
                ))}
              </ul>
              {apps.hasNextPage && (
                <Button busy={apps.isFetchingNextPage} onClick={() => void apps.fetchNextPage()}>
                  Show more
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
      <Suspense>{isNew !== undefined && <NewApp onClose={() => open(false)} />}</Suspense>
    </Page>
  );
}

type CardProps = {
  readonly app: App;
  /** Undefined until it is known. */
  readonly health: { readonly of: AppHealthNumbers | undefined } | undefined;
};

function Card({ app, health }: CardProps) {
  const workspaces = useQuery(ask("listInstallations", { params: { id: app.id }, query: { limit: 100 } })).data;
  return (
    <li className="card relative flex flex-col gap-2 p-4 hover:border-line-strong">
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="truncate text-lg font-semibold" title={app.name}>
          <Link to="/apps/$app/overview" params={{ app: app.id }} className="after:absolute after:inset-0 after:rounded-[10px]">
            {app.name}
          </Link>
        </h2>
        <span className="text-sm text-ink-3">{app.visibility === "private" ? "Private" : "Public"}</span>
      </div>
      <p className="relative z-1 w-fit">
        <Id id={app.id} />
      </p>
      <p className="text-ink-2">{workspaces ? countText(workspaces.data.length, workspaces.next_cursor !== null) : " "}</p>
      {health && <AppHealth of={health.of} />}
    </li>
  );
}

const countText = (count: number, more: boolean): string =>
  `Installed in ${count}${more ? " or more" : ""} ${count === 1 ? "workspace" : "workspaces"}`;
