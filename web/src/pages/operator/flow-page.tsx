import { Page } from "../../parts/page.tsx";

export function FlowPage() {
  return <Page title="Everything flowing">{null}</Page>;
}
