import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { ask } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { MatchingCard } from "./matching-card.tsx";

type Explained = Answer<"explain">;

/** So few that their rules are shown without being asked for. */
const openMax = 3;

export function Matching({
  workspace,
  topic,
  app,
}: {
  readonly workspace: string;
  readonly topic: string;
  readonly app: string | undefined;
}) {
  const query = { workspace_id: workspace, topic, ...(app === undefined ? {} : { app }) };
  // Back from the page where it was mended, the answer is a new one.
  const explained = useQuery({ ...ask("explain", { query }), staleTime: 0 });
  return <Loaded of={explained}>{(found) => <Result explained={found} />}</Loaded>;
}

function Result({ explained }: { readonly explained: Explained }) {
  const { workspace_id: workspace, topic, formerly, apps, apps_left_out: leftOut } = explained;
  const all = apps.flatMap(({ app, subscriptions }) => subscriptions.map((each) => ({ app, workspace, ...each })));
  const sorted = all.toSorted((one, other) => Number(one.notified) - Number(other.notified));
  const notified = all.filter((each) => each.notified).length;
  if (all.length === 0)
    return (
      <Empty title="No app is installed in this workspace">
        Nobody can be notified of what happens in {workspace}. Name an app to see what else it would need.
      </Empty>
    );
  return (
    <section aria-label="Answer" className="flex flex-col gap-3">
      <div role="status">
        <h2 className="text-xl font-semibold">{answerOf(notified, all.length)}</h2>
      </div>
      <p className="text-ink-2">
        <code className="font-mono">{topic}</code> in <code className="font-mono">{workspace}</code>, published now.
        {leftOut > 0 && ` ${leftOut.toLocaleString("en")} more apps are installed there; name one to see it.`}
      </p>
      {formerly !== null && (
        <Banner tone="warn" title={`${formerly} is a former name of ${topic}`}>
          Publishing under the former name is refused.
        </Banner>
      )}
      <ul className="flex flex-col gap-3">
        {sorted.map((each) => (
          <li key={`${each.app} ${each.subscription}`}>
            <MatchingCard explained={each} isOpen={all.length <= openMax} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function answerOf(notified: number, all: number): string {
  if (all === 1) return notified === 1 ? "Yes: it would be notified." : "No: it would not be notified.";
  if (notified === 0) return `None of ${all} would be notified.`;
  return notified === all ? `All ${all} would be notified.` : `${notified} of ${all} would be notified.`;
}
