import { Link } from "@tanstack/react-router";
import { inboxAnswerSentences, inboxAnswers } from "@bellhop/contract/inbox-answers";
import { useId } from "react";
import { useCommand } from "../../api/queries.ts";
import { AppName } from "../../parts/app-name.tsx";
import { Button } from "../../parts/button.tsx";
import { Id } from "../../parts/copy.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import type { Inbox } from "./verdict.ts";

type Endpoint = Inbox["endpoints"][number];

export function EndpointCard({ endpoint, onUse }: { readonly endpoint: Endpoint; readonly onUse: () => void }) {
  const { url, path, subscriptions } = endpoint;
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line px-3 py-2.5">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0">
          <h3 className="font-mono font-medium wrap-anywhere">{path}</h3>
          <Id id={url} />
        </div>
        <Button small onClick={onUse} aria-label={`Use as an endpoint: ${path}`}>
          Use as an endpoint
        </Button>
      </div>
      <Answers endpoint={endpoint} />
      {subscriptions.length > 0 && <Users subscriptions={subscriptions} />}
    </li>
  );
}

/** One click each; what was clicked shows before the answer comes. */
function Answers({ endpoint: { path, behaviour } }: { readonly endpoint: Endpoint }) {
  const name = useId();
  const change = useCommand("changeInboxBehaviour", ["readInbox"]);
  const answer = change.isPending ? (change.variables.body?.answer ?? behaviour.answer) : behaviour.answer;
  return (
    <fieldset>
      <legend className="sr-only">Answer at {path}</legend>
      <div className="grid grid-cols-6 overflow-hidden rounded-md border border-line-strong">
        {inboxAnswers.map((each) => (
          <label
            key={each}
            className="cursor-pointer border-l border-line py-1 text-center text-sm first:border-l-0 hover:bg-sunken has-checked:bg-ink has-checked:font-medium has-checked:text-on-ink has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-brass-fill"
          >
            <input
              type="radio"
              name={name}
              value={each}
              checked={each === answer}
              onChange={() => change.mutate({ body: { path, answer: each } })}
              className="sr-only"
            />
            {each}
          </label>
        ))}
      </div>
      <p className={`mt-1 text-sm ${answer === 200 ? "text-ink-3" : "text-retrying"}`}>{inboxAnswerSentences[answer]}</p>
      <ProblemBanner error={change.error} />
    </fieldset>
  );
}

function Users({ subscriptions }: { readonly subscriptions: Endpoint["subscriptions"] }) {
  return (
    <p className="text-sm text-ink-3">
      {"Endpoint of "}
      {subscriptions.map(({ app, subscription }, index) => (
        <span key={subscription}>
          {index > 0 && ", "}
          <Link to="/apps/$app/webhooks" params={{ app }} search={{ subscription }} className="text-ink-2 underline">
            <AppName id={app} />
          </Link>
        </span>
      ))}
    </p>
  );
}
