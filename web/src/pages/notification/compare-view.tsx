// Two attempts side by side, only what differs.
import { Banner } from "../../parts/banner.tsx";
import { indentJson } from "../../parts/code.tsx";
import { Section } from "../../parts/page.tsx";
import { visibleText } from "../../parts/visible-text.ts";
import { resultText } from "./attempt-tabs.tsx";
import { headersText } from "./attempt-view.tsx";
import { differences } from "./difference.ts";
import type { Attempt } from "./use-notification.ts";
import { exactMs } from "./waterfall.tsx";

type CompareProps = { readonly before: Attempt; readonly after: Attempt };

/** Unchanged lines that are shown round a change. */
const contextLines = 1;

export function CompareView({ before, after }: CompareProps) {
  // Those of an ordinary success are not kept: that they are not there is no difference.
  const headersKept = [before, after].every(({ answer }) => answer === null || answer.headers.length > 0);
  const parts = [
    { title: "Where to", of: (attempt: Attempt) => [attempt.request?.url ?? "", attempt.address ?? ""] },
    { title: "Request headers", of: (attempt: Attempt) => lines(headersText(attempt.request?.headers ?? [])) },
    { title: "Request body", of: (attempt: Attempt) => lines(indentJson(attempt.request?.body ?? "")) },
    {
      title: "Answer",
      of: (attempt: Attempt) => [resultText(attempt), ...(headersKept ? lines(headersText(attempt.answer?.headers ?? [])) : [])],
    },
    { title: "Answer body", of: (attempt: Attempt) => lines(attempt.answer?.body ?? "") },
  ];
  const differing = parts.filter(({ of }) => of(before).join("\n") !== of(after).join("\n"));
  const equal = parts.filter((part) => !differing.includes(part)).map(({ title }) => title.toLowerCase());
  return (
    <>
      <Banner tone="note" title={`Attempt ${before.attempt} (${resultText(before)}) and attempt ${after.attempt} (${resultText(after)})`}>
        {equal.length > 0 ? `The same in both: ${equal.join(", ")}.` : "Nothing is the same in both."}
      </Banner>
      {differing.map(({ title, of }) => (
        <Section key={title} title={title}>
          <Difference before={of(before)} after={of(after)} label={title} />
        </Section>
      ))}
      <Section title="Timings">
        <TimingsTable before={before} after={after} />
      </Section>
    </>
  );
}

const lines = (text: string): string[] => (text === "" ? [] : text.split("\n"));

function Difference({
  before,
  after,
  label,
}: {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly label: string;
}) {
  const changes = differences(before, after);
  const isNear = (at: number): boolean =>
    changes.slice(Math.max(0, at - contextLines), at + contextLines + 1).some(({ kind }) => kind !== "same");
  const looks = { same: "text-ink-3", before: "tint text-failed", after: "tint text-delivered" } as const;
  const marks = { same: " ", before: "−", after: "+" } as const;
  return (
    <pre
      aria-label={label}
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-sunken py-1 font-mono text-sm whitespace-pre-wrap wrap-anywhere"
    >
      {changes.map(({ kind, line }, at) =>
        isNear(at) ? (
          <div key={at} className={`px-3 ${looks[kind]}`}>
            <span aria-hidden>{marks[kind]} </span>
            <span className="sr-only">{kind === "before" ? "only before: " : kind === "after" ? "only after: " : ""}</span>
            {visibleText(line)}
          </div>
        ) : null,
      )}
    </pre>
  );
}

const timed = [
  ["dns", "DNS"],
  ["connect", "Connect"],
  ["tls", "TLS"],
  ["first_byte", "Until the first byte"],
  ["total", "Total"],
] as const;

function TimingsTable({ before, after }: CompareProps) {
  const text = (ms: number | null): string => (ms === null ? "–" : exactMs(ms));
  return (
    <table className="w-full text-left text-sm">
      <thead className="text-ink-3">
        <tr>
          <th scope="col" className="py-1 font-medium">
            Phase
          </th>
          {[before, after].map(({ attempt }) => (
            <th key={attempt} scope="col" className="py-1 text-right font-medium">
              Attempt {attempt}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {timed.map(([key, name]) => (
          <tr key={key}>
            <th scope="row" className="py-1 font-normal">
              {name}
            </th>
            <td className="py-1 text-right">{text(before.timings_ms[key])}</td>
            <td className="py-1 text-right">{text(after.timings_ms[key])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
