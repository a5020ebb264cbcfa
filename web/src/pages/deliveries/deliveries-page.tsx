// Deliveries: does each endpoint get what it should, and what of it not? The log of notifications, as it happens.
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Page } from "../../parts/page.tsx";
import { Log } from "./log-view.tsx";
import type { LogSearch } from "./log-view.tsx";
import { Summary } from "./summary.tsx";

const ofApp = getRouteApi("/shell/apps/$app/deliveries");
const ofAll = getRouteApi("/shell/operator/deliveries");

export function DeliveriesPage() {
  const { app } = ofApp.useParams();
  const search = ofApp.useSearch();
  const navigate = useNavigate({ from: "/apps/$app/deliveries" });
  const change = (changes: LogSearch, replace: boolean): void => void navigate({ search: (old) => ({ ...old, ...changes }), replace });
  return (
    <Page title="Deliveries" wide fill answer={<Summary app={app} />}>
      <Log key={app} app={app} search={search} onChange={change} />
    </Page>
  );
}

export function AllDeliveriesPage() {
  const search = ofAll.useSearch();
  const navigate = useNavigate({ from: "/operator/deliveries" });
  const change = (changes: LogSearch, replace: boolean): void => void navigate({ search: (old) => ({ ...old, ...changes }), replace });
  return (
    <Page title="All deliveries" wide fill answer={<Summary app={null} />}>
      <Log app={null} search={search} onChange={change} />
    </Page>
  );
}
