// Why a subscription does not send as usual: cause, since when, until when, and what to do, before anything else.
import type { ReactNode } from "react";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { stateCauses } from "@bellhop/contract/subscriptions-states";
import { held as heldCauses } from "@bellhop/contract/reasons";
import { Banner } from "../../parts/banner.tsx";
import type { Tone } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { Time, useTick } from "../../parts/time.tsx";
import { heldText } from "./held-text.ts";
import { Lasting } from "./lasting.tsx";
import { hasSwitchable } from "./use-topics.ts";
import type { Topics } from "./use-topics.ts";

type Props = { readonly subscription: SubscriptionView; readonly onSetLive: () => void };
type WithTopics = Props & { readonly topics: Topics; readonly onEdit: () => void };

const titles: Partial<Record<SubscriptionView["state"], { readonly tone: Tone; readonly title: string }>> = {
  paused: { tone: "held", title: "Paused" },
  throttled: { tone: "warn", title: "Throttled" },
  suspended: { tone: "bad", title: "Suspended" },
  disabled: { tone: "bad", title: "Disabled" },
  off: { tone: "note", title: "Off" },
};

export function StateBanners({ subscription, topics, onSetLive, onEdit }: WithTopics) {
  return (
    <div className="flex flex-col gap-2 empty:hidden">
      <OfState subscription={subscription} topics={topics} onSetLive={onSetLive} onEdit={onEdit} />
      {subscription.brakes.map(({ id, names, until, reason }) => (
        <Banner key={id} tone="held" title={`The operator holds ${braked[names]}`}>
          <p>“{reason}”</p>
          <p>
            Until <Time at={until} exact /> (<Time at={until} />
            ). What is held goes out by itself then.
          </p>
        </Banner>
      ))}
      <BackingOff subscription={subscription} onSetLive={onSetLive} />
      <Failing subscription={subscription} />
    </div>
  );
}

const braked: Record<SubscriptionView["brakes"][number]["names"], string> = {
  app: "what is sent for this app",
  subscription: "what is sent here",
  host: "what is sent to this host",
  workspace: "what happens in one of the workspaces",
};

function OfState({ subscription, topics, onSetLive, onEdit }: WithTopics) {
  const { state, state_sentence, state_fix, state_since, state_until, held } = subscription;
  const look = titles[state];
  if (!look) return null;
  const hasNone = state === "off" && !hasSwitchable(topics, subscription.topics);
  const mend = hasNone ? { does: "Choose topics", run: onEdit } : state === "off" ? null : { does: "Set live", run: onSetLive };
  return (
    <Banner
      tone={look.tone}
      actions={
        mend && (
          <Button variant="primary" onClick={mend.run}>
            {mend.does}
          </Button>
        )
      }
      title={
        <>
          {look.title} <Lasting since={state_since} />
          {state_until && (
            <>
              , ends by itself <Time at={state_until} />
            </>
          )}
        </>
      }
    >
      <p>
        {state_sentence} {hasNone ? "None is chosen yet: choose those that the endpoint should get." : state_fix}
      </p>
      {held !== null && held.count > 0 && (
        <Held>
          {heldText(held)} held
          {held.oldest_held_ends_at && (
            <>
              ; the oldest ends undelivered <Time at={held.oldest_held_ends_at} />
            </>
          )}
          .
        </Held>
      )}
    </Banner>
  );
}

const Held = ({ children }: { readonly children: ReactNode }) => <p className="mt-1 font-medium">{children}</p>;

function BackingOff({ subscription: { backing_off_until: until, held }, onSetLive }: Props) {
  if (until === null) return null;
  return (
    <Banner
      tone="warn"
      actions={<Button onClick={onSetLive}>Set live</Button>}
      title={
        <>
          Live, backing off: <NextOne at={until} />
        </>
      }
    >
      <p>
        {heldCauses.backing_off.sentence} {heldCauses.backing_off.fix}
      </p>
      {held !== null && held.count > 0 && <Held>{heldText(held)} held.</Held>}
    </Banner>
  );
}

/** A moment that is over is only when one may go: there may be none. */
function NextOne({ at }: { readonly at: string }) {
  const isOver = useTick((now) => (now >= Date.parse(at) ? 1 : 0)) === 1;
  if (isOver) return "the next one goes as soon as it is due";
  return (
    <>
      the next one goes <Time at={at} />
    </>
  );
}

function Failing({ subscription: { failing, state } }: Pick<Props, "subscription">) {
  if (failing === null || failing.warned_day === null || state === "suspended") return null;
  const { sentence, fix } = stateCauses.still_failing;
  return (
    <Banner
      tone="bad"
      title={
        <>
          Nothing has succeeded <Lasting since={failing.since} />: {failing.attempts} failed{" "}
          {failing.attempts === 1 ? "attempt" : "attempts"}
        </>
      }
    >
      {sentence} {fix}
    </Banner>
  );
}
