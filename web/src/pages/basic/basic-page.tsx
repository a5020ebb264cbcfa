import { Page } from "../../parts/page.tsx";

export function BasicPage() {
  return <Page title="Basic information">{null}</Page>;
}
