import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import type { Answer, Body } from "../../api/client.ts";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { CheckBox, SelectField, TextAreaField, TextField } from "../../parts/field.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useUnsaved } from "../../parts/unsaved.tsx";
import { changesOf, draftOf, jsonMistakes, newTopicOf, topicRoutesRead } from "./catalogue-form-body.ts";
import type { JsonField, TopicDraft } from "./catalogue-form-body.ts";

type TopicFormProps = {
  /** The topic to change, by its newest name; null: a new one. */
  readonly name: string | null;
  /** With the topic that was saved; null: with none. */
  readonly onDone: (saved: string | null) => void;
};

export function TopicForm({ name, onDone }: TopicFormProps) {
  const catalogue = useQuery(ask("readCatalogue"));
  const topics = useQuery(ask("listTopics"));
  return (
    <Section title={name === null ? "New topic" : `Change ${name}`}>
      <Loaded of={catalogue}>
        {(whole) => (
          <Loaded of={topics}>
            {({ data }) => {
              const before = draftOf(data.find((topic) => topic.name === name) ?? null, whole.versions[0] ?? "");
              return <Form before={before} isNew={name === null} catalogue={whole} onDone={onDone} />;
            }}
          </Loaded>
        )}
      </Loaded>
    </Section>
  );
}

type Catalogue = Answer<"readCatalogue">;
type FormProps = {
  readonly before: TopicDraft;
  readonly isNew: boolean;
  readonly catalogue: Catalogue;
  readonly onDone: TopicFormProps["onDone"];
};

const fields = ["/name", "/description", "/permissions", "/item_type", "/since", "/until", "/sample", "/formerly", "/to_older"];

