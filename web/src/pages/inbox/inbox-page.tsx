import { Page } from "../../parts/page.tsx";

export function InboxPage() {
  return <Page title="Test inbox">{null}</Page>;
}
