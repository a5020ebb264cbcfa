import { Link } from "@tanstack/react-router";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { topicsOn } from "./use-topics.ts";
import type { Topics } from "./use-topics.ts";
import { SendingState } from "../../parts/status.tsx";

type ListProps = {
  readonly app: string;
  readonly topics: Topics;
  readonly subscriptions: readonly SubscriptionView[];
  readonly chosen: string;
};

/** Several endpoints of an app: which of them is not as it should be, and which one is open. */
export function SubscriptionList({ app, topics, subscriptions, chosen }: ListProps) {
  return (
    <nav aria-label="Subscriptions" className="min-w-0 lg:sticky lg:top-16 lg:self-start">
      <ul className="card flex max-h-64 flex-col divide-y divide-line overflow-y-auto lg:max-h-[80vh]">
        {subscriptions.map((subscription) => (
          <li key={subscription.id}>
            <Entry app={app} topics={topics} subscription={subscription} chosen={subscription.id === chosen} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

type EntryProps = Pick<ListProps, "app" | "topics"> & { readonly subscription: SubscriptionView; readonly chosen: boolean };

function Entry({ app, topics, subscription, chosen }: EntryProps) {
  const { id, name, url, topic_errors } = subscription;
  const errors = Object.keys(topic_errors).length;
  return (
    <Link
      to="/apps/$app/webhooks"
      params={{ app }}
      search={{ subscription: id }}
      aria-current={chosen ? "true" : undefined}
      className="flex flex-col gap-0.5 border-l-3 border-transparent px-3 py-2 hover:bg-sunken aria-[current]:border-brass-fill aria-[current]:bg-sunken"
    >
      <span className="truncate font-medium">{name ?? hostOf(url)}</span>
      <span className="truncate font-mono text-xs text-ink-3">{name === null ? pathOf(url) : url}</span>
      <span className="flex flex-wrap gap-x-3 text-sm">
        <SendingState of={subscription} />
        <span className="text-ink-3">{topicsText(topicsOn(topics, subscription))}</span>
        {errors > 0 && <span className="text-failed">{errors} with an error</span>}
      </span>
    </Link>
  );
}

const hostOf = (url: string): string => new URL(url).host;
const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search;

const topicsText = (on: number): string => `${on} ${on === 1 ? "topic" : "topics"} on`;
