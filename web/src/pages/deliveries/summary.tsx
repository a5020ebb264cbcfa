// How it goes, in words, before any table.
import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { ask } from "../../api/queries.ts";

const againMs = 10_000;
/** The least that can be asked for; only the totals are read. */
const buckets = 2;

type Statistics = Answer<"getStatistics">;

export function Summary({ app }: { readonly app: string | null }) {
  const { data } = useQuery({
    ...ask("getStatistics", { query: { buckets, by_workspace: false, ...(app === null ? {} : { app }) } }),
    refetchInterval: againMs,
  });
  return <>{data ? sentence(data) : " "}</>;
}

function sentence({ totals: { delivered, ended }, backlog }: Statistics): string {
  const done = [`${text(delivered)} delivered`, ...(ended > 0 ? [`${text(ended)} ended undelivered`] : [])].join(", ");
  const under = [
    [backlog.retrying, "retrying"],
    [backlog.held, "held"],
    [backlog.waiting, "waiting"],
  ] as const;
  const about = backlog.exact ? "" : "about ";
  const now = under.filter(([count]) => count > 0).map(([count, word]) => `${about}${text(count)} ${word}`);
  return `${done} in the last 24 h. ${now.length === 0 ? "Nothing is under way." : `Now ${now.join(", ")}.`}`;
}

const text = (count: number): string => count.toLocaleString("en");
