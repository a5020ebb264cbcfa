import { Page } from "../../parts/page.tsx";

export function BrakesPage() {
  return <Page title="Brakes">{null}</Page>;
}
