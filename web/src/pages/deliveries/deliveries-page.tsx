import { Page } from "../../parts/page.tsx";

export function DeliveriesPage() {
  return <Page title="Deliveries">{null}</Page>;
}

export function AllDeliveriesPage() {
  return <Page title="All deliveries">{null}</Page>;
}
