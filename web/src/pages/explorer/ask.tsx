import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { ask } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { WorkspaceField } from "../operator/workspace-field.tsx";

const namesStaleMs = 60_000;

export function AskByEvent({ event }: { readonly event: string }) {
  const navigate = useNavigate({ from: "/explorer" });
  const [id, setId] = useState(event);
  return (
    <Question title="What became of an event" onAsk={() => void navigate({ search: { event: id } })}>
      <TextField
        label="Event id"
        placeholder="evt_…"
        required
        value={id}
        onChange={({ target }) => setId(target.value.trim())}
        className="font-mono"
        hint="Whom it notified, and whom not."
      />
    </Question>
  );
}

type RulesProps = { readonly workspace: string; readonly topic: string; readonly app: string };

export function AskByRules(asked: RulesProps) {
  const navigate = useNavigate({ from: "/explorer" });
  const [workspace, setWorkspace] = useState(asked.workspace);
  const [topic, setTopic] = useState(asked.topic);
  const [app, setApp] = useState(asked.app);
  const topics = useQuery({ ...ask("listTopics"), staleTime: namesStaleMs }).data?.data ?? [];
  const apps = useQuery(ask("listApps", { query: { limit: 100 } })).data?.data ?? [];
  return (
    <Question title="Who would be notified now" onAsk={() => void navigate({ search: { workspace, topic, app: app || undefined } })}>
      <WorkspaceField label="Workspace" required value={workspace} onChange={setWorkspace} hint="Where it happens: its id." />
      <Suggesting
        label="Topic"
        required
        value={topic}
        onChange={setTopic}
        options={topics.map(({ name, description }) => [name, description])}
      />
      <Suggesting
        label="App (optional)"
        value={app}
        onChange={setApp}
        options={apps.map(({ id, name }) => [id, name])}
        hint="Without one: all that are installed there."
      />
    </Question>
  );
}

function Question({ title, onAsk, children }: { readonly title: string; readonly onAsk: () => void; readonly children: ReactNode }) {
  return (
    <Section title={title}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onAsk();
        }}
      >
        {children}
        <div>
          <Button type="submit" variant="primary">
            Explain
          </Button>
        </div>
      </form>
    </Section>
  );
}

type SuggestingProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly (readonly [value: string, about: string])[];
  readonly hint?: string;
  readonly required?: boolean;
};

/** Text, with what there is offered while it is typed. */
function Suggesting({ options, value, onChange, ...rest }: SuggestingProps) {
  const list = useId();
  return (
    <>
      <TextField {...rest} list={list} value={value} onChange={({ target }) => onChange(target.value.trim())} className="font-mono" />
      <datalist id={list}>
        {options.map(([each, about]) => (
          <option key={each} value={each}>
            {about}
          </option>
        ))}
      </datalist>
    </>
  );
}
