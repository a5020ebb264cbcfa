import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ask } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";
import { nameOf } from "./permissions.ts";
import type { App, Stopped } from "./permissions.ts";

type ConsequencesProps = { readonly app: App; readonly held: readonly string[]; readonly stopped: readonly Stopped[] };

/** What saving will do elsewhere, before it is saved. */
export function Consequences({ app, held, stopped }: ConsequencesProps) {
  const added = held.filter((permission) => !app.permissions.includes(permission));
  return (
    <>
      {stopped.length > 0 && (
        <Banner tone="bad" title={stopped.length === 1 ? "A chosen topic will stop" : `${stopped.length} chosen topics will stop`}>
          <StoppedList stopped={stopped} />
        </Banner>
      )}
      {added.length > 0 && <Consent app={app} added={added} />}
    </>
  );
}

export function StoppedList({ stopped }: { readonly stopped: readonly Stopped[] }) {
  return (
    <>
      <p>New events of these make nothing any more, and what waits for them ends before its next request.</p>
      <ul className="mt-1 list-disc pl-5">
        {stopped.map(({ topic, subscriptions }) => (
          <li key={topic}>
            <code className="font-mono text-sm">{topic}</code>, chosen by {subscriptions.map(nameOf).join(", ")}
          </li>
        ))}
      </ul>
    </>
  );
}

/** A private app's installations hold what it asks for; a public one's what their workspaces consented to. */
function Consent({ app, added }: { readonly app: App; readonly added: readonly string[] }) {
  const installations = useQuery(ask("listInstallations", { params: { id: app.id }, query: { limit: 100 } })).data;
  if (app.visibility === "private")
    return (
      <Banner tone="note" title="Granted everywhere at once">
        A private app holds what it asks for in every workspace where it is installed.
      </Banner>
    );
  if (!installations) return null;
  const count = installations.data.filter(({ permissions }) => !added.every((each) => permissions.includes(each))).length;
  if (count === 0) return null;
  return (
    <Banner
      tone="warn"
      title={`${count}${installations.next_cursor === null ? "" : " or more"} ${count === 1 ? "workspace" : "workspaces"} must consent again`}
    >
      Until then the topics that only the new permissions unlock make nothing there.{" "}
      <Link to="/apps/$app/publish" params={{ app: app.id }} className="underline">
        Where it is installed
      </Link>
    </Banner>
  );
}
