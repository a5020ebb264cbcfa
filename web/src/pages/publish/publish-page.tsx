// Where an app is installed and how it is there; what is told when it is uninstalled, where it is asked for its health.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { ask, askPages } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { InstallDialog } from "./install-dialog.tsx";
import { InstallationsTable } from "./installations-table.tsx";
import { PublishForm } from "./publish-form.tsx";
import { ShownToken } from "./shown-token.tsx";
import type { Token } from "./shown-token.tsx";

const route = getRouteApi("/shell/apps/$app/publish");
const pageMax = 100;

export function PublishPage() {
  const { app: id } = route.useParams();
  const app = useQuery(ask("readApp", { params: { id } }));
  const installations = useInfiniteQuery(askPages("listInstallations", { params: { id }, query: { limit: pageMax } }));
  const pages = installations.data?.pages;
  return (
    <Page
      title="Test & publish"
      answer={
        pages &&
        answerOf(
          pages.flatMap(({ data }) => data),
          installations.hasNextPage,
        )
      }
    >
      <Loaded of={app}>
        {(app) => (
          <>
            <Workspaces app={app} installations={installations} />
            <PublishForm key={app.id} app={app} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

type Installation = Answer<"listInstallations">["data"][number];

function answerOf(installations: readonly Installation[], more: boolean): string {
  const count = installations.length;
  const unwell = installations.filter(({ health }) => health?.state === "UNHEALTHY").length;
  const where = `Installed in ${count}${more ? " or more" : ""} ${count === 1 ? "workspace" : "workspaces"}`;
  if (unwell === 0) return `${where}.`;
  return `${where}; the app says that it is unhealthy in ${unwell} of them.`;
}

type WorkspacesProps = {
  readonly app: Answer<"readApp">;
  readonly installations: ReturnType<typeof useInfiniteQuery<Answer<"listInstallations">, Error, { pages: Answer<"listInstallations">[] }>>;
};

function Workspaces({ app, installations }: WorkspacesProps) {
  const { install } = route.useSearch();
  const navigate = route.useNavigate();
  const openDialog = (yes: boolean): void => void navigate({ search: yes ? { install: "1" } : {} });
  const [token, setToken] = useState<Token | null>(null);
  return (
    <Section
      title="Workspaces"
      about="What happens in these is sent to the app’s subscriptions."
      actions={
        <Button variant="primary" onClick={() => openDialog(true)}>
          Install
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {token && <ShownToken token={token} onClose={() => setToken(null)} />}
        <Loaded of={installations}>
          {({ pages }) => <InstallationsTable app={app} installations={pages.flatMap(({ data }) => data)} onToken={setToken} />}
        </Loaded>
        {installations.hasNextPage && (
          <div>
            <Button small busy={installations.isFetchingNextPage} onClick={() => void installations.fetchNextPage()}>
              Show more
            </Button>
          </div>
        )}
      </div>
      <InstallDialog
        app={app}
        open={install !== undefined}
        workspace={install === "1" ? "" : install}
        onClose={() => openDialog(false)}
        onToken={setToken}
      />
    </Section>
  );
}
