import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { CheckBox } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useUnsaved } from "../../parts/unsaved.tsx";
import { Consequences, StoppedList } from "./consequences.tsx";
import { PermissionTopics } from "./permission-topics.tsx";
import { stoppedTopics } from "./permissions.ts";
import type { App, Permissions, Subscription } from "./permissions.ts";
import { RedirectUrls } from "./redirect-urls.tsx";

type EditProps = {
  readonly app: App;
  readonly permissions: Permissions;
  readonly subscriptions: readonly Subscription[];
  readonly onSaved: () => void;
  readonly onCancel: () => void;
};

export function EditAuthorization({ app, permissions, subscriptions, onSaved, onCancel }: EditProps) {
  const [held, setHeld] = useState<readonly string[]>(app.permissions);
  const [urls, setUrls] = useState<readonly string[]>(app.redirect_urls);
  const [isAsking, setAsking] = useState(false);
  const toast = useToast();
  const isChanged = !isSame(new Set(held), new Set(app.permissions)) || urls.join("\n") !== app.redirect_urls.join("\n");
  const leaving = useUnsaved(isChanged, "edit");
  const stopped = stoppedTopics(permissions.topics, subscriptions, app.permissions, held);
  const save = useCommand("changeApp", ["readApp", "listApps", "listSubscriptions", "listInstallations"], () => {
    toast("Saved");
    onSaved();
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const send = (): void => {
    const body = { permissions: Object.keys(permissions.labels).filter((id) => held.includes(id)), redirect_urls: urls.filter(Boolean) };
    save.mutate({ params: { id: app.id }, body }, { onSettled: () => setAsking(false) });
  };
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (stopped.length > 0) setAsking(true);
        else send();
      }}
    >
      <Section title="Permissions" about="Any one of a topic’s permissions is enough. Ask for no more than the app needs.">
        <div role="group" aria-label="Permissions" className="flex flex-col divide-y divide-line">
          {Object.entries(permissions.labels).map(([id, label]) => (
            <div key={id} className="py-2.5 first:pt-0 last:pb-0">
              <CheckBox
                label={
                  <>
                    {label} <code className="font-mono text-sm text-ink-3">{id}</code>
                  </>
                }
                checked={held.includes(id)}
                onChange={({ target }) => setHeld(target.checked ? [...held, id] : held.filter((each) => each !== id))}
              />
              <div className="pl-5.5">
                <PermissionTopics permission={id} topics={permissions.topics} subscriptions={subscriptions} />
              </div>
            </div>
          ))}
        </div>
      </Section>
      <RedirectUrls urls={urls} onChange={setUrls} problem={problem} />
      <Consequences app={app} held={held} stopped={stopped} />
      <ProblemBanner error={problem?.mistakes.length && problem.at("/redirect_urls") ? null : save.error} />
      <div className="sticky bottom-0 flex gap-2 border-t border-line bg-paper py-3">
        <Button type="submit" variant="primary" disabled={!isChanged} busy={save.isPending}>
          Save
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={send}
        busy={save.isPending}
        title={stopped.length === 1 ? "A chosen topic stops" : `${stopped.length} chosen topics stop`}
        action="Save and stop them"
      >
        <StoppedList stopped={stopped} />
      </Confirm>
      {leaving}
    </form>
  );
}

const isSame = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((each) => other.has(each));
