// A replay in words: what of which subscription, made when.
import { Link } from "@tanstack/react-router";
import { searchText } from "@bellhop/contract/search";
import { Time } from "../../parts/time.tsx";
import { includes } from "./question.ts";
import { labelOf } from "./use-replays.ts";
import type { Replay, Subscription } from "./use-replays.ts";

export function What({ replay }: { readonly replay: Replay }) {
  const { include, topics, new_id } = replay;
  return (
    <>
      {includes.find(({ value }) => value === include)?.label}
      {topics !== null && (
        <span title={topics.join(", ")}>
          {" "}
          of {topics.length} {topics.length === 1 ? "topic" : "topics"}
        </span>
      )}
      {new_id && ", with new ids"}
    </>
  );
}

export function MadeBetween({ replay }: { readonly replay: Replay }) {
  return (
    <>
      <Time at={replay.since} exact /> to <Time at={replay.until} exact />
    </>
  );
}

type OfProps = { readonly app: string; readonly replay: Replay; readonly subscriptions: readonly Subscription[] };

export function SubscriptionLink({ app, replay, subscriptions }: OfProps) {
  const subscription = subscriptions.find(({ id }) => id === replay.subscription);
  if (subscription === undefined) return <span className="text-ink-3">a deleted subscription</span>;
  return (
    <Link
      to="/apps/$app/webhooks"
      params={{ app }}
      search={{ subscription: replay.subscription }}
      className="font-medium wrap-anywhere hover:underline"
    >
      {labelOf(subscription)}
    </Link>
  );
}

/** To the notifications it was about. */
export function DeliveriesLink({ app, replay }: Omit<OfProps, "subscriptions">) {
  const q = searchText({ subscription: replay.subscription, after: replay.since, before: replay.until });
  return (
    <Link to="/apps/$app/deliveries" params={{ app }} search={{ q }} className="underline" aria-label="Show the deliveries of its range">
      Deliveries
    </Link>
  );
}
