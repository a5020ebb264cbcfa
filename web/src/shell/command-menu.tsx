// Cmd-K: every page by any of its names, every app, and whatever has an id that is pasted here.
import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../api/queries.ts";
import { appPlaces, configurePlaces, developerPlaces, operatorPlaces } from "./places.ts";

type Entry = { readonly label: string; readonly hint: string; readonly words: string; readonly go: () => void };

export function CommandMenu({ app, onClose }: { readonly app: string | undefined; readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const entries = useEntries(app, text.trim());
  const found = entries.filter(({ label, words }) => matches(`${label} ${words}`, text));
  const run = (entry: Entry): void => {
    onClose();
    entry.go();
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(20_16_8/45%)]" />
        <Dialog.Popup
          aria-label="Go to"
          className="fixed top-[12vh] left-1/2 z-50 flex max-h-[70vh] w-[min(38rem,calc(100vw-2rem))] -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-raised"
        >
          <Autocomplete.Root
            items={found}
            filteredItems={found}
            value={text}
            onValueChange={(value) => setText(value)}
            itemToStringValue={(entry: Entry) => entry.label}
            open
            inline
            autoHighlight="always"
          >
            <Autocomplete.Input
              aria-label="Go to a page, an app, or an id"
              placeholder="Page, app, or any id"
              className="w-full border-b border-line bg-transparent px-4 py-3 text-lg outline-none placeholder:text-ink-3"
            />
            <Autocomplete.List className="overflow-y-auto p-1.5">
              {(entry: Entry) => (
                <Autocomplete.Item
                  key={`${entry.label} ${entry.hint}`}
                  value={entry}
                  onClick={() => run(entry)}
                  className="flex cursor-pointer items-center justify-between gap-4 rounded-md px-3 py-1.5 data-[highlighted]:bg-sunken"
                >
                  <span className="min-w-1/2 truncate">{entry.label}</span>
                  <span className="truncate text-sm text-ink-3">{entry.hint}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
            <Autocomplete.Empty className="px-4 py-3 text-ink-3 empty:hidden">Nothing is called that.</Autocomplete.Empty>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const matches = (where: string, words: string): boolean =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => where.toLowerCase().includes(word));

function useEntries(app: string | undefined, text: string): Entry[] {
  const navigate = useNavigate();
  const apps = useQuery(ask("listApps", { query: { limit: 100 } })).data?.data ?? [];
  const named = apps.find(({ id }) => id === app)?.name ?? "";
  const ofApp =
    app === undefined
      ? []
      : [...appPlaces, ...configurePlaces].map(({ to, name, words }) => ({
          label: name,
          hint: named,
          words,
          go: () => void navigate({ to, params: { app } }),
        }));
  const pages = [...developerPlaces, ...operatorPlaces].map(({ to, name, words }) => ({
    label: name,
    hint: "",
    words,
    go: () => void navigate({ to }),
  }));
  const all = { label: "Your apps", hint: "", words: "home new app", go: () => void navigate({ to: "/apps" }) };
  const open = apps.map(({ id, name }) => ({
    label: name,
    hint: id,
    words: `app ${id}`,
    go: () => void navigate({ to: "/apps/$app/overview", params: { app: id } }),
  }));
  return [...useById(text), ...ofApp, all, ...pages, ...open];
}

/** Ids tell what they are of by how they begin. */
function useById(id: string): Entry[] {
  const navigate = useNavigate();
  const ways: Record<string, [label: string, go: () => void]> = {
    notif: ["Open the notification", () => void navigate({ to: "/notifications/$id", params: { id } })],
    evt: ["Explain the event", () => void navigate({ to: "/explorer", search: { event: id } })],
    app: ["Open the app", () => void navigate({ to: "/apps/$app/overview", params: { app: id } })],
    sub: ["Deliveries of the subscription", () => void navigate({ to: "/operator/deliveries", search: { q: `subscription:${id}` } })],
    key: ["What the key changed", () => void navigate({ to: "/operator/audit", search: { actor: id } })],
  };
  const way = ways[/^([a-z]+)_[\w-]{8,}$/.exec(id)?.[1] ?? ""];
  return way ? [{ label: way[0], hint: id, words: id, go: way[1] }] : [];
}
