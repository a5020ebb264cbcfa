import { Link } from "@tanstack/react-router";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { State } from "../../parts/status.tsx";

type ListProps = { readonly app: string; readonly subscriptions: readonly SubscriptionView[]; readonly chosen: string | undefined };

/** Several endpoints of an app: which of them is not as it should be, and which one is open. */
export function SubscriptionList({ app, subscriptions, chosen }: ListProps) {
  return (
    <nav aria-label="Subscriptions" className="lg:sticky lg:top-16 lg:self-start">
      <ul className="card flex max-h-64 flex-col divide-y divide-line overflow-y-auto lg:max-h-[80vh]">
        {subscriptions.map(({ id, name, url, state, topics, topics_off, topic_errors, brakes, backing_off_until }) => (
          <li key={id}>
            <Link
              to="/apps/$app/webhooks"
              params={{ app }}
              search={{ subscription: id }}
              aria-current={id === chosen ? "true" : undefined}
              className="flex flex-col gap-0.5 border-l-3 border-transparent px-3 py-2 hover:bg-sunken aria-[current]:border-brass-fill aria-[current]:bg-sunken"
            >
              <span className="truncate font-medium">{name ?? hostOf(url)}</span>
              <span className="truncate font-mono text-xs text-ink-3">{name === null ? pathOf(url) : url}</span>
              <span className="flex flex-wrap gap-x-3 text-sm">
                <State state={state} />
                <span className="text-ink-3">{topicsText(topics.length - topics_off.length)}</span>
                {Object.keys(topic_errors).length > 0 && (
                  <span className="text-failed">{Object.keys(topic_errors).length} with an error</span>
                )}
                {brakes.length > 0 && <span className="text-held">braked</span>}
                {backing_off_until !== null && <span className="text-retrying">backing off</span>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const hostOf = (url: string): string => new URL(url).host;
const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search;

/** One of them is the ping, which is always on. */
const topicsText = (on: number): string => `${on} ${on === 1 ? "topic" : "topics"} on`;
