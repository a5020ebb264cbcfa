import { Link } from "@tanstack/react-router";
import { buttonLook } from "../../parts/button.tsx";

type MendLinkProps = { readonly reason: string; readonly app: string; readonly subscription: string | null; readonly workspace: string };

/** Leads to the page on which the reason is mended. */
export function MendLink({ reason, app, subscription, workspace }: MendLinkProps) {
  const look = buttonLook("secondary", true);
  const params = { app };
  switch (reason) {
    case "missing_permission":
      return (
        <Link to="/apps/$app/authorization" params={params} search={{ edit: "1" }} className={look}>
          Open Authorization
        </Link>
      );
    case "not_in_version":
      return (
        <Link to="/apps/$app/version" params={params} className={look}>
          Open API version
        </Link>
      );
    case "not_installed":
      return (
        <Link to="/apps/$app/publish" params={params} search={{ install: workspace }} className={look}>
          Open Test & publish
        </Link>
      );
    case "owner_not_entitled":
      return (
        <Link to="/operator/workspaces" className={look}>
          Open Workspaces
        </Link>
      );
    default:
      return (
        <Link to="/apps/$app/webhooks" params={params} search={subscription === null ? { new: "1" } : { subscription }} className={look}>
          Open Webhooks
        </Link>
      );
  }
}
