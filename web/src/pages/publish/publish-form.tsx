import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import type { Answer } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useUnsaved } from "../../parts/unsaved.tsx";

type App = Answer<"readApp">;
type Draft = { readonly visibility: App["visibility"]; readonly uninstall: string; readonly health: string };

const draftOf = (app: App): Draft => ({ visibility: app.visibility, uninstall: app.uninstall_url ?? "", health: app.health_url ?? "" });

const visibilities = [
  { id: "private", name: "Private", hint: "For workspaces of its own developer, in the region of the workspace that owns it." },
  { id: "public", name: "Public", hint: "For any workspace; each installation holds what it was given." },
] as const;

export function PublishForm({ app }: { readonly app: App }) {
  const toast = useToast();
  const before = draftOf(app);
  const [draft, setDraft] = useState(before);
  const save = useCommand("changeApp", ["readApp", "listApps", "listInstallations"], (saved) => {
    setDraft(draftOf(saved));
    toast("Saved.");
  });
  const dirty = JSON.stringify(draft) !== JSON.stringify(before);
  const unsaved = useUnsaved(dirty && !save.isPending);
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const besideFields = problem !== null && problem.mistakes.length > 0 && problem.mistakes.every(({ pointer }) => pointer.endsWith("_url"));
  const submit = (): void =>
    save.mutate({
      params: { id: app.id },
      body: { visibility: draft.visibility, uninstall_url: draft.uninstall.trim() || null, health_url: draft.health.trim() || null },
    });
  const discard = (): void => {
    setDraft(before);
    save.reset();
  };
  return (
    <Section title="Settings">
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {unsaved}
        <Visibility chosen={draft.visibility} onChoose={(visibility) => setDraft({ ...draft, visibility })} />
        <TextField
          label="Uninstall URL"
          type="url"
          className="font-mono text-sm"
          placeholder="https://example.com/uninstalled"
          hint="Told once, with X-Body-Signature, when a workspace uninstalls the app."
          value={draft.uninstall}
          onChange={({ target }) => setDraft({ ...draft, uninstall: target.value })}
          error={problem?.at("/uninstall_url")}
        />
        <TextField
          label="Health URL"
          type="url"
          className="font-mono text-sm"
          placeholder="https://example.com/health"
          hint="Asked once a day for each workspace. It answers state OK, UNHEALTHY or UNKNOWN, and a message."
          value={draft.health}
          onChange={({ target }) => setDraft({ ...draft, health: target.value })}
          error={problem?.at("/health_url")}
        />
        <ProblemBanner error={besideFields ? null : save.error} />
        <div className="flex justify-end gap-2">
          {dirty && <Button onClick={discard}>Discard changes</Button>}
          <Button type="submit" variant="primary" disabled={!dirty} busy={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Section>
  );
}

function Visibility({ chosen, onChoose }: { readonly chosen: App["visibility"]; readonly onChoose: (chosen: App["visibility"]) => void }) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 font-medium">Visibility</legend>
      {visibilities.map(({ id, name, hint }) => (
        <div key={id} className="grid grid-cols-[auto_1fr] items-start gap-x-2">
          <input
            type="radio"
            name="visibility"
            id={`visibility-${id}`}
            aria-describedby={`visibility-${id}-hint`}
            checked={chosen === id}
            onChange={() => onChoose(id)}
            className="mt-0.75 size-3.5 accent-ink"
          />
          <label htmlFor={`visibility-${id}`}>{name}</label>
          <p id={`visibility-${id}-hint`} className="col-start-2 text-sm text-ink-3">
            {hint}
          </p>
        </div>
      ))}
    </fieldset>
  );
}
