// One HTTP request and its answer, exactly. What the receiver sent back is text, whatever it says it is.
import { useState } from "react";
import { Banner } from "../../parts/banner.tsx";
import { Code, indentJson } from "../../parts/code.tsx";
import { Fact, Facts, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { resultText } from "./attempt-tabs.tsx";
import { reasonWords } from "./life-marks.ts";
import type { Attempt } from "./use-notification.ts";
import { Waterfall } from "./waterfall.tsx";

type AttemptViewProps = {
  readonly attempt: Attempt;
  /** What the page says already. */
  readonly said: string;
};

export function AttemptView({ attempt, said }: AttemptViewProps) {
  const { advice, failure } = attempt;
  const detail = failure?.detail && !said.includes(failure.detail) && !advice?.sentence.includes(failure.detail) ? failure.detail : null;
  const isSaid = advice !== null && said.includes(advice.sentence);
  return (
    <>
      {advice && (!isSaid || detail !== null) && (
        <Banner tone={attempt.failure ? "bad" : "note"} title={advice.sentence}>
          {!isSaid && <p>{advice.fix}</p>}
          {detail !== null && <p className="mt-1 font-mono text-sm text-ink-2">{detail}</p>}
        </Banner>
      )}
      <Section title={`Attempt ${attempt.attempt}: ${resultText(attempt)}`}>
        <div className="@container">
          <div className="grid gap-x-8 gap-y-4 @3xl:grid-cols-[1.3fr_1fr]">
            <AttemptFacts attempt={attempt} />
            <Waterfall timings={attempt.timings_ms} />
          </div>
        </div>
      </Section>
      <Section title="Request">
        <RequestView attempt={attempt} />
      </Section>
      <Section title="Answer">
        <AnswerView answer={attempt.answer} />
      </Section>
    </>
  );
}

function AttemptFacts({ attempt: { at, request, address, retry_reason, next_attempt_at } }: { readonly attempt: Attempt }) {
  return (
    <Facts>
      <Fact name="Sent">
        <Time at={at} exact />
      </Fact>
      {request && <Fact name="To">{request.url ?? "The URL of that time is no longer known."}</Fact>}
      <Fact name="Address">{address ?? "none was connected to"}</Fact>
      {retry_reason !== null && <Fact name="Again because of">{reasonWords(retry_reason)}</Fact>}
      {next_attempt_at !== null && (
        <Fact name="Next after it">
          <Time at={next_attempt_at} exact />
        </Fact>
      )}
    </Facts>
  );
}

export const headersText = (headers: readonly (readonly [string, string])[]): string =>
  headers.map(([name, value]) => `${name}: ${value}`).join("\n");

function RequestView({ attempt: { request, body_verified } }: { readonly attempt: Attempt }) {
  const [isIndented, setIndented] = useState(true);
  if (!request) return <p className="text-ink-2">It did not come to a request.</p>;
  const bytes = new TextEncoder().encode(request.body).length.toLocaleString("en");
  const isVerified = body_verified ? "the SHA-256 of what was sent fits" : "rebuilt, and not what was sent: a fact has changed since";
  return (
    <div className="flex flex-col gap-3">
      <Code label="Headers" text={headersText(request.headers)} />
      <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-ink-3">
        <span>
          {bytes} bytes; {isVerified}. In the body <code className="font-mono">app_id</code> is the workspace.
        </span>
        <label className="flex items-center gap-1.5 text-ink-2">
          <input type="checkbox" className="accent-ink" checked={!isIndented} onChange={() => setIndented(!isIndented)} />
          Exact bytes
        </label>
      </div>
      <Code
        label={isIndented ? "Body, indented" : "Body, as it was sent"}
        json
        tall
        text={isIndented ? indentJson(request.body) : request.body}
      />
    </div>
  );
}

function AnswerView({ answer }: { readonly answer: Attempt["answer"] }) {
  if (!answer) return <p className="text-ink-2">No answer came.</p>;
  const { headers, body, body_cut } = answer;
  return (
    <div className="flex flex-col gap-3">
      {headers.length > 0 ? (
        <Code label="Headers" text={headersText(headers)} />
      ) : (
        <p className="text-sm text-ink-3">Headers of an ordinary success are not kept.</p>
      )}
      {body === "" ? <p className="text-sm text-ink-3">The body was empty.</p> : <Code label="Body, as text" text={body} />}
      {body_cut && <p className="text-sm text-ink-3">The body may go on: no more of it is kept.</p>}
    </div>
  );
}
