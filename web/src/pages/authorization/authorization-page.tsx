// Authorization: what the app may see, where its users are sent back to, and the token with which it calls.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ask } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { AccessToken } from "./access-token.tsx";
import { EditAuthorization } from "./edit.tsx";
import { unlockedBy } from "./permissions.ts";
import type { App, Permissions, Subscription } from "./permissions.ts";
import { ShowAuthorization } from "./show.tsx";

const route = getRouteApi("/shell/apps/$app/authorization");

export function AuthorizationPage() {
  const { app: id } = route.useParams();
  const { edit } = route.useSearch();
  const navigate = useNavigate({ from: "/apps/$app/authorization" });
  const app = useQuery(ask("readApp", { params: { id } }));
  const permissions = usePermissions(app.data?.api_version);
  const subscriptions = useQuery(ask("listSubscriptions", { params: { id }, query: { limit: 100 } })).data?.data;
  // Back leads to where somebody came from, not into the form once more.
  const open = (yes: boolean, ignoreBlocker = false): void =>
    void navigate({ search: { edit: yes ? "1" : undefined }, replace: !yes, ignoreBlocker });
  const isEditing = edit !== undefined;
  return (
    <Page
      title="Authorization"
      answer={app.data && permissions.data && <Answer app={app.data} permissions={permissions.data} subscriptions={subscriptions} />}
      actions={
        !isEditing && (
          <Button variant="primary" onClick={() => open(true)}>
            Edit
          </Button>
        )
      }
    >
      <Loaded of={app}>
        {(loaded) => (
          <>
            {loaded.consent_needed > 0 && <ConsentNeeded count={loaded.consent_needed} />}
            <Loaded of={permissions}>
              {(all) =>
                isEditing ? (
                  <EditAuthorization
                    app={loaded}
                    permissions={all}
                    subscriptions={subscriptions ?? []}
                    onSaved={() => open(false, true)}
                    onCancel={() => open(false)}
                  />
                ) : (
                  <ShowAuthorization app={loaded} permissions={all} subscriptions={subscriptions ?? []} />
                )
              }
            </Loaded>
            {!isEditing && <AccessToken app={loaded} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Names and topics as the app's API version has them. */
function usePermissions(version: string | undefined): { data: Permissions | undefined; error: Error | null } {
  const catalogue = useQuery(ask("readCatalogue"));
  const topics = useQuery({ ...ask("listTopics", { query: version === undefined ? {} : { version } }), enabled: version !== undefined });
  const data = catalogue.data && topics.data && { labels: catalogue.data.permissions, topics: topics.data.data };
  return { data, error: catalogue.error ?? topics.error };
}

type AnswerProps = { readonly app: App; readonly permissions: Permissions; readonly subscriptions: readonly Subscription[] | undefined };

function Answer({ app, permissions, subscriptions }: AnswerProps) {
  const unlocked = unlockedBy(permissions.topics, app.permissions);
  const missing = new Set(
    subscriptions?.flatMap(({ topic_errors }) => Object.keys(topic_errors).filter((topic) => topic_errors[topic] === "missing_permission")),
  );
  return (
    <>
      The app asks for {countText(app.permissions.length, "permission")}, which {app.permissions.length === 1 ? "unlocks" : "unlock"}{" "}
      {countText(unlocked.length, "topic")} of {permissions.topics.filter((topic) => topic.permissions.length > 0).length}.
      {missing.size > 0 &&
        ` ${countText(missing.size, "chosen topic")} ${missing.size === 1 ? "lacks" : "lack"} a permission and ${missing.size === 1 ? "makes" : "make"} nothing.`}
    </>
  );
}

function ConsentNeeded({ count }: { readonly count: number }) {
  return (
    <Banner tone="warn" title={`${countText(count, "workspace")} must consent again`}>
      Until then the topics that only the new permissions unlock make nothing there.
    </Banner>
  );
}

const countText = (count: number, name: string): string => `${count === 0 ? "no" : count} ${name}${count === 1 ? "" : "s"}`;
