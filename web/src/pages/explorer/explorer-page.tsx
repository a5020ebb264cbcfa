import { Page } from "../../parts/page.tsx";

export function ExplorerPage() {
  return <Page title="Event explorer">{null}</Page>;
}
