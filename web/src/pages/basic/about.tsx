import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import type { Answer } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { TextAreaField, TextField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useUnsaved } from "../../parts/unsaved.tsx";

export type App = Answer<"readApp">;
type Draft = { readonly name?: string; readonly description?: string };

const nameCharactersMax = 100;
const descriptionCharactersMax = 1_000;

/** What people call it, and what they are told that it is for. */
export function About({ app }: { readonly app: App }) {
  const [draft, setDraft] = useState<Draft>({});
  const toast = useToast();
  const { name, description } = { ...app, ...draft };
  const isChanged = name !== app.name || description !== app.description;
  const leaving = useUnsaved(isChanged);
  const save = useCommand("changeApp", ["readApp", "listApps"], () => toast("Saved"));
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const submit = (): void => save.mutate({ params: { id: app.id }, body: { name, description } }, { onSuccess: () => setDraft({}) });
  return (
    <Section title="Name and description" about="Shown in the hub, and to whoever is asked to consent to the app.">
      <form
        className="flex max-w-prose flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          label="Name"
          required
          maxLength={nameCharactersMax}
          value={name}
          onChange={({ target }) => setDraft({ ...draft, name: target.value })}
          error={problem?.at("/name")}
        />
        <TextAreaField
          label="Description"
          rows={3}
          maxLength={descriptionCharactersMax}
          value={description}
          onChange={({ target }) => setDraft({ ...draft, description: target.value })}
          error={problem?.at("/description")}
        />
        <ProblemBanner error={problem?.mistakes.length ? null : save.error} />
        <div className="flex gap-2">
          <Button type="submit" variant="primary" disabled={!isChanged} busy={save.isPending}>
            Save
          </Button>
          {isChanged && (
            <Button
              variant="quiet"
              onClick={() => {
                setDraft({});
                save.reset();
              }}
            >
              Discard
            </Button>
          )}
        </div>
      </form>
      {leaving}
    </Section>
  );
}
