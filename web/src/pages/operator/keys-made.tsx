import type { Answer } from "../../api/client.ts";
import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { Code } from "../../parts/code.tsx";
import { useSession } from "../../shell/session.ts";

type MadeKeyProps = { readonly made: Answer<"createKey">; readonly onDone: () => void };

/** The one time that a key's token can be read. On the page, not in a dialog: nothing closes it but its button. */
export function MadeKey({ made: { name, token, scopes, workspace_id }, onDone }: MadeKeyProps) {
  const { instance } = useSession();
  const publishes = scopes.includes("publish") || scopes.includes("admin");
  return (
    <Banner tone="good" title={`${name} is made`} actions={<Button onClick={onDone}>I have copied it</Button>}>
      <p className="mb-2">Its token is shown here and never again; Bellhop keeps only a hash of it.</p>
      <div className="flex flex-col gap-2">
        <Code label="Token" text={token} />
        {publishes && <Code label="Publish with it" text={publishCommand(instance.public_url, token, workspace_id ?? "<workspace>")} />}
      </div>
    </Banner>
  );
}

const publishCommand = (url: string, token: string, workspace: string): string =>
  `curl ${url}/v1/events -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\
  -d '{"workspace_id":"${workspace}","topic":"ticket.created","item":{"type":"ticket","id":"1"}}'`;
