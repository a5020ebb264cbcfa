import { Page } from "../../parts/page.tsx";

export function NotificationPage() {
  return <Page title="Notification">{null}</Page>;
}
