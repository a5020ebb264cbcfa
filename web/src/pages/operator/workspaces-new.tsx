import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useSession } from "../../shell/session.ts";
import { KindField } from "./workspaces-kind.tsx";
import type { Kind } from "./workspaces-kind.tsx";

type NewWorkspaceProps = { readonly open: boolean; readonly onClose: () => void; readonly onMade: (id: string) => void };

export function NewWorkspace({ open, onClose, onMade }: NewWorkspaceProps) {
  return (
    <Dialog open={open} onClose={onClose} title="New workspace">
      {open && <NewWorkspaceForm onClose={onClose} onMade={onMade} />}
    </Dialog>
  );
}

function NewWorkspaceForm({ onClose, onMade }: Omit<NewWorkspaceProps, "open">) {
  const { regions } = useSession().instance;
  const [name, setName] = useState("");
  const [id, setId] = useState("");
  const [externalId, setExternalId] = useState("");
  const [kind, setKind] = useState<Kind>("paid");
  const [region, setRegion] = useState(regions[0]?.name ?? "");
  const create = useCommand("createWorkspace", ["listWorkspaces"], (made) => onMade(made.id));
  const problem = create.error instanceof ApiProblem ? create.error : null;
  const given = { ...(id === "" ? {} : { id }), ...(externalId === "" ? {} : { external_id: externalId }) };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ body: { name, kind, region, ...given } });
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
      <KindField kind={kind} onChange={setKind} error={problem?.at("/kind")} />
      <SelectField
        label="Region"
        hint="From whose addresses its notifications leave. It cannot be changed."
        value={region}
        onChange={({ target }) => setRegion(target.value)}
        error={problem?.at("/region")}
      >
        {regions.map(({ name: each }) => (
          <option key={each}>{each}</option>
        ))}
      </SelectField>
      <TextField
        label="Id"
        hint="Letters, digits, - and _. Empty: one is made."
        className="font-mono"
        value={id}
        onChange={({ target }) => setId(target.value.trim())}
        error={problem?.at("/id")}
      />
      <TextField
        label="Your own id"
        hint="Wherever an id is taken, ext: and this one is too. May be empty."
        className="font-mono"
        value={externalId}
        onChange={({ target }) => setExternalId(target.value)}
        error={problem?.at("/external_id")}
      />
      <ProblemBanner error={problem?.mistakes.length ? null : create.error} />
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          Make workspace
        </Button>
      </DialogButtons>
    </form>
  );
}
