import type { Answer } from "../../api/client.ts";
import { AppName } from "../../parts/app-name.tsx";
import { Id } from "../../parts/copy.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { Dot } from "../../parts/status.tsx";
import { MendLink } from "./mend-link.tsx";

type Subscription = Answer<"explain">["apps"][number]["subscriptions"][number];
export type Explained = Subscription & { readonly app: string; readonly workspace: string };

const ruleNames: Record<Subscription["rules"][number]["rule"], string> = {
  installed: "Installed",
  permission: "Permission",
  version: "API version",
  subscribed: "Topic chosen",
  topic_on: "Topic on",
  state: "State",
  entitled: "Entitled",
  filter: "Filter",
};

/** One subscription, or an app that has none: yes or no, why, what to do, and each rule. */
export function MatchingCard({ explained, isOpen }: { readonly explained: Explained; readonly isOpen: boolean }) {
  const { app, workspace, subscription, notified, topic, reason, sentence, fix, rules } = explained;
  return (
    <article className="card px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-60 flex-1">
          <h3 className="flex flex-wrap items-baseline gap-x-3 text-lg font-semibold">
            <AppName id={app} />
            <YesNo yes={notified} words={["notified", "not notified"]} />
          </h3>
          <p className="flex flex-wrap gap-x-3 text-sm text-ink-3">
            <Id id={app} /> {subscription === null ? "no subscription" : <Id id={subscription} />}
          </p>
          {notified ? (
            <p className="mt-1 text-ink-2">
              Every rule holds; it would receive <code className="font-mono">{topic}</code>.
            </p>
          ) : (
            <p className="mt-1">
              {sentence} <span className="text-ink-2">{fix}</span>
            </p>
          )}
        </div>
        {reason !== null && <MendLink reason={reason} app={app} subscription={subscription} workspace={workspace} />}
      </div>
      <details className="group mt-2" open={isOpen}>
        <summary className="flex w-fit items-center gap-1.5 text-sm text-ink-2 hover:text-ink">
          <span className="group-open:rotate-90">
            <Glyph name="right" />
          </span>
          Each rule
        </summary>
        <Rules rules={rules} />
      </details>
    </article>
  );
}

function Rules({ rules }: Pick<Subscription, "rules">) {
  const first = rules.findIndex(({ holds }) => !holds);
  return (
    <ol className="mt-2 divide-y divide-line border-t border-line">
      {rules.map(({ rule, holds, detail }, index) => (
        <li
          key={rule}
          className={`grid grid-cols-[4rem_1fr] gap-x-3 py-1.5 sm:grid-cols-[4rem_9rem_1fr] ${index === first ? "font-medium" : ""}`}
        >
          <YesNo yes={holds} words={["yes", "no"]} />
          <span>{ruleNames[rule]}</span>
          <span className={`col-start-2 sm:col-start-auto ${index === first ? "" : "text-ink-2"}`}>{detail}</span>
        </li>
      ))}
    </ol>
  );
}

function YesNo({ yes, words: [yesWord, noWord] }: { readonly yes: boolean; readonly words: readonly [string, string] }) {
  return (
    <span className={`inline-flex items-center gap-1.5 text-base font-medium ${yes ? "text-delivered" : "text-failed"}`}>
      <Dot shape={yes ? "full" : "cross"} />
      {yes ? yesWord : noWord}
    </span>
  );
}
