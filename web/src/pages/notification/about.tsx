// What a notification is of and for: every id of it, and the way to where each is at home.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ask } from "../../api/queries.ts";
import { AppName } from "../../parts/app-name.tsx";
import { Id } from "../../parts/copy.tsx";
import { Fact, Facts } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import type { Notification } from "./use-notification.ts";

const subscriptionsStaleMs = 60_000;

export function About({ notification }: { readonly notification: Notification }) {
  const { id, event, app, subscription, workspace_id, topic, api_version, object_id, ordering_key, created_at, item_bytes } = notification;
  const link = "underline decoration-line-strong underline-offset-2 whitespace-nowrap hover:decoration-ink";
  return (
    <Facts>
      <Fact name="Notification">
        <Id id={id} />
      </Fact>
      <Fact name="Event">
        <Id id={event} />{" "}
        <Link to="/explorer" search={{ event }} className={link}>
          Who else was notified?
        </Link>
      </Fact>
      <Fact name="Topic">{topic}</Fact>
      <Fact name="Workspace">
        <Id id={workspace_id} />
      </Fact>
      <Fact name="App">
        <p>
          <AppName id={app} />
        </p>
        <Id id={app} short />{" "}
        <Link to="/apps/$app/deliveries" params={{ app }} className={link}>
          Its deliveries
        </Link>
      </Fact>
      <Fact name="Subscription">
        <Endpoint app={app} subscription={subscription} />
        <Id id={subscription} short />{" "}
        <Link to="/apps/$app/webhooks" params={{ app }} search={{ subscription }} className={link}>
          Its settings
        </Link>
      </Fact>
      <Fact name="API version">{api_version}</Fact>
      {object_id !== null && <Fact name="Object">{object_id}</Fact>}
      {ordering_key !== null && <Fact name="Ordering key">{ordering_key}</Fact>}
      <Fact name="Published">
        <Time at={created_at} exact />
      </Fact>
      <Fact name="Item">{item_bytes.toLocaleString("en")} bytes</Fact>
    </Facts>
  );
}

/** Where it goes as the subscription is now; an attempt says where it went. Nothing where the subscription is gone. */
function Endpoint({ app, subscription }: { readonly app: string; readonly subscription: string }) {
  const asked = ask("listSubscriptions", { params: { id: app }, query: { limit: 100 } });
  const found = useQuery({ ...asked, staleTime: subscriptionsStaleMs }).data?.data.find(({ id }) => id === subscription);
  if (!found) return null;
  return (
    <p className="line-clamp-2" title={found.url}>
      {found.name ?? found.url}
    </p>
  );
}
