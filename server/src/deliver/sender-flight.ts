// One exchange under way: the handler that undici calls, and the answer in the making. There is one such object per send and
// one timer at a time. It settles exactly once: by a whole answer, an error, the deadline, or enough of a body. The verdict
// is made when the final status line and headers are complete; what the body does after that cannot change it.

import type { Dispatcher } from "undici";
import { timeoutDetail } from "../domain/advice-details.ts";
import { BODY_BYTES_MAX, HEADER_CHARACTERS_KEPT_MAX, HEADERS_KEPT_MAX } from "./answer.ts";
import type { Answer, Clock, Exchange, Phase } from "./answer.ts";
import { classifyExchange, classifyStatus } from "./classify.ts";
import type { Classified } from "./classify.ts";
import { ConnectFailed } from "./guard.ts";
import type { Connecting } from "./guard.ts";

/** How long a body may take after the headers. It is only looked at, so it must not hold a connection's place for long. */
export const BODY_MS_MAX = 1_000;
/** 102 and 103 announce an answer and cost as much to read as one: an endpoint that sends nothing else must not keep us busy. */
const INTERIM_ANSWERS_MAX = 32;
/** Chunks of a body that are read. One that comes byte by byte costs a hundred times its size, and more to read than to keep. */
export const BODY_CHUNKS_MAX = 1_024;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The connection that carries a flight. `clean` says that the connection can carry another one. */
export type Carrier = {
  readonly address: string | null;
  /** Before the body: a flight that has its verdict no longer asks. */
  phase(): Exclude<Phase, "body">;
  release(clean: boolean): void;
};

export class Flight implements Dispatcher.DispatchHandler {
  readonly exchange: Exchange;
  /** What counts the flight while it waits or is carried. */
  pool: { left(): void } | null = null;
  carrier: Carrier | null = null;
  /** The connection made for this flight; null on a reused one. */
  connecting: Connecting | null = null;
  readonly #clock: Clock;
  readonly #settled: (answer: Answer, cause: Error | null) => void;
  readonly #startedAtMs: number;
  readonly #began: number;
  #timer: NodeJS.Timeout;
  #done = false;
  #verdict: Classified | null = null;
  #status: number | null = null;
  #headers: Headers = {};
  #firstByteUs: number | null = null;
  #interimAnswers = 0;
  #chunks: Buffer[] = [];
  #bodyBytes = 0;

  constructor(exchange: Exchange, clock: Clock, settled: (answer: Answer, cause: Error | null) => void) {
    this.exchange = exchange;
    this.#clock = clock;
    this.#settled = settled;
    this.#startedAtMs = clock.wallMs();
    this.#began = clock.monotonicMs();
    this.#timer = setTimeout(onDeadline, exchange.timeoutMs, this);
  }

  get done(): boolean {
    return this.#done;
  }

  onRequestStart(): void {
    // The carrier gives up a connection as a whole, so the handle to abort one request is not needed.
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (this.#done) return;
    // 102 and 103 announce the answer; they are not one. Below 100 nothing is.
    if (status < 100) return this.fail({ failure: "invalid_answer", detail: "The answer's status line is not valid." });
    if (status < 200) return this.#interim();
    this.#status = status;
    this.#headers = headers;
    this.#firstByteUs = this.#elapsedUs();
    this.#verdict = classifyStatus(status, joined(headers["location"]));
    clearTimeout(this.#timer);
    const remainingMs = Math.max(this.exchange.timeoutMs - this.#firstByteUs / 1_000, 0);
    this.#timer = setTimeout(onBodyDeadline, Math.min(remainingMs, BODY_MS_MAX), this);
  }

  #interim(): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers <= INTERIM_ANSWERS_MAX) return;
    this.fail({ failure: "invalid_answer", detail: `More than ${INTERIM_ANSWERS_MAX} interim answers (1xx) came, and no final one.` });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return;
    const room = BODY_BYTES_MAX - this.#bodyBytes;
    // A copy: the chunk is a view of a read buffer that may be hundreds of times larger.
    this.#chunks.push(Buffer.from(chunk.subarray(0, room)));
    this.#bodyBytes += Math.min(chunk.length, room);
    if (chunk.length <= room && this.#chunks.length < BODY_CHUNKS_MAX) return;
    this.#settle(this.#verdict, null, false, `Only the first ${this.#bodyBytes} bytes were read.`);
  }

  onResponseEnd(): void {
    if (!this.#done) this.#settle(this.#verdict, null, true, null);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#done) return;
    if (this.#status !== null) return this.#settle(this.#verdict, null, false, "The body ended before it was complete.");
    if (error instanceof ConnectFailed) return this.fail(error.classified, error.phase, error);
    this.fail(classifyExchange(error), null, error);
  }

  /** Ends the flight without an answer. */
  fail(classified: Classified, phase: Phase | null = null, cause: Error | null = null): void {
    if (this.#done) return;
    this.#settle(classified, phase, false, null, cause);
  }

  expire(): void {
    if (this.#done || this.#status !== null) return;
    const phase = this.carrier?.phase() ?? null;
    const detail = timeoutDetail(phase ?? "busy", this.exchange.timeoutMs);
    this.fail({ failure: "timeout", detail }, phase ?? "connect");
  }

  expireBody(): void {
    if (!this.#done) this.#settle(this.#verdict, "body", false, "The body was not complete in time.");
  }

  #settle(verdict: Classified | null, phase: Phase | null, clean: boolean, bodyError: string | null, cause: Error | null = null): void {
    this.#done = true;
    clearTimeout(this.#timer);
    const answer = this.#answer(verdict, phase, bodyError);
    this.carrier?.release(clean);
    this.carrier = null;
    this.pool?.left();
    this.#settled(answer, cause);
  }

  #answer(verdict: Classified | null, phase: Phase | null, bodyError: string | null): Answer {
    const { connecting } = this;
    const headers = this.#headers;
    return {
      failure: verdict?.failure ?? null,
      phase,
      detail: verdict?.detail ?? null,
      status: this.#status,
      // Of a success nobody asks.
      get headers() {
        return keptHeaders(headers);
      },
      body: this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks),
      bodyTruncated: bodyError !== null,
      bodyError,
      retryAfter: joined(this.#headers["retry-after"]),
      address: connecting === null ? (this.carrier?.address ?? null) : connecting.address,
      startedAtMs: this.#startedAtMs,
      dnsUs: connecting?.dnsUs ?? null,
      connectUs: connecting?.connectUs ?? null,
      tlsUs: connecting?.tlsUs ?? null,
      firstByteUs: this.#firstByteUs,
      totalUs: this.#elapsedUs(),
    };
  }

  #elapsedUs(): number {
    return Math.round((this.#clock.monotonicMs() - this.#began) * 1_000);
  }
}

/** An answer that arrived while the process was busy is read first: timers run before sockets, so one turn is waited. */
function onDeadline(flight: Flight): void {
  setImmediate(expire, flight);
}

function expire(flight: Flight): void {
  flight.expire();
}

function onBodyDeadline(flight: Flight): void {
  flight.expireBody();
}

function keptHeaders(headers: Headers): [string, string][] {
  const kept: [string, string][] = [];
  let characters = 0;
  for (const name in headers) {
    const value = headers[name];
    for (const one of typeof value === "string" ? [value] : (value ?? [])) {
      characters += name.length + one.length;
      if (kept.length === HEADERS_KEPT_MAX || characters > HEADER_CHARACTERS_KEPT_MAX) return kept;
      kept.push([name, one]);
    }
  }
  return kept;
}

function joined(value: string | string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : value.join(", ");
}
