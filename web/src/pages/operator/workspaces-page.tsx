// The platform's customers: in what they are, which apps they own, and what is delivered of what happens in them.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { ask, askPages } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { inputLook } from "../../parts/field.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { useSession } from "../../shell/session.ts";
import { NewWorkspace } from "./workspaces-new.tsx";
import { OpenWorkspace } from "./workspaces-open.tsx";

const route = getRouteApi("/shell/operator/workspaces");
export type Workspace = Answer<"readWorkspace">;

export function WorkspacesPage() {
  const { new: isNew, find = "", open: opened } = route.useSearch();
  const navigate = useNavigate({ from: "/operator/workspaces" });
  const workspaces = useInfiniteQuery(askPages("listWorkspaces", { query: { limit: 100 } }));
  const show = (names: { new?: string | undefined; open?: string | undefined }): void =>
    void navigate({ search: (old) => ({ ...old, new: undefined, open: undefined, ...names }) });
  useShortcuts("Workspaces", {
    n: { does: "New workspace", run: () => show({ new: "1" }) },
    "/": { does: "Find a workspace", run: () => document.querySelector<HTMLInputElement>("#find-workspace")?.focus() },
  });
  const all = workspaces.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <Page
      title="Workspaces"
      answer={workspaces.data && workspacesAnswer(all, workspaces.hasNextPage)}
      actions={
        <Button variant="primary" onClick={() => show({ new: "1" })}>
          New workspace
        </Button>
      }
    >
      <input
        id="find-workspace"
        type="search"
        aria-label="Find a workspace"
        placeholder="Find by name or id; press /"
        value={find}
        onChange={({ target }) => void navigate({ search: (old) => ({ ...old, find: target.value || undefined }), replace: true })}
        className={`h-8 max-w-sm ${inputLook}`}
      />
      {opened !== undefined && <OpenWorkspace key={opened} id={opened} onClose={() => show({})} />}
      <Loaded of={workspaces}>
        {() =>
          all.length === 0 ? (
            <NoWorkspace onNew={() => show({ new: "1" })} />
          ) : (
            <Found find={find} loaded={all} complete={!workspaces.hasNextPage} />
          )
        }
      </Loaded>
      {workspaces.hasNextPage && (
        <Button busy={workspaces.isFetchingNextPage} onClick={() => void workspaces.fetchNextPage()}>
          Show more
        </Button>
      )}
      <NewWorkspace open={isNew !== undefined} onClose={() => show({})} onMade={(id) => show({ open: id })} />
    </Page>
  );
}

function workspacesAnswer(all: readonly Workspace[], more: boolean): string {
  const trial = all.filter(({ kind }) => kind === "trial").length;
  const count = `${all.length.toLocaleString("en")}${more ? " or more" : ""} ${all.length === 1 ? "workspace" : "workspaces"}`;
  return trial === 0 ? `${count}.` : `${count}; for apps that ${trial} on trial own, nothing is made.`;
}

function NoWorkspace({ onNew }: { readonly onNew: () => void }) {
  const { instance } = useSession();
  const body = JSON.stringify({ name: "Acme", kind: "paid", region: instance.regions[0]?.name ?? "us" });
  return (
    <Empty
      title="No workspace yet"
      actions={<Button onClick={onNew}>New workspace</Button>}
      command={`curl -X PUT ${instance.public_url}/v1/workspaces/ext:acme -H "Authorization: Bearer $KEY" \\\n  -H 'Content-Type: application/json' -d '${body}'`}
    >
      A workspace is a customer of your platform. Publishing names the workspace in which an event happened; apps installed there are
      notified.
    </Empty>
  );
}

type FoundProps = { readonly find: string; readonly loaded: readonly Workspace[]; readonly complete: boolean };

function Found({ find, loaded, complete }: FoundProps) {
  const typed = find.trim().toLowerCase();
  const shown = loaded.filter(({ name, id, external_id }) => `${name} ${id} ${external_id ?? ""}`.toLowerCase().includes(typed));
  // Beyond the pages that are here an id is asked for by itself.
  const lookup = shown.length === 0 && !complete && /^(ext:.+|[\w-]{1,64})$/.test(find.trim());
  const exact = useQuery({ ...ask("readWorkspace", { params: { id: find.trim() } }), enabled: lookup, retry: false }).data;
  const rows = lookup && exact ? [exact] : shown;
  if (rows.length === 0)
    return (
      <Empty title="No workspace is called that">
        {complete ? "Workspaces are found by name and by id." : "Among those shown so far none is; a whole id finds any."}
      </Empty>
    );
  return (
    <Table
      label="Workspaces"
      head={
        <>
          <Th>Name</Th>
          <Th>Id</Th>
          <Th>Kind</Th>
          <Th>Region</Th>
          <Th>Made</Th>
        </>
      }
    >
      {rows.map((workspace) => (
        <tr key={workspace.id}>
          <Td className="min-w-36 wrap-anywhere">
            <Link
              to="/operator/workspaces"
              search={(old) => ({ ...old, open: workspace.id })}
              className="font-medium underline-offset-2 hover:underline"
            >
              {workspace.name}
            </Link>
          </Td>
          <Td className="font-mono text-sm text-ink-2">
            {workspace.id}
            {workspace.external_id !== null && <p className="text-ink-3">ext:{workspace.external_id}</p>}
          </Td>
          <Td className={workspace.kind === "trial" ? "text-retrying" : ""}>{workspace.kind}</Td>
          <Td>{workspace.region}</Td>
          <Td>
            <Time at={workspace.created_at} />
          </Td>
        </tr>
      ))}
    </Table>
  );
}
