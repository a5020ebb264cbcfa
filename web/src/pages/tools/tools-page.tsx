// What somebody who writes a receiver needs at hand: is this signature right, what does a body look like, code to begin with.
import { Tabs } from "@base-ui/react/tabs";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ask } from "../../api/queries.ts";
import { SelectField } from "../../parts/field.tsx";
import { Page } from "../../parts/page.tsx";
import { ReceiverCode } from "./receiver-code.tsx";
import { Samples } from "./samples.tsx";
import { SignatureTester } from "./signature-tester.tsx";

const route = getRouteApi("/shell/tools");

const tabs = [
  { id: "signature", name: "Signature tester" },
  { id: "samples", name: "Payload samples" },
  { id: "receivers", name: "Receiver code" },
] as const;

export function ToolsPage() {
  const { tab, app } = route.useSearch();
  const navigate = useNavigate({ from: "/tools" });
  const chosen = tabs.find(({ id }) => id === tab)?.id ?? tabs[0].id;
  return (
    <Page title="Tools" answer="To write a receiver: check a signature, see what is sent, begin with code that is right." wide>
      <Tabs.Root value={chosen} onValueChange={(id: string) => void navigate({ search: (old) => ({ ...old, tab: id }), replace: true })}>
        <Tabs.List className="mb-5 flex overflow-x-auto sm:gap-1 border-b border-line" aria-label="Tools">
          {tabs.map(({ id, name }) => (
            <Tabs.Tab
              key={id}
              value={id}
              className="-mb-px border-b-2 border-transparent px-2 py-2 text-sm whitespace-nowrap sm:px-3 sm:text-base text-ink-2 hover:text-ink focus-visible:-outline-offset-2 data-active:border-brass-fill data-active:font-medium data-active:text-ink"
            >
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="signature">
          <Signature app={app} onApp={(id) => void navigate({ search: (old) => ({ ...old, app: id }), replace: true })} />
        </Tabs.Panel>
        <Tabs.Panel value="samples">
          <Samples />
        </Tabs.Panel>
        <Tabs.Panel value="receivers">
          <ReceiverCode />
        </Tabs.Panel>
      </Tabs.Root>
    </Page>
  );
}

/** Whose secret is at hand is chosen first: another app's begins anew. */
function Signature({ app, onApp }: { readonly app: string | undefined; readonly onApp: (app: string | undefined) => void }) {
  const apps = useQuery(ask("listApps", { query: { limit: 100 } })).data?.data ?? [];
  return (
    <div className="flex flex-col gap-4">
      <div className="max-w-sm">
        <SelectField
          label="App"
          value={app ?? ""}
          onChange={({ target }) => onApp(target.value || undefined)}
          hint="Its secret can be taken at a click."
        >
          <option value="">None: the secret is typed in</option>
          {app !== undefined && !apps.some(({ id }) => id === app) && <option>{app}</option>}
          {apps.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <SignatureTester key={app} app={app} />
    </div>
  );
}
