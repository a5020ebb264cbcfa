// The door as a fuzz uses it: bytes go out as they are, and every answer is judged by what the contract says of its route.
import assert from "node:assert/strict";
import { Agent, request as open } from "node:http";
import type { IncomingMessage } from "node:http";
import { problems, ProblemSchema } from "@bellhop/contract/problems";
import type { ProblemCode } from "@bellhop/contract/problems";
import type { Route } from "@bellhop/contract/route";
import { problemsOf } from "@bellhop/contract/route-problems";
import { compileValidator } from "../server/src/http/validate.ts";
import type { FuzzRequest } from "./fuzz-request.ts";

/** Ends hangs: every request of the fuzz is answered long before. */
const answeredWithinMs = 20_000;

export type FuzzAnswer = { readonly status: number; readonly type: string; readonly text: string };

/** Answered before there is a route: the path is of none, or it is no HTTP. */
const outsideRoutes: ReadonlySet<ProblemCode> = new Set(["not_found", "malformed_request", "method_not_allowed"]);
/** Statuses of answers with the route's own schema that its summary tells beside the first. */
const otherSuccesses: Readonly<Record<string, readonly number[]>> = {
  createInstallation: [200],
  putWorkspace: [201],
  createReplay: [200],
  publishBatch: [422],
};

export class FuzzDoor {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(url: string) {
    this.#url = url;
  }

  send({ method, target, headers, body }: FuzzRequest): Promise<FuzzAnswer> {
    return new Promise((resolve, reject) => {
      const length = body === null ? {} : { "content-length": String(body.length) };
      // Not by a URL, which would be tidied up.
      const { hostname, port } = new URL(this.#url);
      const options = { agent: this.#agent, hostname, port, method, path: target, headers: { ...headers, ...length } };
      const sent = open(options, (answer) => void readAnswer(answer).then(resolve, reject));
      sent.setTimeout(answeredWithinMs, () => sent.destroy(new Error(`${method} ${target.slice(0, 200)} was not answered`)));
      sent.on("error", reject);
      sent.end(body ?? undefined);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function readAnswer(answer: IncomingMessage): Promise<FuzzAnswer> {
  const chunks: Buffer[] = [];
  const endless = answer.headers["content-type"]?.startsWith("text/event-stream");
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer);
    // Leaving the loop closes the connection.
    if (endless) break;
  }
  return { status: answer.statusCode ?? 0, type: answer.headers["content-type"] ?? "", text: Buffer.concat(chunks).toString() };
}

const problemFits = compileValidator({ schema: ProblemSchema, httpPart: "body" });

/** Fails unless this is an answer that the route may give. */
export function judge(name: string, route: Route): (answer: FuzzAnswer) => void {
  const schema = route.answer.schema;
  const fits = schema && compileValidator({ schema, httpPart: "body" });
  const successes = [route.answer.status, ...(otherSuccesses[name] ?? [])];
  return (answer) => {
    const { status, type, text } = answer;
    if (!successes.includes(status) || type.startsWith("application/problem+json")) return judgeProblem(route, answer);
    if (status === 204 || fits === undefined) return assert.equal(text, "");
    const read = fits(type.startsWith("application/json") ? JSON.parse(text) : text);
    assert.ok("value" in read, `the answer does not fit the route: ${"error" in read ? JSON.stringify(read.error) : ""}\n${text}`);
  };
}

function judgeProblem(route: Route, { status, type, text }: FuzzAnswer): void {
  assert.ok(status >= 400, `${status} is not an answer of this route`);
  assert.equal(type, "application/problem+json");
  const document = JSON.parse(text) as { code: ProblemCode; status: number; title: string };
  assert.ok("value" in problemFits(document), `not a problem document: ${text}`);
  assert.ok(Object.hasOwn(problems, document.code), `${document.code} is not of the closed list`);
  const { status: expected, title } = problems[document.code];
  assert.deepEqual([status, document.status, document.title], [expected, expected, title]);
  assert.ok(outsideRoutes.has(document.code) || problemsOf(route).includes(document.code), `${document.code} is not documented: ${text}`);
  assert.ok(status < 500, `${status}: ${text}`);
}
