// Why the log is empty: nothing happened yet, or nothing fits the search. What to do about it is different.
import { wordsIn } from "@bellhop/contract/search";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ask } from "../../api/queries.ts";
import { Button, buttonLook } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Skeleton } from "../../parts/loaded.tsx";
import { useSession } from "../../shell/session.ts";

type NoneMatchProps = { readonly q: string; readonly onSearch: (q: string) => void };

/** Which word to drop is for the reader to say; each can be dropped at a click. */
export function NoneMatch({ q, onSearch }: NoneMatchProps) {
  const words = wordsIn(q);
  const without = (dropped: number): string => words.flatMap(({ word }, index) => (index === dropped ? [] : [word])).join(" ");
  return (
    <Empty
      title="None match"
      actions={
        <>
          {words.length > 1 &&
            words.map(({ word }, index) => (
              <Button key={word} onClick={() => onSearch(without(index))}>
                Drop <code className="font-mono text-sm">{word}</code>
              </Button>
            ))}
          <Button onClick={() => onSearch("")}>Clear the search</Button>
        </>
      }
    >
      {words.length > 1 ? "All words must hold at once." : "No notification that is kept fits the search."} What fits appears here by itself
      when it happens.
    </Empty>
  );
}

export function NoneYet({ app }: { readonly app: string | null }) {
  if (app === null)
    return (
      <Empty title="No notifications yet">
        Once an event is published in a workspace where an app has chosen its topic, it is listed here.
      </Empty>
    );
  return <NoneYetOfApp app={app} />;
}

function NoneYetOfApp({ app }: { readonly app: string }) {
  const { instance } = useSession();
  const found = useQuery(ask("readApp", { params: { id: app } })).data;
  const subscriptions = useQuery(ask("listSubscriptions", { params: { id: app }, query: { limit: 100 } })).data?.data;
  const topics = useQuery({ ...ask("listTopics"), staleTime: Infinity }).data?.data;
  if (!found || !subscriptions || !topics) return <Skeleton />;
  const alwaysOn = new Set(topics.filter(({ always_on }) => always_on).map(({ name }) => name));
  const chosen = subscriptions.flatMap((each) => each.topics.filter((name) => !each.topics_off.includes(name)));
  const topic = chosen.find((name) => !alwaysOn.has(name));
  if (topic === undefined)
    return (
      <Empty
        title="No notifications yet"
        actions={
          <Link to="/apps/$app/webhooks" params={{ app }} className={buttonLook("primary")}>
            Choose topics
          </Link>
        }
      >
        The app has no subscription with a topic switched on, so nothing is made for it.
      </Empty>
    );
  const offered = topics.find(({ name, publish_as }) => name === topic || publish_as === topic);
  const item = offered?.sample ?? { type: "object", id: "1" };
  return (
    <Empty
      title="No notifications yet"
      command={publishCommand(instance.public_url, { workspace_id: found.workspace_id, topic: offered?.publish_as ?? topic, item })}
    >
      This publishes an event of a topic that the app has chosen, in the workspace that owns it. It appears here within a second.
    </Empty>
  );
}

function publishCommand(url: string, event: Record<string, unknown>): string {
  const body = JSON.stringify(event).replaceAll("'", String.raw`'\''`);
  return `curl -s ${url}/v1/events -H "Authorization: Bearer $BELLHOP_ADMIN_KEY" -H 'Content-Type: application/json' -d '${body}'`;
}
