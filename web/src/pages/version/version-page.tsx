import { Page } from "../../parts/page.tsx";

export function VersionPage() {
  return <Page title="API version">{null}</Page>;
}
