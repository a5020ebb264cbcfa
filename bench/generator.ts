// Sends requests to Bellhop, or to the bare server that it is compared with: in an open loop at a rate, where a request that has to wait for
// a connection is already late, or as fast as the answers come.
import { connect } from "node:net";
import type { Socket } from "node:net";
import { Lateness, Latencies, nowMs } from "./clock.ts";
import type { Quantiles } from "./clock.ts";
import { itemText } from "./item.ts";
import { takeMessage } from "./message.ts";
import { answerQuestions } from "./worker.ts";

export type Load = {
  readonly port: number;
  readonly key: string;
  /** Events a second; null: as fast as the answers come. */
  readonly rate: number | null;
  /** Events in a request; more than one are sent as NDJSON. */
  readonly batch: number;
  readonly itemBytes: number;
  readonly workspaces: readonly string[];
};
export type Sent = {
  /** Events whose time has come, sent or not. */
  readonly due: number;
  readonly events: number;
  readonly requests: number;
  readonly refused: number;
  readonly waiting: number;
  readonly ack: Quantiles;
  readonly lateMs: number;
};
type Request = { readonly dueMs: number; readonly batch: number; readonly bytes: string };

const connectionsMax = 64;
const tickMs = 1;
/** What waits for a connection, at most: beyond it the load is lost anyway. */
const waitingMax = 20_000;

const ack = new Latencies();
const lateness = new Lateness();
let events = 0;
let requests = 0;
let refused = 0;
let made = 0;
let load: Load | null = null;
let nextDueMs = 0;
let waiting: Request[] = [];
let timer: NodeJS.Timeout | null = null;
const idle: Line[] = [];

/** One connection, one request at a time. */
class Line {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #request: Request | null = null;

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("error", (error) => process.stderr.write(`generator: ${error.message}\n`));
    this.#socket.on("data", (chunk: Buffer) => this.#hear(chunk));
    this.#socket.on("close", () => left(this, port, this.#request !== null));
  }

  send(request: Request): void {
    this.#request = request;
    this.#socket.write(request.bytes, "latin1");
  }

  close(): void {
    this.#socket.destroy();
  }

  #hear(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const message = takeMessage(this.#rest);
    if (message === null) return;
    this.#rest = this.#rest.subarray(message.end);
    // A server says 408 to who has not asked for anything in half a minute, and closes.
    if (this.#request === null) return this.close();
    answered(this.#request, Number(message.head.slice(9, 12)));
    this.#request = null;
    idle.push(this);
    if (load?.rate === null) waiting.push(makeRequest(load, nowMs()));
    sendWaiting();
  }
}

function answered({ dueMs, batch }: Request, status: number): void {
  requests++;
  if (status === 202) events += batch;
  else refused++;
  ack.record(nowMs() - dueMs);
}

function makeRequest({ key, batch, itemBytes, workspaces }: Load, dueMs: number): Request {
  const event = (): string => {
    const workspace = workspaces[made % workspaces.length] as string;
    return `{"workspace_id":"${workspace}","topic":"ticket.created","item":${itemText(made++, dueMs, itemBytes)}}`;
  };
  const body = batch === 1 ? event() : Array.from({ length: batch }, event).join("\n");
  const path = batch === 1 ? "/v1/events" : "/v1/events/batch";
  const type = batch === 1 ? "application/json" : "application/x-ndjson";
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: ${type}\r\n`;
  return { dueMs, batch, bytes: `${head}content-length: ${body.length}\r\n\r\n${body}` };
}

/** Arrivals are independent of each other and of the answers. */
function tick(): void {
  const now = nowMs();
  while (load?.rate && nextDueMs <= now) {
    if (waiting.length < waitingMax) waiting.push(makeRequest(load, nextDueMs));
    else refused++;
    nextDueMs += (-Math.log(1 - Math.random()) * 1_000 * load.batch) / load.rate;
  }
  sendWaiting();
}

function sendWaiting(): void {
  let sent = 0;
  while (sent < waiting.length && idle.length > 0) idle.pop()?.send(waiting[sent++] as Request);
  if (sent > 0) waiting = waiting.slice(sent);
}

/** Another one takes its place. */
function left(line: Line, port: number, unanswered: boolean): void {
  const at = lines.indexOf(line);
  if (at < 0) return;
  if (unanswered) refused++;
  const next = new Line(port);
  lines[at] = next;
  if (idle.includes(line)) idle.splice(idle.indexOf(line), 1);
  idle.push(next);
}

const lines: Line[] = [];

function start(wanted: Load): void {
  stop();
  for (let line = lines.length; line < connectionsMax; line++) lines.push(new Line(wanted.port));
  idle.push(...lines);
  load = wanted;
  nextDueMs = nowMs();
  if (wanted.rate === null) waiting = lines.map(() => makeRequest(wanted, nowMs()));
  timer = setInterval(tick, tickMs);
}

/** Nothing new is sent; answers are heard. */
function pause(): void {
  load = null;
  if (timer) clearInterval(timer);
  waiting = [];
}

function stop(): void {
  pause();
  for (const line of lines.splice(0)) line.close();
  idle.length = 0;
}

answerQuestions({
  start,
  pause,
  stop,
  reset: () => {
    ack.reset();
    lateness.reset();
  },
  read: (): Sent => ({ due: made, events, requests, refused, waiting: waiting.length, ack: ack.read(), lateMs: lateness.p99Ms() }),
});
