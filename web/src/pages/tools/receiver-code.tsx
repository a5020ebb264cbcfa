import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Code } from "../../parts/code.tsx";
import { receivers } from "./receivers.ts";

const route = getRouteApi("/shell/tools");

/** A whole program in the language that one writes. */
export function ReceiverCode() {
  const { language } = route.useSearch();
  const navigate = useNavigate({ from: "/tools" });
  const chosen = receivers.find(({ id }) => id === language) ?? receivers[0];
  return (
    <div className="flex flex-col gap-4">
      <p className="max-w-prose text-ink-2">
        It checks the signature over the raw body in constant time, answers 200 at once, works afterwards, and takes each id once. Beyond a
        first try, keep the ids where they outlive a restart.
      </p>
      <fieldset>
        <legend className="sr-only">Language</legend>
        <div className="flex flex-wrap gap-1.5">
          {receivers.map(({ id, name }) => (
            <label
              key={id}
              className="cursor-pointer rounded-md border border-line-strong px-2.5 py-1 hover:border-ink-2 has-checked:border-ink has-checked:bg-ink has-checked:font-medium has-checked:text-on-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-brass-fill"
            >
              <input
                type="radio"
                name="language"
                value={id}
                checked={id === chosen.id}
                onChange={() => void navigate({ search: (old) => ({ ...old, language: id }), replace: true })}
                className="sr-only"
              />
              {name}
            </label>
          ))}
        </div>
      </fieldset>
      <Code key={chosen.id} label={chosen.file} text={chosen.code} tall />
      <Code label="In a shell" text={chosen.run} />
      <p className="max-w-prose text-sm text-ink-3">
        The client secret is on the app&apos;s page Basic information. In local mode{" "}
        <code className="font-mono">http://127.0.0.1:3000/webhooks</code> can be its endpoint; elsewhere it needs a public https URL.
      </p>
    </div>
  );
}
