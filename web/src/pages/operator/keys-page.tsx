// Who may call this Bellhop by itself, and how far each key reaches.
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { askPages, useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Id } from "../../parts/copy.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { Time, useTick } from "../../parts/time.tsx";
import { useToast } from "../../parts/toast.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { MadeKey } from "./keys-made.tsx";
import { NewKey } from "./keys-new.tsx";

const route = getRouteApi("/shell/operator/keys");
type Key = Answer<"listKeys">["data"][number];

export function KeysPage() {
  const { new: isNew } = route.useSearch();
  const navigate = useNavigate({ from: "/operator/keys" });
  const keys = useInfiniteQuery(askPages("listKeys", { query: { limit: 100 } }));
  const [made, setMade] = useState<Answer<"createKey"> | null>(null);
  const [deleting, setDeleting] = useState<Key | null>(null);
  const open = (yes: boolean): void => void navigate({ search: { new: yes ? "1" : undefined } });
  useShortcuts("Keys", { n: { does: "New key", run: () => open(true) } });
  const all = keys.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <Page
      title="Keys"
      answer={keys.data && keysAnswer(all, keys.hasNextPage)}
      actions={
        <Button variant="primary" onClick={() => open(true)}>
          New key
        </Button>
      }
    >
      {made && <MadeKey made={made} onDone={() => setMade(null)} />}
      <Loaded of={keys}>
        {() =>
          all.length === 0 ? (
            <Empty title="No key yet" actions={<Button onClick={() => open(true)}>New key</Button>}>
              A platform publishes with a key, in the header Authorization: Bearer.
            </Empty>
          ) : (
            <KeyTable keys={all} onDelete={setDeleting} />
          )
        }
      </Loaded>
      {keys.hasNextPage && (
        <Button busy={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>
          Show more
        </Button>
      )}
      <NewKey
        open={isNew !== undefined}
        onClose={() => open(false)}
        onMade={(key) => {
          setMade(key);
          open(false);
        }}
      />
      <DeleteKey of={deleting} onClose={() => setDeleting(null)} />
    </Page>
  );
}

function keysAnswer(keys: readonly Key[], more: boolean): string {
  const everything = keys.filter(({ scopes }) => scopes.includes("admin")).length;
  const bound = keys.filter(({ workspace_id }) => workspace_id !== null).length;
  const parts = [
    everything > 0 && `${everything} may do everything`,
    bound > 0 && `${bound} ${bound === 1 ? "reaches" : "reach"} one workspace only`,
  ].filter(Boolean);
  const count = `${keys.length}${more ? " or more" : ""} ${keys.length === 1 ? "key" : "keys"}`;
  return parts.length === 0 ? `${count}.` : `${count}: ${parts.join(", ")}.`;
}

function KeyTable({ keys, onDelete }: { readonly keys: readonly Key[]; readonly onDelete: (key: Key) => void }) {
  return (
    <Table
      label="Keys"
      head={
        <>
          <Th>Name</Th>
          <Th>May</Th>
          <Th>Where</Th>
          <Th>Expires</Th>
          <Th>Made</Th>
          <Th>
            <span className="sr-only">What can be done</span>
          </Th>
        </>
      }
    >
      {keys.map((key) => (
        <tr key={key.id}>
          <Td className="min-w-40">
            <p className="font-medium wrap-anywhere">{key.name}</p>
            <Id id={key.id} />
          </Td>
          <Td>{key.scopes.join(", ")}</Td>
          <Td>{key.workspace_id === null ? "every workspace" : <Id id={key.workspace_id} />}</Td>
          <Td>
            <Expiry at={key.expires_at} />
          </Td>
          <Td>
            <Time at={key.created_at} />
          </Td>
          <Td className="text-right">
            <Button small variant="danger" aria-label={`Delete ${key.name}`} onClick={() => onDelete(key)}>
              Delete
            </Button>
          </Td>
        </tr>
      ))}
    </Table>
  );
}

function Expiry({ at }: { readonly at: string | null }) {
  const over = useTick((now) => (at !== null && Date.parse(at) <= now ? 1 : 0));
  if (at === null) return "never";
  return (
    <span className={over ? "text-failed" : ""}>
      {over ? "expired " : ""}
      <Time at={at} />
    </span>
  );
}

function DeleteKey({ of: key, onClose }: { readonly of: Key | null; readonly onClose: () => void }) {
  const toast = useToast();
  const remove = useCommand("deleteKey", ["listKeys"], () => {
    toast("The key is deleted.");
    onClose();
  });
  const close = (): void => {
    remove.reset();
    onClose();
  };
  return (
    <Confirm
      open={key !== null}
      onClose={close}
      title={`Delete ${key?.name ?? ""}`}
      action="Delete key"
      busy={remove.isPending}
      onConfirm={() => key && remove.mutate({ params: { id: key.id } })}
    >
      <p>Whatever calls with it is refused at once, in other processes within 2 seconds. It cannot be brought back.</p>
      <ProblemBanner error={remove.error} />
    </Confirm>
  );
}
