import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../../api/queries.ts";
import { Button, buttonLook } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { Loaded } from "../../parts/loaded.tsx";

/** So many apps are seen at a glance. */
const glanceMax = 8;

/** Which app gets it; leads to the form of a new subscription with the URL in it. Null: closed. */
export function UseAsEndpoint({ url, onClose }: { readonly url: string | null; readonly onClose: () => void }) {
  return (
    <Dialog open={url !== null} onClose={onClose} title="Which app gets this endpoint?">
      {url !== null && <Apps url={url} />}
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
      </DialogButtons>
    </Dialog>
  );
}

function Apps({ url }: { readonly url: string }) {
  const [find, setFind] = useState("");
  const apps = useQuery(ask("listApps", { query: { limit: 100 } }));
  return (
    <div className="flex flex-col gap-3">
      <p className="text-ink-2">
        The new subscription begins with <code className="font-mono text-sm wrap-anywhere">{url}</code>; its topics are chosen next.
      </p>
      <Loaded of={apps}>
        {({ data }) => {
          const found = data.filter(({ name, id }) => `${name} ${id}`.toLowerCase().includes(find.toLowerCase()));
          return (
            <>
              {data.length > glanceMax && <TextField label="Find an app" value={find} onChange={({ target }) => setFind(target.value)} />}
              {data.length === 0 && (
                <p>
                  There is no app yet.{" "}
                  <Link to="/apps" search={{ new: "1" }} className={buttonLook("secondary", true)}>
                    New app
                  </Link>
                </p>
              )}
              {data.length > 0 && found.length === 0 && <p>No app is called that.</p>}
              <ul className="flex max-h-80 flex-col gap-1 overflow-y-auto">
                {found.map(({ id, name }) => (
                  <li key={id}>
                    <Link
                      to="/apps/$app/webhooks"
                      params={{ app: id }}
                      search={{ new: "1", url }}
                      className="flex flex-wrap items-baseline justify-between gap-x-3 rounded-md border border-line px-3 py-2 hover:border-line-strong"
                    >
                      <span className="font-medium">{name}</span>
                      <span className="font-mono text-sm text-ink-3">{id}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
