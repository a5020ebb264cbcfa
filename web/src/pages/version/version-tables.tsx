import { Link } from "@tanstack/react-router";
import type { TopicView } from "@bellhop/contract/catalogue";
import { useCommand } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";
import { Dot } from "../../parts/status.tsx";
import { Table, Td, Th } from "../../parts/table.tsx";
import { useToast } from "../../parts/toast.tsx";
import type { TopicMove } from "./version-changes.ts";

type ConflictsProps = { readonly app: string; readonly to: string; readonly lost: readonly TopicMove[] };

/** Topics that would be lost stand in the way until they are deleted, here or on the Webhooks page. */
export function Conflicts({ app, to, lost }: ConflictsProps) {
  const toast = useToast();
  const change = useCommand("changeSubscription", ["listSubscriptions", "getSubscription"]);
  if (lost.length === 0) return <ProblemBanner error={change.error} />;
  const remove = ({ subscription: { id, topics, topics_off }, topic }: TopicMove): void => {
    const save = (kept: readonly string[], off: readonly string[], done: () => void): void =>
      change.mutate(
        { params: { id: app, sub: id }, query: { verify: false }, body: { topics: [...kept], topics_off: [...off] } },
        { onSuccess: done },
      );
    const without = (names: readonly string[]): string[] => names.filter((name) => name !== topic);
    const undo = (): void => save(topics, topics_off, () => undefined);
    save(without(topics), without(topics_off), () => toast(`${topic} is deleted.`, { label: "Undo", run: undo }));
  };
  return (
    <div className="flex flex-col gap-3">
      <Banner tone="bad" title={`API version ${to} does not offer ${lost.length} of the chosen topics`}>
        Delete {lost.length === 1 ? "it" : "them"} from the subscriptions first. What is published under {lost.length === 1 ? "it" : "them"}{" "}
        is no longer sent then.
      </Banner>
      <ProblemBanner error={change.error} />
      <Table
        label="Conflicts"
        head={
          <>
            <Th className="w-full">Topic</Th>
            <Th>Subscription</Th>
            <Th>Status</Th>
            <Th>
              <span className="sr-only">Delete</span>
            </Th>
          </>
        }
      >
        {lost.map((move) => (
          <tr key={`${move.subscription.id} ${move.topic}`}>
            <Td className="font-mono text-sm">{move.topic}</Td>
            <Td>
              <SubscriptionLink move={move} />
            </Td>
            <Td>
              <span className="inline-flex items-center gap-1.5 text-failed">
                <Dot shape="cross" />
                Off
              </span>
            </Td>
            <Td>
              <Button small aria-label={`Delete ${move.topic}`} disabled={change.isPending} onClick={() => remove(move)}>
                Delete
              </Button>
            </Td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

function SubscriptionLink({ move: { subscription } }: { readonly move: TopicMove }) {
  return (
    <Link
      className="whitespace-nowrap underline underline-offset-2"
      to="/apps/$app/webhooks"
      params={{ app: subscription.app }}
      search={{ subscription: subscription.id }}
    >
      {subscription.name ?? new URL(subscription.url).host}
    </Link>
  );
}

type MovedProps = { readonly changed: readonly TopicMove[]; readonly unchanged: number; readonly chosen: number };

export function MovedTopics({ changed, unchanged, chosen }: MovedProps) {
  if (chosen === 0) return <p className="text-ink-2">No topic is chosen yet, so nothing changes for anybody.</p>;
  const same = `${unchanged} chosen ${unchanged === 1 ? "topic stays as it is" : "topics stay as they are"}.`;
  if (changed.length === 0) return <p className="text-ink-2">{same}</p>;
  return (
    <div className="flex flex-col gap-2">
      <Table
        label="What changes"
        head={
          <>
            <Th>Topic</Th>
            <Th>Subscription</Th>
            <Th className="w-full">What changes</Th>
          </>
        }
      >
        {changed.map((move) => (
          <tr key={`${move.subscription.id} ${move.topic}`}>
            <Td className="font-mono text-sm">{move.topic}</Td>
            <Td>
              <SubscriptionLink move={move} />
            </Td>
            <Td className="min-w-56">
              <ul>
                {move.newName !== move.topic && (
                  <li>
                    is called <span className="font-mono text-sm">{move.newName}</span>
                  </li>
                )}
                {move.item.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </Td>
          </tr>
        ))}
      </Table>
      <p className="text-sm text-ink-3">{same}</p>
    </div>
  );
}

export function GainedTopics({ to, topics }: { readonly to: string; readonly topics: readonly TopicView[] }) {
  if (topics.length === 0) return null;
  return (
    <details>
      <summary className="w-fit text-ink-2 hover:text-ink">
        {topics.length === 1 ? "One topic" : `${topics.length} topics`} more to choose from in {to}
      </summary>
      <ul className="mt-2 flex flex-col gap-1 border-l-2 border-line pl-3">
        {topics.map(({ name, description }) => (
          <li key={name}>
            <span className="font-mono text-sm">{name}</span> <span className="text-sm text-ink-3">{description}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
