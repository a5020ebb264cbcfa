// Basic information: what the app is called, and the client id and secret by which its receiver knows what is genuine.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ask } from "../../api/queries.ts";
import { Id } from "../../parts/copy.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Fact, Facts, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { About } from "./about.tsx";
import type { App } from "./about.tsx";
import { DeleteApp } from "./delete-app.tsx";
import { Secrets, useSecrets } from "./secrets.tsx";

const route = getRouteApi("/shell/apps/$app/basic");

export function BasicPage() {
  const { app: id } = route.useParams();
  const app = useQuery(ask("readApp", { params: { id } }));
  return (
    <Page title="Basic information" answer={<Answer app={id} />}>
      <Loaded of={app}>
        {(loaded) => (
          <>
            <Identity app={loaded} />
            <Secrets app={id} />
            <About key={id} app={loaded} />
            <DeleteApp app={loaded} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Answer({ app }: { readonly app: string }) {
  const { data } = useSecrets(app);
  const [newest, old] = data?.data ?? [];
  if (!newest) return "Who the app is, and the secret that proves a request came from here.";
  if (!old?.ends_at)
    return (
      <>
        One secret is live and signs every request; it was made <Time at={newest.created_at} />.
      </>
    );
  return (
    <>
      Two secrets are live: the old one ends <Time at={old.ends_at} />.
    </>
  );
}

function Identity({ app }: { readonly app: App }) {
  const workspace = useQuery(ask("readWorkspace", { params: { id: app.workspace_id } })).data;
  return (
    <Section title="Identity">
      <Facts>
        <Fact name="Client id">
          <Id id={app.client_id} />
        </Fact>
        <Fact name="App id">
          <Id id={app.id} />
        </Fact>
        {app.external_id !== null && (
          <Fact name="Your own id">
            <Id id={app.external_id} />
          </Fact>
        )}
        <Fact name="Workspace">
          {workspace && <>{workspace.name} </>}
          <Id id={app.workspace_id} />
        </Fact>
        <Fact name="Visibility">{app.visibility === "private" ? "Private" : "Public"}</Fact>
        <Fact name="Made">
          <Time at={app.created_at} />
        </Fact>
      </Facts>
    </Section>
  );
}
