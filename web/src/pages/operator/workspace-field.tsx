import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { ask } from "../../api/queries.ts";
import { TextField } from "../../parts/field.tsx";

type WorkspaceFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly required?: boolean;
};

/** A workspace's id or `ext:` and the operator's own; the newest are offered by name. */
export function WorkspaceField({ value, onChange, ...rest }: WorkspaceFieldProps) {
  const list = useId();
  const workspaces = useQuery(ask("listWorkspaces", { query: { limit: 100 } })).data?.data ?? [];
  return (
    <>
      <TextField {...rest} list={list} className="font-mono" value={value} onChange={({ target }) => onChange(target.value.trim())} />
      <datalist id={list}>
        {workspaces.map(({ id, name, kind }) => (
          <option key={id} value={id}>{`${name} (${kind})`}</option>
        ))}
      </datalist>
    </>
  );
}
