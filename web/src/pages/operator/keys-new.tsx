import { keyScopeSentences, keyScopes, workspaceKeyScopes } from "@bellhop/contract/key-scopes";
import type { KeyScope } from "@bellhop/contract/key-scopes";
import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import type { Answer, Body } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { CheckBox, SelectField, TextField } from "../../parts/field.tsx";
import { MomentField } from "../../parts/moment-field.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { WorkspaceField } from "./workspace-field.tsx";

type NewKeyProps = { readonly open: boolean; readonly onClose: () => void; readonly onMade: (key: Answer<"createKey">) => void };

export function NewKey({ open, onClose, onMade }: NewKeyProps) {
  return (
    <Dialog open={open} onClose={onClose} title="New key">
      {open && <NewKeyForm onClose={onClose} onMade={onMade} />}
    </Dialog>
  );
}

const dayMs = 86_400_000;
const lifetimes = { never: "Never", "30": "In 30 days", "90": "In 90 days", "365": "In a year", custom: "At a time of its own" };

function NewKeyForm({ onClose, onMade }: Omit<NewKeyProps, "open">) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly KeyScope[]>(["publish"]);
  const [workspace, setWorkspace] = useState("");
  const [lifetime, setLifetime] = useState("never");
  const [expires, setExpires] = useState<string | null>(null);
  const create = useCommand("createKey", ["listKeys"], onMade);
  const problem = create.error instanceof ApiProblem ? create.error : null;
  const body = (): Body<"createKey"> => ({
    name,
    scopes: keyScopes.filter((scope) => scopes.includes(scope)),
    ...(workspace === "" ? {} : { workspace_id: workspace }),
    ...expiryOf(lifetime, expires),
  });
  const beside = ["/name", "/scopes", "/workspace_id", "/expires_at"].some((pointer) => problem?.at(pointer));
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ body: body() });
      }}
    >
      <TextField
        label="Name"
        hint="Who will hold it, so that it can be told apart when it is to go."
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
        error={problem?.at("/name")}
      />
      <Scopes chosen={scopes} onChoose={setScopes} bound={workspace !== ""} error={problem?.at("/scopes")} />
      <WorkspaceField
        label="Workspace"
        hint="Empty: every workspace."
        value={workspace}
        onChange={setWorkspace}
        error={problem?.at("/workspace_id") ?? (problem?.code === "unknown_workspace" ? problem.message : undefined)}
      />
      <SelectField
        label="Expires"
        value={lifetime}
        onChange={({ target }) => setLifetime(target.value)}
        error={lifetime === "custom" ? undefined : problem?.at("/expires_at")}
      >
        {Object.entries(lifetimes).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </SelectField>
      {lifetime === "custom" && (
        <MomentField label="Expires at" required value={expires} onChange={setExpires} error={problem?.at("/expires_at")} />
      )}
      <ProblemBanner error={beside || problem?.code === "unknown_workspace" ? null : create.error} />
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={create.isPending} disabled={scopes.length === 0}>
          Make key
        </Button>
      </DialogButtons>
    </form>
  );
}

function expiryOf(lifetime: string, custom: string | null): { expires_at?: string } {
  if (lifetime === "custom") return custom === null ? {} : { expires_at: custom };
  return lifetime === "never" ? {} : { expires_at: new Date(Date.now() + Number(lifetime) * dayMs).toISOString() };
}

type ScopesProps = {
  readonly chosen: readonly KeyScope[];
  readonly onChoose: (scopes: readonly KeyScope[]) => void;
  /** To one workspace: the scopes that reach beyond it cannot be chosen. */
  readonly bound: boolean;
  readonly error: string | undefined;
};

function Scopes({ chosen, onChoose, bound, error }: ScopesProps) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 font-medium">May</legend>
      {keyScopes.map((scope) => {
        const beyond = bound && !workspaceKeyScopes.includes(scope);
        const without = chosen.filter((each) => each !== scope);
        return (
          <CheckBox
            key={scope}
            label={scope}
            hint={beyond ? "Reaches beyond a workspace: leave the workspace empty to give it." : keyScopeSentences[scope]}
            disabled={beyond && !chosen.includes(scope)}
            checked={chosen.includes(scope)}
            onChange={({ target }) => onChoose(target.checked ? [...without, scope] : without)}
          />
        );
      })}
      {error && (
        <p role="alert" className="text-sm text-failed">
          {error}
        </p>
      )}
    </fieldset>
  );
}
