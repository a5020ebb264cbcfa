// The topics of an app's version by the names it knows them by, and what the app may see of them.
import { useQuery } from "@tanstack/react-query";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import type { TopicView } from "@bellhop/contract/catalogue";
import { ask } from "../../api/queries.ts";

const catalogueStaleMs = 60_000;

export type Topics = {
  readonly offered: readonly TopicView[];
  readonly byName: ReadonlyMap<string, TopicView>;
  /** Permission -> its name for people. */
  readonly labels: Readonly<Record<string, string>>;
};

export function useTopics(version: string | undefined): { readonly data: Topics | undefined; readonly error: Error | null } {
  const asked = ask("listTopics", { query: version === undefined ? {} : { version } });
  const topics = useQuery({ ...asked, staleTime: catalogueStaleMs, enabled: version !== undefined });
  const catalogue = useQuery({ ...ask("readCatalogue"), staleTime: catalogueStaleMs });
  const [offered, labels] = [topics.data?.data, catalogue.data?.permissions];
  const error = topics.error ?? catalogue.error;
  if (!offered || !labels) return { data: undefined, error };
  return { data: { offered, byName: new Map(offered.map((topic) => [topic.name, topic])), labels }, error };
}

/** What is chosen and switched on; what is always on does not count. */
export const topicsOn = ({ byName }: Topics, { topics, topics_off: off, topic_errors: errors }: SubscriptionView): number =>
  topics.filter((name) => !off.includes(name) && !(name in errors) && byName.get(name)?.always_on !== true).length;

/** Of those that are chosen, whether there is any to switch. */
export const hasSwitchable = ({ byName }: Topics, chosen: readonly string[]): boolean =>
  chosen.some((name) => byName.get(name)?.always_on !== true);

/** Any one of a topic's permissions is enough; some need none. */
export const isAllowed = ({ permissions }: TopicView, held: readonly string[]): boolean =>
  permissions.length === 0 || permissions.some((permission) => held.includes(permission));

export const permissionsText = ({ permissions }: TopicView, labels: Topics["labels"]): string =>
  permissions.length === 0 ? "no permission needed" : permissions.map((id) => labels[id] ?? id).join(" or ");
