import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiProblem, call } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useSession } from "../../shell/session.ts";

const newWorkspace = "new";

/** Name and workspace; a development workspace is made on the spot. Leads to where its endpoint is entered. */
export function NewApp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="New app">
      <NewAppForm onClose={onClose} />
    </Dialog>
  );
}

function NewAppForm({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const { instance } = useSession();
  const [name, setName] = useState("");
  const [workspace, setWorkspace] = useState("");
  const [region, setRegion] = useState(instance.regions[0]?.name ?? "");
  const [workspaceError, setWorkspaceError] = useState<Error | null>(null);
  const [isMaking, setMaking] = useState(false);
  const workspaces = useQuery(ask("listWorkspaces", { query: { limit: 100 } })).data?.data ?? [];
  const create = useCommand("createApp", ["listApps", "listWorkspaces"], (app) => {
    void navigate({ to: "/apps/$app/webhooks", params: { app: app.id } });
  });
  const chosen = workspace || workspaces[0]?.id || newWorkspace;
  const submit = async (): Promise<void> => {
    setWorkspaceError(null);
    setMaking(true);
    try {
      const id =
        chosen === newWorkspace
          ? (await call("createWorkspace", { body: { name: `${name} development`.slice(0, 100), kind: "development", region } })).id
          : chosen;
      setWorkspace(id);
      create.mutate({ body: { name, workspace_id: id } });
    } catch (error) {
      setWorkspaceError(error as Error);
    } finally {
      setMaking(false);
    }
  };
  const problem = create.error instanceof ApiProblem ? create.error : null;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
        error={problem?.at("/name")}
      />
      <SelectField
        label="Workspace"
        hint="The app belongs to it and is installed there at once."
        value={chosen}
        onChange={({ target }) => setWorkspace(target.value)}
        error={problem?.at("/workspace_id")}
      >
        {workspaces.map(({ id, name, kind }) => (
          <option key={id} value={id}>
            {name} ({kind})
          </option>
        ))}
        <option value={newWorkspace}>A new development workspace</option>
      </SelectField>
      {chosen === newWorkspace && instance.regions.length > 1 && (
        <SelectField label="Its region" value={region} onChange={({ target }) => setRegion(target.value)}>
          {instance.regions.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
      )}
      <ProblemBanner error={workspaceError ?? (problem?.mistakes.length ? null : create.error)} />
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={isMaking || create.isPending}>
          Create app
        </Button>
      </DialogButtons>
    </form>
  );
}
