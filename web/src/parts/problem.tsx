import { Link } from "@tanstack/react-router";
import { ApiProblem } from "../api/client.ts";
import { Banner } from "./banner.tsx";
import { buttonLook } from "./button.tsx";
import { Id } from "./copy.tsx";

/** From what is not there to what is. */
const onward = {
  unknown_app: { to: "/apps", text: "Your apps" },
  unknown_workspace: { to: "/operator/workspaces", text: "All workspaces" },
} as const;

/** An error as a person reads it: what, why, each mistake, and the id that finds it in the operator's log. */
export function ProblemBanner({ error }: { readonly error: Error | null }) {
  if (!error) return null;
  if (!(error instanceof ApiProblem))
    return (
      <Banner tone="bad" title="The page failed">
        {error.message}
      </Banner>
    );
  // One that says the same as the whole is for programs.
  const mistakes = error.mistakes.filter(({ message }) => message !== error.message);
  return (
    <Banner tone="bad" title={error.title} actions={<Onward code={error.code} />}>
      {error.message !== error.title && <p>{error.message}</p>}
      {mistakes.length > 0 && (
        <ul className="list-disc pl-5">
          {mistakes.map(({ pointer, message }) => (
            <li key={`${pointer} ${message}`}>
              {pointer !== "" && <code className="font-mono text-sm">{pointer.slice(1)} </code>}
              {message}
            </li>
          ))}
        </ul>
      )}
      {error.requestId && (
        <p className="mt-1 flex items-center gap-1 text-sm text-ink-2">
          Request <Id id={error.requestId} />
        </p>
      )}
    </Banner>
  );
}

function Onward({ code }: { readonly code: string }) {
  const way = Object.hasOwn(onward, code) ? onward[code as keyof typeof onward] : undefined;
  return (
    way && (
      <Link to={way.to} className={buttonLook("secondary", true)}>
        {way.text}
      </Link>
    )
  );
}
