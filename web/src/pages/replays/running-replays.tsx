import { useCommand } from "../../api/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Section } from "../../parts/page.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Progress } from "../../parts/progress.tsx";
import { Time } from "../../parts/time.tsx";
import { useToast } from "../../parts/toast.tsx";
import { DeliveriesLink, MadeBetween, SubscriptionLink, What } from "./replay-words.tsx";
import type { Replay, Subscription } from "./use-replays.ts";

type RunningProps = { readonly app: string; readonly replays: readonly Replay[]; readonly subscriptions: readonly Subscription[] };

export function RunningReplays({ app, replays, subscriptions }: RunningProps) {
  return (
    <Section title="Running" about="Given to the queue at lower priority: what is new goes first.">
      <ul className="flex flex-col divide-y divide-line">
        {replays.map((replay) => (
          <li key={replay.id} className="flex flex-col gap-1.5 py-3 first:pt-0 last:pb-0">
            <Running app={app} replay={replay} subscriptions={subscriptions} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

type OneProps = { readonly app: string; readonly replay: Replay; readonly subscriptions: readonly Subscription[] };

function Running({ app, replay, subscriptions }: OneProps) {
  const toast = useToast();
  const cancel = useCommand("cancelReplay", ["listReplays"], ({ progress }) =>
    toast(`Canceled. ${progress.replayed.toLocaleString("en")} were given to the queue already and are sent.`),
  );
  const { progress, estimate } = replay;
  const done = progress.replayed + progress.skipped;
  return (
    <>
      <p className="flex flex-wrap gap-x-3">
        <span>
          <What replay={replay} /> for <SubscriptionLink app={app} replay={replay} subscriptions={subscriptions} />
        </span>
        <span className="text-ink-3">
          begun <Time at={replay.created_at} />
        </span>
        <DeliveriesLink app={app} replay={replay} />
      </p>
      <p className="text-sm text-ink-3">
        Made <MadeBetween replay={replay} />
      </p>
      <Progress
        label={`Progress of ${replay.id}`}
        done={done}
        of={Math.max(estimate.count, done)}
        perSecond={progress.per_second}
        secondsLeft={progress.seconds_left}
        cancel={
          <Button small busy={cancel.isPending} onClick={() => cancel.mutate({ params: { id: replay.id } })}>
            Cancel the replay
          </Button>
        }
      />
      {progress.skipped > 0 && <p className="text-sm text-ink-3">{skippedText(progress.skipped)}</p>}
      <Waiting replay={replay} subscriptions={subscriptions} />
      <ProblemBanner error={cancel.error} />
    </>
  );
}

export const skippedText = (skipped: number): string =>
  `${skipped.toLocaleString("en")} left out: under way at that moment, or not to be sent as things are now.`;

function Waiting({ replay, subscriptions }: Omit<OneProps, "app">) {
  const state = subscriptions.find(({ id }) => id === replay.subscription)?.state;
  if (state === undefined || state === "live") return null;
  return <p className="text-sm text-held">It waits for the subscription to be live: it is {state}.</p>;
}
