import { Page } from "../../parts/page.tsx";

export function CataloguePage() {
  return <Page title="Catalogue">{null}</Page>;
}
