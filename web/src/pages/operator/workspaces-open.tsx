// One workspace beside the list: its apps, what can be changed, and its end.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { searchWord } from "@bellhop/contract/search";
import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Button, buttonLook } from "../../parts/button.tsx";
import { Id } from "../../parts/copy.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Fact, Facts, Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Time } from "../../parts/time.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useUnsaved } from "../../parts/unsaved.tsx";
import { KindField } from "./workspaces-kind.tsx";
import type { Workspace } from "./workspaces-page.tsx";

type OpenProps = { readonly id: string; readonly onClose: () => void };

export function OpenWorkspace({ id, onClose }: OpenProps) {
  const workspace = useQuery(ask("readWorkspace", { params: { id } }));
  const [deleting, setDeleting] = useState(false);
  return (
    <Section
      title={workspace.data?.name ?? id}
      actions={
        <>
          <Link to="/operator/deliveries" search={{ q: searchWord("workspace", id) }} className={buttonLook("secondary", true)}>
            Its deliveries
          </Link>
          <Link to="/operator/brakes" search={{ new: "1", workspace: id }} className={buttonLook("secondary", true)}>
            Brake
          </Link>
          <Button small variant="danger" onClick={() => setDeleting(true)}>
            Delete
          </Button>
          <Button small variant="quiet" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <Loaded of={workspace}>
        {(data) => (
          <div className="grid gap-6 sm:grid-cols-2">
            <div className="flex flex-col gap-4">
              <Facts>
                <Fact name="Id">
                  <Id id={data.id} />
                </Fact>
                {data.external_id !== null && (
                  <Fact name="Your own id">
                    <Id id={`ext:${data.external_id}`} />
                  </Fact>
                )}
                <Fact name="Region">{data.region}</Fact>
                <Fact name="Made">
                  <Time at={data.created_at} />
                </Fact>
                <Fact name="Its apps">
                  <Apps workspace={data.id} />
                </Fact>
              </Facts>
            </div>
            <ChangeWorkspace key={`${data.name} ${data.kind}`} workspace={data} />
          </div>
        )}
      </Loaded>
      <DeleteWorkspace id={id} open={deleting} onClose={() => setDeleting(false)} onDeleted={onClose} />
    </Section>
  );
}

function Apps({ workspace }: { readonly workspace: string }) {
  const apps = useQuery(ask("listApps", { query: { workspace_id: workspace, limit: 100 } })).data?.data;
  if (!apps) return null;
  if (apps.length === 0) return "It owns none.";
  return (
    <ul className="flex flex-col">
      {apps.map(({ id, name }) => (
        <li key={id}>
          <Link to="/apps/$app/overview" params={{ app: id }} className="underline underline-offset-2">
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function ChangeWorkspace({ workspace }: { readonly workspace: Workspace }) {
  const toast = useToast();
  const [name, setName] = useState(workspace.name);
  const [kind, setKind] = useState(workspace.kind);
  const change = useCommand("changeWorkspace", ["readWorkspace", "listWorkspaces"], () => toast("The workspace is changed."));
  const problem = change.error instanceof ApiProblem ? change.error : null;
  const dirty = name !== workspace.name || kind !== workspace.kind;
  const question = useUnsaved(dirty && !change.isSuccess, "open");
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ params: { id: workspace.id }, body: { name, kind } });
      }}
    >
      {question}
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
        error={problem?.at("/name")}
      />
      <KindField kind={kind} onChange={setKind} error={problem?.at("/kind")} />
      <ProblemBanner error={problem?.mistakes.length ? null : change.error} />
      <div>
        <Button type="submit" variant="primary" disabled={!dirty} busy={change.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

type DeleteProps = { readonly id: string; readonly open: boolean; readonly onClose: () => void; readonly onDeleted: () => void };

function DeleteWorkspace({ id, open, onClose, onDeleted }: DeleteProps) {
  const toast = useToast();
  const remove = useCommand("deleteWorkspace", ["listWorkspaces"], () => {
    toast("The workspace is deleted.");
    onDeleted();
  });
  const close = (): void => {
    remove.reset();
    onClose();
  };
  return (
    <Confirm
      open={open}
      onClose={close}
      title={`Delete ${id}`}
      action="Delete workspace"
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ params: { id } })}
    >
      <p>Every app installed in it is uninstalled and its keys are deleted. It cannot be brought back.</p>
      <p>A workspace that owns apps cannot be deleted: delete its apps first.</p>
      <ProblemBanner error={remove.error} />
    </Confirm>
  );
}
