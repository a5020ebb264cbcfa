import { Link } from "@tanstack/react-router";
import { searchText } from "@bellhop/contract/search";
import type { Answer } from "../../api/client.ts";
import { buttonLook } from "../../parts/button.tsx";
import { SendingState, Status } from "../../parts/status.tsx";
import { Time } from "../../parts/time.tsx";

type Group = Answer<"listFailures">["data"][number];
type Subscription = Answer<"listSubscriptions">["data"][number];

type FailureGroupProps = {
  readonly group: Group;
  readonly app: string;
  readonly subscription: Subscription | undefined;
  readonly range: { readonly since: string; readonly until: string | undefined };
};

/** One cause at one endpoint: what happened, how often, what to do, and the ways on from here. */
export function FailureGroup({ group, app, subscription, range }: FailureGroupProps) {
  const { host, reason, code, count, retrying, ended, sentence, fix } = group;
  return (
    <li className="card flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <h2 className="flex flex-wrap items-baseline gap-x-2 text-lg font-semibold">
            <span className="text-failed">{count.toLocaleString("en")}</span>
            <span aria-hidden>×</span>
            <code className="font-mono text-base">
              {reason}
              {code !== null && ` ${code}`}
            </code>
            <span className="font-normal text-ink-2 wrap-anywhere">at {host}</span>
          </h2>
          <p className="mt-1 max-w-prose">{sentence}</p>
          <p className="max-w-prose text-ink-2">{fix}</p>
        </div>
        <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-sm">
          <dt className="text-ink-3">First</dt>
          <dd>
            <Time at={group.first_at} />
          </dd>
          <dt className="text-ink-3">Last</dt>
          <dd>
            <Time at={group.last_at} />
          </dd>
          <dt>
            <Status status="retrying" />
          </dt>
          <dd>{retrying.toLocaleString("en")}</dd>
          <dt>
            <Status status="failed" />
          </dt>
          <dd>{ended.toLocaleString("en")}</dd>
        </dl>
      </div>
      <div className="flex flex-wrap items-center gap-2 border-t border-line pt-3">
        <p className="mr-auto flex flex-wrap items-center gap-x-2 text-sm text-ink-2">
          <Link
            to="/apps/$app/webhooks"
            params={{ app }}
            search={{ subscription: group.subscription }}
            title={subscription?.url}
            className="line-clamp-2 wrap-anywhere hover:underline"
          >
            {subscription?.name ?? subscription?.url ?? group.subscription}
          </Link>
          {subscription && <SendingState of={subscription} />}
        </p>
        <Link to="/notifications/$id" params={{ id: group.sample }} className={buttonLook("quiet", true)}>
          Open the newest
        </Link>
        <Link to="/apps/$app/deliveries" params={{ app }} search={{ q: wordsOf(group, range) }} className={buttonLook("secondary", true)}>
          Show them
        </Link>
        {ended > 0 && (
          <Link to="/apps/$app/replays" params={{ app }} search={replayOf(group, range)} className={buttonLook("primary", true)}>
            Replay the group …
          </Link>
        )}
      </div>
    </li>
  );
}

function wordsOf({ subscription, reason, code }: Group, { since, until }: FailureGroupProps["range"]): string {
  const answered = code === null ? {} : { code: String(code) };
  return searchText({ subscription, reason, ...answered, after: since, ...(until === undefined ? {} : { before: until }) });
}

/** All of the group were made in the page's range, and before the last of them failed. */
function replayOf(group: Group, { since }: FailureGroupProps["range"]) {
  return {
    new: "1",
    subscription: group.subscription,
    since,
    until: new Date(Date.parse(group.last_at) + 1).toISOString(),
    include: "failed",
    reason: group.reason,
    ...(group.code === null ? {} : { code: String(group.code) }),
  };
}