function Form({ before: first, isNew, catalogue, onDone }: FormProps) {
  const toast = useToast();
  const [before] = useState(first);
  const [draft, setDraft] = useState(before);
  const set = (changes: Partial<TopicDraft>): void => setDraft((old) => ({ ...old, ...changes }));
  const [wrong, setWrong] = useState<Partial<Record<JsonField, string>>>({});
  const saved = (): void => {
    toast(isNew ? "The topic is added." : "The topic is changed.");
    onDone(draft.name);
  };
  const create = useCommand("createTopic", topicRoutesRead, saved);
  const change = useCommand("changeTopic", topicRoutesRead, saved);
  const sending = isNew ? create : change;
  const question = useUnsaved(draft !== before && !sending.isSuccess, "new", "topic");
  const problem = sending.error instanceof ApiProblem ? sending.error : null;
  const elsewhere = problem !== null && !problem.mistakes.every(({ pointer }) => fields.some((field) => pointer.startsWith(field)));
  const submit = (): void => {
    const mistakes = jsonMistakes(draft);
    setWrong(mistakes);
    if (Object.keys(mistakes).length > 0) return;
    if (isNew) create.mutate({ body: newTopicOf(draft) as Body<"createTopic"> });
    else change.mutate({ params: { name: draft.name }, body: changesOf(before, draft) });
  };
  return (
    <form
      className="grid gap-4 lg:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {question}
      <div className="flex flex-col gap-4">
        <TextField
          label="Name"
          hint={isNew ? "Parts joined by dots, such as invoice.paid." : "It cannot be changed: subscriptions have chosen it."}
          className="font-mono"
          required
          autoFocus={isNew}
          disabled={!isNew}
          value={draft.name}
          onChange={({ target }) => set({ name: target.value })}
          error={problem?.at("/name")}
        />
        <TextField
          label="Description"
          value={draft.description}
          onChange={({ target }) => set({ description: target.value })}
          error={problem?.at("/description")}
        />
        <TextField
          label="Item type"
          hint="What data.item.type says. Empty: it has none."
          className="font-mono"
          value={draft.item_type}
          onChange={({ target }) => set({ item_type: target.value })}
          error={problem?.at("/item_type")}
        />
        <Versions draft={draft} set={set} versions={catalogue.versions} problem={problem} />
        <Permissions draft={draft} set={set} labels={catalogue.permissions} error={problem?.at("/permissions")} />
      </div>
      <div className="flex flex-col gap-4">
        {jsonAreas.map((area) => (
          <JsonArea key={area.field} {...area} draft={draft} set={set} wrong={wrong} problem={problem} />
        ))}
      </div>
      <div className="flex flex-col gap-3 lg:col-span-2">
        <ProblemBanner error={elsewhere || !problem?.mistakes.length ? sending.error : null} />
        <div className="flex justify-end gap-2">
          <Button onClick={() => onDone(null)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={sending.isPending} disabled={!isNew && Object.is(draft, before)}>
            {isNew ? "Add topic" : "Save topic"}
          </Button>
        </div>
      </div>
    </form>
  );
}

const jsonAreas = [
  { field: "sample", label: "Sample item", hint: "An object; sent by test requests.", rows: 12 },
  { field: "formerly", label: "Former names", hint: "An array of name, since and until.", rows: 4 },
  { field: "to_older", label: "Older shapes", hint: "An array of steps: since, op, key.", rows: 4 },
] as const;

type PartProps = { readonly draft: TopicDraft; readonly set: (changes: Partial<TopicDraft>) => void };

function Versions({
  draft,
  set,
  versions,
  problem,
}: PartProps & { readonly versions: readonly string[]; readonly problem: ApiProblem | null }) {
  const options = versions.map((version) => <option key={version}>{version}</option>);
  return (
    <div className="grid grid-cols-2 gap-3">
      <SelectField
        label="Offered from version"
        value={draft.since}
        onChange={({ target }) => set({ since: target.value })}
        error={problem?.at("/since")}
      >
        {options}
      </SelectField>
      <SelectField
        label="To version"
        value={draft.until}
        onChange={({ target }) => set({ until: target.value })}
        error={problem?.at("/until")}
      >
        <option value="">still offered</option>
        {options}
      </SelectField>
    </div>
  );
}

type PermissionsProps = PartProps & { readonly labels: Readonly<Record<string, string>>; readonly error: string | undefined };

function Permissions({ draft, set, labels, error }: PermissionsProps) {
  const choose = (id: string, yes: boolean): void =>
    set({ permissions: Object.keys(labels).filter((each) => (each === id ? yes : draft.permissions.includes(each))) });
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="font-medium">Permissions</legend>
      <p className="mb-1 text-sm text-ink-3">Any one of them is enough. None: every app may have it.</p>
      <div className="grid max-h-52 grid-cols-1 gap-1 overflow-y-auto rounded-md border border-line-strong p-2 sm:grid-cols-2">
        {Object.entries(labels).map(([id, label]) => (
          <CheckBox key={id} label={label} checked={draft.permissions.includes(id)} onChange={({ target }) => choose(id, target.checked)} />
        ))}
      </div>
      {error && (
        <p role="alert" className="text-sm text-failed">
          {error}
        </p>
      )}
    </fieldset>
  );
}

type JsonAreaProps = PartProps & {
  readonly field: JsonField;
  readonly label: string;
  readonly hint: string;
  readonly rows: number;
  readonly wrong: Partial<Record<JsonField, string>>;
  readonly problem: ApiProblem | null;
};

/** Every mistake in it, not the first alone: each says where. */
function JsonArea({ field, label, hint, rows, draft, set, wrong, problem }: JsonAreaProps) {
  const within = problem?.mistakes.filter(({ pointer }) => pointer === `/${field}` || pointer.startsWith(`/${field}/`)) ?? [];
  const listed = within.map(({ pointer, message }) => `${pointer.slice(field.length + 2)} ${message}`.trim()).join("; ");
  return (
    <TextAreaField
      label={label}
      hint={`${hint} Empty: none.`}
      rows={rows}
      className="font-mono text-sm!"
      value={draft[field]}
      onChange={({ target }) => set({ [field]: target.value })}
      error={wrong[field] ?? (listed || undefined)}
    />
  );
}
