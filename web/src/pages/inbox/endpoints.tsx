import { useState } from "react";
import { ApiProblem } from "../../api/client.ts";
import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { EndpointCard } from "./endpoint-card.tsx";
import type { Inbox } from "./verdict.ts";
import { UseAsEndpoint } from "./use-as-endpoint.tsx";

/** Where it takes requests, and what it answers there. */
export function Endpoints({ inbox: { url, endpoints } }: { readonly inbox: Inbox }) {
  const [using, setUsing] = useState<string | null>(null);
  return (
    <Section title="Paths" about="Any path takes requests. Each answers as you say, at once.">
      <div className="flex flex-col gap-4">
        {endpoints.length === 0 && <p className="text-ink-2">No path is in use yet. Add one, and make it an app's endpoint.</p>}
        <ul className="flex flex-col gap-4 empty:hidden">
          {endpoints.map((endpoint) => (
            <EndpointCard key={endpoint.path} endpoint={endpoint} onUse={() => setUsing(endpoint.url)} />
          ))}
        </ul>
        <NewPath url={url} onAdded={setUsing} />
      </div>
      <UseAsEndpoint url={using} onClose={() => setUsing(null)} />
    </Section>
  );
}

/** A new path answers 200; then it is asked whose endpoint it shall be. */
function NewPath({ url, onAdded }: { readonly url: string; readonly onAdded: (url: string) => void }) {
  const [text, setText] = useState("");
  const path = text.startsWith("/") ? text : `/${text}`;
  const add = useCommand("changeInboxBehaviour", ["readInbox"], () => {
    setText("");
    onAdded(url + path);
  });
  const wrong = add.error instanceof ApiProblem ? add.error.at("/path") : undefined;
  return (
    <form
      className="flex flex-col gap-2 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate({ body: { path, answer: 200 } });
      }}
    >
      <TextField
        label="New path"
        hint={url + (text === "" ? "/…" : path)}
        placeholder="/orders"
        required
        value={text}
        onChange={({ target }) => setText(target.value.trim())}
        error={wrong}
        className="font-mono"
      />
      {!wrong && <ProblemBanner error={add.error} />}
      <div>
        <Button type="submit" busy={add.isPending}>
          Add path
        </Button>
      </div>
    </form>
  );
}
