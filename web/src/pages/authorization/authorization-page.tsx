import { Page } from "../../parts/page.tsx";

export function AuthorizationPage() {
  return <Page title="Authorization">{null}</Page>;
}
