import { ApiProblem } from "../api/client.ts";
import { Banner } from "./banner.tsx";
import { Id } from "./copy.tsx";

/** An error as a person reads it: what, why, each mistake, and the id that finds it in the operator's log. */
export function ProblemBanner({ error }: { readonly error: Error | null }) {
  if (!error) return null;
  if (!(error instanceof ApiProblem))
    return (
      <Banner tone="bad" title="The page failed">
        {error.message}
      </Banner>
    );
  return (
    <Banner tone="bad" title={error.title}>
      {error.message !== error.title && <p>{error.message}</p>}
      {error.mistakes.length > 0 && (
        <ul className="list-disc pl-5">
          {error.mistakes.map(({ pointer, message }) => (
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
