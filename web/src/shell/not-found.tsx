import { Link } from "@tanstack/react-router";
import { Empty } from "../parts/empty.tsx";
import { Page } from "../parts/page.tsx";

export function NotFound() {
  return (
    <Page title="There is no such page">
      <Empty title={location.pathname}>
        The address may be mistyped, or what it showed was deleted.{" "}
        <Link to="/apps" className="font-medium underline">
          Your apps
        </Link>
      </Empty>
    </Page>
  );
}
