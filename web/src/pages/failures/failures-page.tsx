import { Page } from "../../parts/page.tsx";

export function FailuresPage() {
  return <Page title="Failures">{null}</Page>;
}
