import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import type { Answer } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { CheckBox, TextField } from "../../parts/field.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import type { Token } from "./shown-token.tsx";

type Props = {
  readonly app: Answer<"readApp">;
  readonly open: boolean;
  /** Whose id is in the field at first. */
  readonly workspace: string | undefined;
  readonly onClose: () => void;
  readonly onToken: (token: Token) => void;
};

/** By the operator's hand, without asking anybody's consent. */
export function InstallDialog({ app, open, workspace, onClose, onToken }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title={`Install ${app.name}`}>
      {open && <InstallForm app={app} workspace={workspace} onClose={onClose} onToken={onToken} />}
    </Dialog>
  );
}

const offeredMax = 100;

function InstallForm({ app, workspace: first = "", onClose, onToken }: Omit<Props, "open">) {
  const listId = useId();
  const [workspace, setWorkspace] = useState(first);
  const [permissions, setPermissions] = useState<readonly string[]>(app.permissions);
  const workspaces = useQuery(ask("listWorkspaces", { query: { limit: offeredMax } })).data?.data ?? [];
  const labels = useQuery(ask("readCatalogue")).data?.permissions ?? {};
  const install = useCommand("createInstallation", ["listInstallations"], ({ workspace_id, access_token }) => {
    onClose();
    if (access_token !== undefined) onToken({ workspace: workspace_id, value: access_token });
  });
  const problem = install.error instanceof ApiProblem ? install.error : null;
  const isWorkspace = problem?.code === "unknown_workspace" || problem?.code === "region_mismatch";
  const atField = isWorkspace ? problem.message : problem?.at("/workspace_id");
  const isPublic = app.visibility === "public";
  const submit = (): void =>
    install.mutate({
      params: { id: app.id },
      body: { workspace_id: workspace.trim(), ...(isPublic ? { permissions: [...permissions] } : {}) },
    });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        label="Workspace"
        required
        list={listId}
        placeholder="Its id, or ext: and your own id of it"
        value={workspace}
        onChange={({ target }) => setWorkspace(target.value)}
        error={atField}
      />
      <datalist id={listId}>
        {workspaces.map(({ id, name, kind, region }) => (
          <option key={id} value={id}>
            {name} ({kind}, {region})
          </option>
        ))}
      </datalist>
      {isPublic && app.permissions.length > 0 ? (
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1 font-medium">What it may see there</legend>
          {app.permissions.map((id) => (
            <CheckBox
              key={id}
              label={labels[id] ?? id}
              checked={permissions.includes(id)}
              onChange={({ target }) => setPermissions((old) => (target.checked ? [...old, id] : old.filter((each) => each !== id)))}
            />
          ))}
        </fieldset>
      ) : (
        <p className="text-ink-2">The installation holds all that the app asks for.</p>
      )}
      <ProblemBanner error={atField === undefined ? install.error : null} />
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={install.isPending}>
          Install
        </Button>
      </DialogButtons>
    </form>
  );
}
