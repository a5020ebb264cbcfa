import { Page } from "../../parts/page.tsx";

export function AddressesPage() {
  return <Page title="Egress addresses">{null}</Page>;
}
