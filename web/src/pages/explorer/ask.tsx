import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { ask } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
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
      <WorkspaceField label="Workspace" required value={workspace} onChange={setWorkspace} />
      <Suggesting
        label="Topic"
        required
        value={topic}
        onChange={setTopic}
        options={topics.map(({ name, description }) => [name, description])}
      />
      <Suggesting label="App (optional)" value={app} onChange={setApp} options={apps.map(({ id, name }) => [id, name])} />
    </Question>
  );
}

type QuestionProps = { readonly title: string; readonly onAsk: () => void; readonly children: ReactNode };

/** One line where there is room for it. */
function Question({ title, onAsk, children }: QuestionProps) {
  return (
    <form
      aria-label={title}
      className="flex flex-wrap items-end gap-x-3 gap-y-2 px-4 py-3 *:min-w-44 *:flex-1"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk();
      }}
    >
      {children}
      <Button type="submit" className="max-w-28">
        Explain
      </Button>
    </form>
  );
}

type SuggestingProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly (readonly [value: string, about: string])[];
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
