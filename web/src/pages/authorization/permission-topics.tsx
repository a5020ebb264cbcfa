import type { Subscription, Topic } from "./permissions.ts";

type PermissionTopicsProps = {
  readonly permission: string;
  readonly topics: readonly Topic[];
  readonly subscriptions: readonly Subscription[];
};

/** The topics that one permission unlocks, in short until they are asked for. */
export function PermissionTopics({ permission, topics, subscriptions }: PermissionTopicsProps) {
  const unlocked = topics.filter(({ permissions }) => permissions.includes(permission));
  const chosen = new Set(subscriptions.flatMap((each) => each.topics));
  const used = unlocked.filter(({ name }) => chosen.has(name)).length;
  if (unlocked.length === 0) return <p className="text-sm text-ink-3">Unlocks no topic of this API version</p>;
  return (
    <details className="text-sm text-ink-2">
      <summary className="w-fit rounded py-0.5 hover:text-ink">
        {unlocked.length} {unlocked.length === 1 ? "topic" : "topics"}
        {used > 0 && `, ${used} chosen`}
      </summary>
      <ul className="grid grid-cols-1 gap-x-6 gap-y-0.5 py-1.5 sm:grid-cols-2 lg:grid-cols-3">
        {unlocked.map(({ name, description }) => (
          <li key={name} title={description} className="font-mono wrap-anywhere">
            {name}
            {chosen.has(name) && <span className="font-sans text-delivered"> chosen</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}
