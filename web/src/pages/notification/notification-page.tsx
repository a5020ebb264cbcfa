// One notification as a page of its own: where is it, why, and what can be done?
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Page } from "../../parts/page.tsx";
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
      actions={notification.data && <Actions notification={notification.data} attempts={attempts.data?.data ?? []} chosen={attempt} />}
      wide
    >
      <Loaded of={notification}>
        {(found) => <NotificationDetail notification={found} attempts={attempts} attempt={attempt} compare={compare} onChange={change} />}
      </Loaded>
    </Page>
  );
}
