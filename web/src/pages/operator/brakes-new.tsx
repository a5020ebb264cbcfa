import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { MomentField } from "../../parts/moment-field.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { WorkspaceField } from "./workspace-field.tsx";

const kinds = {
  subscription: { text: "A subscription", hint: "Its endpoint gets nothing." },
  host: { text: "A host", hint: "The host of endpoint URLs, without https:// and path; subdomains are hosts of their own." },
  app: { text: "An app", hint: "None of its endpoints gets anything." },
  workspace: { text: "A workspace", hint: "Nobody gets what happens in it." },
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as readonly Kind[];

export type Named = { readonly [K in Kind]?: string | undefined };
type NewBrakeProps = { readonly open: boolean; readonly named: Named; readonly onClose: () => void };

export function NewBrake({ open, named, onClose }: NewBrakeProps) {
  return (
    <Dialog open={open} onClose={onClose} title="New brake">
      {open && <NewBrakeForm named={named} onClose={onClose} />}
    </Dialog>
  );
}

const reasonCharactersMax = 300;
const minuteMs = 60_000;
const spans = { "15": "For 15 minutes", "60": "For an hour", "1440": "For a day", custom: "Until a time of its own" };

function NewBrakeForm({ named, onClose }: Omit<NewBrakeProps, "open">) {
  const toast = useToast();
  const [kind, setKind] = useState<Kind>(kindNames.find((each) => named[each] !== undefined) ?? "subscription");
  const [value, setValue] = useState(named[kind] ?? "");
  const [span, setSpan] = useState("15");
  const [custom, setCustom] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const create = useCommand("createBrake", ["listBrakes", "getSubscription"], () => {
    toast("The brake holds; its owner sees it and the reason.");
    onClose();
  });
  const problem = create.error instanceof ApiProblem ? create.error : null;
  const field = kind === "workspace" ? "workspace_id" : kind;
  const missing = problem?.status === 404 ? problem.message : undefined;
  const valueError = problem?.at(`/${field}`) ?? missing;
  const beside = valueError ?? problem?.at("/until") ?? problem?.at("/reason");
  const submit = (): void => {
    const until = span === "custom" ? (custom ?? "") : new Date(Date.now() + Number(span) * minuteMs).toISOString();
    create.mutate({ body: { [field]: value.trim(), until, reason } });
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SelectField
        label="Hold"
        value={kind}
        onChange={({ target }) => {
          setKind(target.value as Kind);
          setValue(named[target.value as Kind] ?? "");
        }}
      >
        {kindNames.map((each) => (
          <option key={each} value={each}>
            {kinds[each].text}
          </option>
        ))}
      </SelectField>
      <Which kind={kind} value={value} onChange={setValue} error={valueError} />
      <SelectField label="Until" value={span} onChange={({ target }) => setSpan(target.value)}>
        {Object.entries(spans).map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </SelectField>
      {span === "custom" && <MomentField label="Ends at" required value={custom} onChange={setCustom} error={problem?.at("/until")} />}
      <TextField
        label="Reason"
        hint="The subscription’s owner reads it."
        required
        maxLength={reasonCharactersMax}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        error={problem?.at("/reason")}
      />
      <ProblemBanner error={beside === undefined ? create.error : null} />
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          Brake
        </Button>
      </DialogButtons>
    </form>
  );
}

type WhichProps = {
  readonly kind: Kind;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
};

const labels: Record<Kind, string> = { subscription: "Subscription id", host: "Host", app: "App id", workspace: "Workspace id" };

function Which({ kind, value, onChange, error }: WhichProps) {
  const list = useId();
  const apps = useQuery({ ...ask("listApps", { query: { limit: 100 } }), enabled: kind === "app" }).data?.data ?? [];
  const about = { label: labels[kind], hint: kinds[kind].hint, required: true, value, error };
  if (kind === "workspace") return <WorkspaceField {...about} onChange={onChange} />;
  return (
    <>
      <TextField {...about} list={list} className="font-mono" autoFocus={value === ""} onChange={({ target }) => onChange(target.value)} />
      <datalist id={list}>
        {apps.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
