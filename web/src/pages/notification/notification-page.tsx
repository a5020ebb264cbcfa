// One notification as a page of its own: where is it, why, and what can be done?
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { ApiProblem } from "../../api/client.ts";
import { AppName } from "../../parts/app-name.tsx";
import { buttonLook } from "../../parts/button.tsx";
import { Page } from "../../parts/page.tsx";
import { useCurrentApp } from "../../shell/current-app.ts";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { Actions } from "./actions.tsx";
import { Lead } from "./lead.tsx";
import { NotificationDetail, stepAttempt } from "./notification-detail.tsx";
import { useNotification } from "./use-notification.ts";
import { Loaded } from "../../parts/loaded.tsx";

const route = getRouteApi("/shell/notifications/$id");

export function NotificationPage() {
  const { id } = route.useParams();
  const { attempt, compare } = route.useSearch();
  const navigate = useNavigate({ from: "/notifications/$id" });
  const { notification, attempts } = useNotification(id);
  const isGone = notification.error instanceof ApiProblem && notification.error.status === 404;
  const change = (changes: { attempt?: string | undefined; compare?: string | undefined }): void =>
    void navigate({ search: (old) => ({ ...old, ...changes }), replace: true });
  const step = (by: number): void => change({ attempt: stepAttempt(attempts.data?.data, attempt, by), compare: undefined });
  useShortcuts("One notification", {
    j: { does: "Next attempt", run: () => step(1) },
    k: { does: "Attempt before", run: () => step(-1) },
  });
  return (
    <Page
      title={notification.data?.topic ?? "Notification"}
      answer={notification.data && <Lead notification={notification.data} />}
      actions={
        notification.data ? (
          <Actions notification={notification.data} attempts={attempts.data?.data ?? []} chosen={attempt} />
        ) : (
          isGone && <WayBack />
        )
      }
      wide
    >
      <Loaded of={notification}>
        {(found) => <NotificationDetail notification={found} attempts={attempts} attempt={attempt} compare={compare} onChange={change} />}
      </Loaded>
    </Page>
  );
}

function WayBack() {
  const app = useCurrentApp();
  if (app === undefined)
    return (
      <Link to="/apps" className={buttonLook()}>
        Your apps
      </Link>
    );
  return (
    <Link to="/apps/$app/deliveries" params={{ app }} className={buttonLook()}>
      Deliveries of <AppName id={app} />
    </Link>
  );
}
