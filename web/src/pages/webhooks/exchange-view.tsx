// One request and its answer, as they were: whether it was accepted, how long each part took, cause and fix, and the bytes.
import type { Exchange } from "@bellhop/contract/exchange";
import { Code, indentJson } from "../../parts/code.tsx";
import { Dot } from "../../parts/status.tsx";
import { durationText } from "../../parts/time.tsx";

type Props = {
  /** What the request was, e.g. "Ping". */
  readonly name: string;
  readonly exchange: Exchange;
  /** Shows the bytes at once. */
  readonly open?: boolean;
};

export function ExchangeView({ name, exchange, open = false }: Props) {
  const { status, failure, warning, timings_ms: timings } = exchange;
  const look = failure ? "text-failed" : warning ? "text-retrying" : "text-delivered";
  const took = timings.total === null ? "" : ` in ${durationText(timings.total)}`;
  return (
    <div className="flex flex-col gap-2">
      <div>
        <p className={`flex items-center gap-1.5 font-semibold ${look}`}>
          <Dot shape={failure ? "cross" : warning ? "half" : "full"} />
          {status === null ? `${name}: no answer${took}` : `${name}: ${status}${took}`}
        </p>
        {failure && (
          <p className="mt-0.5 wrap-anywhere">
            {failure.sentence} {failure.detail} <span className="text-ink-2">{failure.fix}</span>
          </p>
        )}
        {warning && <p className="mt-0.5">{warning}</p>}
      </div>
      <Timings timings={timings} />
      <details open={open} className="group">
        <summary className="w-fit text-sm text-ink-2 hover:text-ink">What was sent, and what came back</summary>
        <div className="mt-2 grid gap-3 lg:grid-cols-2">
          <Side label="Sent" text={requestText(exchange)} body={exchange.request.body} />
          {exchange.answer ? (
            <Side
              label={exchange.answer.body_cut ? "Answer (the body is cut)" : "Answer"}
              text={headText(`HTTP ${status}`, exchange.answer.headers)}
              body={exchange.answer.body}
            />
          ) : (
            <p className="text-ink-3">No answer came.</p>
          )}
        </div>
      </details>
    </div>
  );
}

function Side({ label, text, body }: { readonly label: string; readonly text: string; readonly body: string | null }) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Code label={`${label}: headers`} text={text} />
      {body !== null && body !== "" && <Code label={`${label}: body`} text={isJson(body) ? indentJson(body) : body} json={isJson(body)} />}
    </div>
  );
}

const requestText = ({ request: { method, url, headers } }: Exchange): string => headText(`${method} ${url}`, headers);
const headText = (first: string, headers: Exchange["request"]["headers"]): string =>
  [first, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n");

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const looks = { DNS: "bg-line-strong", connect: "bg-waiting", TLS: "bg-held", waiting: "bg-brass-fill", reading: "bg-delivered" } as const;
type Timing = Exchange["timings_ms"];

/** The first byte is counted from the start, the others from the one before; what there was not, has no phase. */
function phasesOf({ dns, connect, tls, first_byte: first, total }: Timing) {
  const connected = (dns ?? 0) + (connect ?? 0) + (tls ?? 0);
  const waited = first ?? total;
  const all = [
    { name: "DNS", took: dns },
    { name: "connect", took: connect },
    { name: "TLS", took: tls },
    { name: "waiting", took: waited === null ? null : Math.max(0, waited - connected) },
    { name: "reading", took: first === null || total === null ? null : Math.max(0, total - first) },
  ] as const;
  return all.flatMap(({ name, took }) => (took === null ? [] : [{ name, took }]));
}

function Timings({ timings }: { readonly timings: Timing }) {
  const phases = phasesOf(timings);
  const all = phases.reduce((sum, { took }) => sum + took, 0);
  if (timings.total === null || all === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-3">
      <div className="flex h-1.5 w-40 overflow-hidden rounded-full bg-sunken" aria-hidden>
        {phases.map(({ name, took }) => (
          <span key={name} className={looks[name]} style={{ width: `${(took / all) * 100}%` }} />
        ))}
      </div>
      {phases.map(({ name, took }) => (
        <span key={name} className="inline-flex items-center gap-1.5">
          <span className={`size-2 rounded-full ${looks[name]}`} aria-hidden />
          {name} {took > 0 && took < 1 ? "< 1 ms" : durationText(took)}
        </span>
      ))}
    </div>
  );
}
