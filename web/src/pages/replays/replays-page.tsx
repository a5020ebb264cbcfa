// Replays: what is being sent again, how far it is, and the way to ask for another.
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button, buttonLook } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Page } from "../../parts/page.tsx";
import { useSession } from "../../shell/session.ts";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { EndedReplays } from "./ended-replays.tsx";
import { NewReplay } from "./new-replay.tsx";
import type { Question } from "./question.ts";
import { RunningReplays } from "./running-replays.tsx";
import { SubscriptionSelect } from "./subscription-select.tsx";
import { newestMax, useReplays, useSubscriptions } from "./use-replays.ts";
import type { Replay, Subscription } from "./use-replays.ts";

const route = getRouteApi("/shell/apps/$app/replays");

export function ReplaysPage() {
  const { app } = route.useParams();
  const { new: isNew, ...question } = route.useSearch();
  const navigate = useNavigate({ from: "/apps/$app/replays" });
  const subscriptions = useSubscriptions(app);
  // Who asks for a new one sees all that were.
  const chosen = isNew === undefined ? question.subscription : undefined;
  const replays = useReplays(app, chosen);
  const ask = (change: Question): void => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const start = (): void => void navigate({ search: (old) => ({ ...old, new: "1" }) });
  /** Back to the list, without what was asked for. */
  const close = (): void => void navigate({ search: {} });
  useShortcuts("Replays", { n: { does: "New replay", run: start } });
  return (
    <Page
      title="Replays"
      wide
      answer={subscriptions.data && replays.data && answerOf(replays.data.data)}
      actions={
        isNew === undefined && (
          <Button variant="primary" onClick={start}>
            New replay
          </Button>
        )
      }
    >
      <Loaded of={subscriptions}>
        {({ data }) =>
          data.length === 0 ? (
            <NoSubscription app={app} />
          ) : (
            <>
              {isNew !== undefined && <NewReplay app={app} subscriptions={data} question={question} onChange={ask} onClose={close} />}
              {isNew === undefined && data.length > 1 && (chosen !== undefined || (replays.data?.data.length ?? 0) > 0) && (
                <SubscriptionSelect
                  subscriptions={data}
                  value={chosen}
                  all="All subscriptions"
                  onChange={(subscription) => ask({ subscription })}
                />
              )}
              <Replays
                app={app}
                isAsking={isNew !== undefined}
                found={replays}
                subscriptions={data}
                isChosen={chosen !== undefined}
                onNew={start}
              />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

type ReplaysProps = {
  readonly app: string;
  readonly found: ReturnType<typeof useReplays>;
  readonly isAsking: boolean;
  readonly subscriptions: readonly Subscription[];
  readonly isChosen: boolean;
  readonly onNew: () => void;
};

function Replays({ app, found, isAsking, subscriptions, isChosen, onNew }: ReplaysProps) {
  return (
    <Loaded of={found}>
      {({ data, next_cursor }) => {
        const running = data.filter(({ state }) => state === "running");
        const ended = data.filter(({ state }) => state !== "running");
        if (data.length === 0 && isChosen) return <Empty title="None of this subscription">Choose another one, or all of them.</Empty>;
        if (data.length === 0) return isAsking ? null : <NoneYet onNew={onNew} subscription={subscriptions[0]} />;
        return (
          <>
            {running.length > 0 && <RunningReplays app={app} replays={running} subscriptions={subscriptions} />}
            {ended.length > 0 && <EndedReplays app={app} replays={ended} subscriptions={subscriptions} />}
            {next_cursor !== null && (
              <p className="text-sm text-ink-3">
                The newest {newestMax}.{!isChosen && " Choose a subscription to see more of it."}
              </p>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function NoSubscription({ app }: { readonly app: string }) {
  const toWebhooks = (
    <Link to="/apps/$app/webhooks" params={{ app }} className={buttonLook("secondary")}>
      Webhooks
    </Link>
  );
  return (
    <Empty title="Nothing to replay to" actions={toWebhooks}>
      The app has no subscription yet; a replay sends again what one of them did not get.
    </Empty>
  );
}

function NoneYet({ onNew, subscription }: { readonly onNew: () => void; readonly subscription: Subscription | undefined }) {
  const { instance } = useSession();
  const dayAgo = `'$(date -u -d "1 day ago" +%FT%TZ)'`;
  const body = `{"subscription":"${subscription?.id ?? ""}","since":"${dayAgo}","until":"'$(date -u +%FT%TZ)'","include":"failed"}`;
  return (
    <Empty
      title="No replay yet"
      actions={<Button onClick={onNew}>New replay</Button>}
      command={`curl -X POST ${instance.public_url}/v1/replays \\\n  -H "Authorization: Bearer $BELLHOP_ADMIN_KEY" -H "Content-Type: application/json" \\\n  -d '${body}'`}
    >
      When an endpoint was down or wrong, a replay sends again what it did not get, or everything of a range of time.
    </Empty>
  );
}

function answerOf(replays: readonly Replay[]): string {
  const running = replays.filter(({ state }) => state === "running");
  return running.length > 0 ? runningText(running) : "None is running. What an endpoint did not get can be sent again, once it is mended.";
}

function runningText(running: readonly Replay[]): string {
  const done = running.reduce((sum, { progress }) => sum + progress.replayed + progress.skipped, 0);
  const of = running.reduce((sum, { estimate }) => sum + estimate.count, 0);
  const one = running.length === 1 ? "One is running" : `${running.length} are running`;
  return `${one}: ${done.toLocaleString("en")} of ${of.toLocaleString("en")} are given to the queue.`;
}
