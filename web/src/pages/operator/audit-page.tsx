// Who did what, when, and from what to what.
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import type { Answer } from "../../api/client.ts";
import { askPages } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextField } from "../../parts/field.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { durationText, useTick } from "../../parts/time.tsx";
import { AuditList } from "./audit-list.tsx";
import { WorkspaceField } from "./workspace-field.tsx";

const route = getRouteApi("/shell/operator/audit");
type Entry = Answer<"listAudit">["data"][number];
type Asked = { readonly app?: string | undefined; readonly workspace?: string | undefined; readonly actor?: string | undefined };

export function AuditPage() {
  const asked = route.useSearch();
  const { app, workspace, actor } = asked;
  const navigate = useNavigate({ from: "/operator/audit" });
  const query = {
    limit: 50,
    ...(app === undefined ? {} : { app }),
    ...(workspace === undefined ? {} : { workspace_id: workspace }),
    ...(actor === undefined ? {} : { actor }),
  };
  const audit = useInfiniteQuery(askPages("listAudit", { query }));
  const entries = audit.data?.pages.flatMap(({ data }) => data) ?? [];
  const filtered = app !== undefined || workspace !== undefined || actor !== undefined;
  return (
    <Page title="Audit log" answer={audit.data && <Newest entry={entries[0]} filtered={filtered} />}>
      <Filters
        key={`${app} ${workspace} ${actor}`}
        asked={asked}
        problem={audit.error instanceof ApiProblem ? audit.error : null}
        onAsk={(names) => void navigate({ search: names })}
      />
      <Loaded of={audit}>
        {() =>
          entries.length === 0 ? (
            <NoEntry filtered={filtered} onClear={() => void navigate({ search: {} })} />
          ) : (
            <AuditList entries={entries} />
          )
        }
      </Loaded>
      {audit.hasNextPage && (
        <Button busy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Page>
  );
}

const minuteMs = 60_000;

function Newest({ entry, filtered }: { readonly entry: Entry | undefined; readonly filtered: boolean }) {
  const age = useTick((now) => (entry ? Math.floor((now - Date.parse(entry.at)) / minuteMs) : 0));
  if (!entry) return null;
  const when = age < 1 ? "within the last minute" : `${durationText(age * minuteMs)} ago`;
  return `The newest change${filtered ? " of these" : ""} was made ${when} by ${entry.actor.name ?? entry.actor.id}.`;
}

function NoEntry({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  if (!filtered) return <Empty title="Nothing was changed yet">Whatever anybody changes is listed here, with what it was before.</Empty>;
  return (
    <Empty title="Nothing matches" actions={<Button onClick={onClear}>Clear the filters</Button>}>
      Nothing that was kept fits all of these.
    </Empty>
  );
}

type FiltersProps = { readonly asked: Asked; readonly problem: ApiProblem | null; readonly onAsk: (names: Asked) => void };

function Filters({ asked, problem, onAsk }: FiltersProps) {
  const [app, setApp] = useState(asked.app ?? "");
  const [workspace, setWorkspace] = useState(asked.workspace ?? "");
  const [actor, setActor] = useState(asked.actor ?? "");
  return (
    <form
      className="grid items-start gap-3 sm:grid-cols-[1fr_1fr_1fr_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk({ app: app.trim() || undefined, workspace: workspace || undefined, actor: actor.trim() || undefined });
      }}
    >
      <TextField
        label="App"
        placeholder="app_…"
        className="font-mono"
        value={app}
        onChange={({ target }) => setApp(target.value)}
        error={problem?.at("/app")}
      />
      <WorkspaceField label="Workspace" value={workspace} onChange={setWorkspace} error={problem?.at("/workspace_id")} />
      <TextField
        label="By whom"
        placeholder="key_… or account:…"
        className="font-mono"
        value={actor}
        onChange={({ target }) => setActor(target.value)}
        error={problem?.at("/actor")}
      />
      <Button type="submit" className="sm:mt-6">
        Filter
      </Button>
    </form>
  );
}
