import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { useToast } from "../../parts/toast.tsx";
import type { App } from "./about.tsx";

const about = "Its subscriptions and installations go with it, and what still waits is not delivered. This cannot be taken back.";

export function DeleteApp({ app }: { readonly app: App }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section
      title="Delete the app"
      about={about}
      actions={
        <Button variant="danger" onClick={() => setOpen(true)}>
          Delete app …
        </Button>
      }
    >
      <Loss app={app} />
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={`Delete ${app.name}?`}>
        {isOpen && <DeleteForm app={app} onClose={() => setOpen(false)} />}
      </Dialog>
    </Section>
  );
}

/** What there is to lose, in numbers. */
function Loss({ app }: { readonly app: App }) {
  const input = { params: { id: app.id }, query: { limit: 100 } };
  const subscriptions = useQuery(ask("listSubscriptions", input)).data;
  const installations = useQuery(ask("listInstallations", input)).data;
  if (!subscriptions || !installations) return <p className="text-ink-3"> </p>;
  return (
    <p className="text-ink-2">
      It has {countText(subscriptions, "subscription")} and is installed in {countText(installations, "workspace")}.
    </p>
  );
}

type List = { readonly data: readonly unknown[]; readonly next_cursor: string | null };

const countText = ({ data, next_cursor }: List, name: string): string =>
  `${data.length}${next_cursor === null ? "" : " or more"} ${name}${data.length === 1 ? "" : "s"}`;

function DeleteForm({ app, onClose }: { readonly app: App; readonly onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const navigate = useNavigate();
  const toast = useToast();
  const remove = useCommand("deleteApp", ["listApps"], () => {
    toast(`${app.name} is deleted`);
    // What was typed on this page is of no use any more.
    void navigate({ to: "/apps", ignoreBlocker: true });
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === app.name) remove.mutate({ params: { id: app.id } });
      }}
    >
      <p className="text-ink-2">{about}</p>
      <Loss app={app} />
      <TextField
        label={
          <>
            Type <strong className="font-semibold">{app.name}</strong> to confirm
          </>
        }
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      <ProblemBanner error={remove.error} />
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="danger" disabled={typed !== app.name} busy={remove.isPending}>
          Delete app
        </Button>
      </DialogButtons>
    </form>
  );
}
