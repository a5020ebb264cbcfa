import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ask, useCommand } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { Code } from "../../parts/code.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Time } from "../../parts/time.tsx";
import type { App } from "./permissions.ts";

/** The token of the app's installation in the workspace that owns it. Only its hash is kept, so it is seen when it is made. */
export function AccessToken({ app }: { readonly app: App }) {
  const workspace = useQuery(ask("readWorkspace", { params: { id: app.workspace_id } })).data;
  const installations = useQuery(ask("listInstallations", { params: { id: app.id }, query: { limit: 100 } })).data;
  const installation = installations?.data.find(({ workspace_id }) => workspace_id === app.workspace_id);
  const isGone = installations !== undefined && installation === undefined && installations.next_cursor === null;
  const name = workspace?.name ?? app.workspace_id;
  return (
    <Section title="Access token" about={`With it the app calls this API for the workspace ${name}.`}>
      <div className="flex flex-col gap-3">
        {isGone ? (
          <p className="text-ink-2">There is none: the app is not installed in {name}.</p>
        ) : (
          <>
            {installation && (
              <p className="text-ink-2">
                Installed <Time at={installation.created_at} />. A token is shown once, when it is made; here only its hash is kept.
              </p>
            )}
            <Regenerate app={app} held={installation?.permissions} />
          </>
        )}
        <p className="text-sm text-ink-3">
          Other workspaces have tokens of their own:{" "}
          <Link to="/apps/$app/publish" params={{ app: app.id }} className="underline">
            Test & publish
          </Link>
        </p>
      </div>
    </Section>
  );
}

/** `held`: what the installation holds, which a public app's keeps. */
function Regenerate({ app, held }: { readonly app: App; readonly held: readonly string[] | undefined }) {
  const [isAsking, setAsking] = useState(false);
  const regenerate = useCommand("createInstallation", ["listInstallations"]);
  const run = (): void => {
    const kept = app.visibility === "public" && held ? { permissions: held.filter((each) => app.permissions.includes(each)) } : {};
    const body = { workspace_id: app.workspace_id, new_access_token: true, ...kept };
    regenerate.mutate({ params: { id: app.id }, body }, { onSettled: () => setAsking(false) });
  };
  const token = regenerate.data?.access_token;
  return (
    <>
      {token !== undefined && (
        <Banner tone="good" title="The new access token, shown this once">
          <div className="mt-2">
            <Code text={token} label="Access token" />
          </div>
        </Banner>
      )}
      <ProblemBanner error={regenerate.error} />
      <div>
        <Button onClick={() => setAsking(true)}>Regenerate …</Button>
      </div>
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={run}
        busy={regenerate.isPending}
        title="Regenerate the access token?"
        action="Regenerate"
      >
        The token in use stops working at once: whatever still calls with it, such as the app’s own reports of its health, is answered 401
        until it has the new one. Notifications are not touched.
      </Confirm>
    </>
  );
}
