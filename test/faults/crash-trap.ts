// Loaded into the program before its own first line, by those tests alone: it listens at the program's ports (statements to
// the database, requests to endpoints, answers of the API, signals) and kills the process at the moment that a file names.
// The program itself knows nothing of it; without the file it runs as ever.
import { subscribe } from "node:diagnostics_channel";
import { readFileSync, writeSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import pg from "pg";
import { Sender } from "../../server/src/deliver/sender.ts";
import { lastWord, orderVariable, passageOf } from "./crash-points.ts";
import type { CrashPoint, Passage } from "./crash-points.ts";

const orderFile = process.env[orderVariable] ?? "";
const stderr = 2;
const charOid = 18;
const arrayHeaderBytes = 20;
const stepNames: Record<string, string> = { a: "attempt", h: "held", e: "ended" };

let stopping = false;
let ordered = "";
let passages = 0;

/** The point at which to die, if there is one. */
function order(): { point: CrashPoint; nth: number } | null {
  try {
    const text = readFileSync(orderFile, "utf8");
    if (text !== ordered) passages = 0;
    ordered = text;
    const [point, nth] = text.split(" ") as [CrashPoint, string];
    return { point, nth: Number(nth) };
  } catch {
    return null;
  }
}

function passed(isThere: (passage: Passage) => boolean): void {
  const wanted = order();
  if (wanted === null) return;
  const passage = passageOf(wanted.point);
  if ((passage.stopping && !stopping) || !isThere(passage) || ++passages < wanted.nth) return;
  writeSync(stderr, `${lastWord}${wanted.point}\n`);
  process.kill(process.pid, "SIGKILL");
}

type Said = { readonly text: string; readonly values: readonly unknown[]; readonly before: readonly string[] };

function isStatement(passage: Passage, when: string, { text, values, before }: Said): boolean {
  if (!("statement" in passage) || passage.when !== when || !passage.statement.test(text)) return false;
  const { following, step } = passage;
  if (following !== undefined && !before.some((earlier) => following.test(earlier))) return false;
  return step === undefined || step === firstStep(values);
}

/** What the first step of a flush is: its kinds are the one array of single characters. */
function firstStep(values: readonly unknown[]): string | undefined {
  const kinds = values.find((value) => Buffer.isBuffer(value) && value.length > arrayHeaderBytes && value.readInt32BE(8) === charOid);
  return stepNames[String.fromCharCode((kinds as Buffer | undefined)?.[arrayHeaderBytes + 4] ?? 0)];
}

const transactions = new WeakMap<object, string[]>();

/** Notes the statement among those of its transaction. */
function noted(client: object, [config, values]: readonly unknown[]): Said {
  const given = config as string | { text: string; values?: readonly unknown[] };
  const text = typeof given === "string" ? given : given.text;
  const before = text === "begin" ? [] : (transactions.get(client) ?? []);
  transactions.set(client, [...before, text]);
  return { text, values: (typeof given === "string" ? (values as readonly unknown[]) : given.values) ?? [], before };
}

type Callback = (error: Error | undefined, result: unknown) => void;
type Queries = { query(...given: unknown[]): Promise<unknown> | undefined; end(...given: unknown[]): unknown };
type Connected = {
  connectionParameters: { application_name: string };
  connection: { stream: { bytesWritten: number; writableLength: number } };
};

function listenToStatements(): void {
  const prototype = pg.Client.prototype as unknown as Queries;
  const { query, end } = prototype;
  prototype.query = function (this: Connected, ...given: unknown[]) {
    const said = noted(this, given);
    const wanted = order();
    if (wanted !== null && passageOf(wanted.point).withheld?.test(said.text)) return new Promise(() => undefined);
    const at = (when: string): void => passed((passage) => isStatement(passage, when, said));
    at("asked");
    const callback = given.at(-1) as Callback;
    const isCalled = typeof callback === "function";
    const heard: Callback = (error, result) => {
      if (!error) at("answered");
      callback(error, result);
    };
    const { stream } = this.connection;
    const before = stream.bytesWritten;
    const result = query.apply(this, isCalled ? [...given.slice(0, -1), heard] : given);
    // With the kernel, which delivers it whatever becomes of us. A connection that has just been made sends a moment later.
    const isSent = (): boolean => stream.bytesWritten > before && stream.writableLength === 0;
    if (isSent()) at("sent");
    else process.nextTick(() => isSent() && at("sent"));
    return isCalled ? result : result?.then((answer) => (at("answered"), answer));
  };
  prototype.end = function (this: Connected, ...given: unknown[]) {
    const text = `end of ${this.connectionParameters.application_name}`;
    passed((passage) => isStatement(passage, "asked", { text, values: [], before: [] }));
    return end.apply(this, given);
  };
}

function listenToRequests(): void {
  const at = (when: string): void => passed((passage) => "request" in passage && passage.request === when);
  const { send } = Sender.prototype;
  Sender.prototype.send = async function (exchange) {
    at("made");
    const answer = await send.call(this, exchange);
    at("answered");
    return answer;
  };
  subscribe("undici:request:bodySent", () => at("sent"));
}

function listenToAnswers(): void {
  subscribe("http.server.response.finish", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const text = `${request.method} ${request.url} ${response.statusCode}`;
    passed((passage) => "answer" in passage && passage.answer.test(text));
  });
}

function listenToSignals(): void {
  process.on("SIGTERM", () => {
    stopping = true;
    passed((passage) => "signal" in passage);
  });
}

listenToStatements();
listenToRequests();
listenToAnswers();
listenToSignals();
