// Every route of openapi.json gets requests that were made from its schemas: first one that has to succeed, then right ones,
// nearly right ones, hostile ones. None is answered with a 5xx, each answer is one that the contract has, nothing is said to have
// failed, and the program is ready and idle afterwards. The seed is printed; `FUZZ_SEED` repeats it, `FUZZ_RUNS` sends so many
// to each route and no more.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import pino from "pino";
import type { Route } from "@bellhop/contract/route";
import { routes } from "@bellhop/contract/routes";
import openapi from "../../openapi.json" with { type: "json" };
import { FuzzDoor, judge } from "../fuzz-door.ts";
import type { FuzzAnswer } from "../fuzz-door.ts";
import { requests, rightRequest } from "../fuzz-request.ts";
import type { Fuzzed, FuzzRequest, Operation } from "../fuzz-request.ts";
import type { Schema } from "../fuzz-schema.ts";
import { makeFuzzWorld } from "../fuzz-world.ts";
import type { FuzzWorld } from "../fuzz-world.ts";
import { startTestProgram } from "../in-process.ts";
import type { TestProgram } from "../in-process.ts";

const runsWanted = Number(process.env["FUZZ_RUNS"] ?? 0);
/** Each route gets so many requests however slow the machine is, and more until its time is over. */
const runsMin = 20;
const runsMax = 1_000;
const msPerRoute = 300;
const seed = Number(process.env["FUZZ_SEED"] ?? randomInt(2 ** 31));
const errorLevel = 50;
/** Paths of operations that change what only a whole world has. */
const isOfWhole = /notifications|replays|set-live|topics|catalogue/;
/** Operations that refuse whatever they are asked. */
const neverGranted: Readonly<Record<string, string>> = {
  refuseOldSubscriptions: "tells callers of the old API where subscriptions are made",
};

type Fuzzable = { readonly method: string; readonly path: string; readonly operation: Operation };

/** First what changes something: then there is much to read. The catalogue comes last, because putting it back takes all apps away. */
const operations: readonly Fuzzable[] = Object.entries(openapi.paths as unknown as Record<string, Record<string, Operation>>)
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })))
  .toSorted((a, b) => turnOf(a) - turnOf(b));

function turnOf(each: Fuzzable): number {
  return changesCatalogue(each) ? 2 : Number(each.method === "GET");
}

function changesCatalogue({ method, operation }: Fuzzable): boolean {
  return method !== "GET" && /topic|catalogue/i.test(operation.operationId);
}

const refs = (ref: string): Schema =>
  ref
    .split("/")
    .slice(1)
    .reduce<unknown>((at, name) => (at as Schema)[name], openapi) as Schema;

test(`no request makes the program fail (FUZZ_SEED=${seed})`, async (t) => {
  const said: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void said.push(line) });
  const program = await startTestProgram(t, { log });
  const door = new FuzzDoor(program.url);
  t.after(() => door.close());
  const failed = (): string[] => said.filter((line) => (JSON.parse(line) as { level: number }).level >= errorLevel);

  const catalogue = await program.must("GET", "/v1/catalogue");
  const statuses = new Map<number, number>();
  let world: FuzzWorld | null = null;
  for (const each of operations) {
    await t.test(`${each.method} ${each.path}`, async () => {
      if (changesCatalogue(each)) await putBack(program, catalogue);
      world ??= await makeFuzzWorld(program, { whole: each.method === "GET" || isOfWhole.test(each.path) });
      await fuzz({ ...each, refs, ...world }, door, statuses);
      if (each.method !== "GET") world = null;
      assert.deepEqual(failed(), [], "what the operator would be told");
    });
  }
  await staysWell(program);
  const counted = [...statuses].toSorted(([a], [b]) => a - b).map(([status, times]) => `${times} with ${status}`);
  t.diagnostic(`FUZZ_SEED=${seed}; ${operations.length} operations; answered ${counted.join(", ")}`);
});

async function fuzz(fuzzed: Fuzzed, door: FuzzDoor, statuses: Map<number, number>): Promise<void> {
  const { operationId } = fuzzed.operation;
  const check = judge(operationId, (routes as Record<string, Route>)[operationId] as Route);
  const ask = async (request: FuzzRequest): Promise<FuzzAnswer> => {
    const answer = await door.send(request);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    check(answer);
    return answer;
  };
  const { status, text } = await ask(rightRequest(fuzzed));
  assert.equal(status < 300, neverGranted[operationId] === undefined, `the right request is answered with ${status}: ${text}`);
  const property = fc.asyncProperty(requests(fuzzed), async (request) => void (await ask(request)));
  const startedMs = performance.now();
  mustHold(await fc.check(property, { seed, numRuns: runsWanted || runsMin }));
  const leftMs = msPerRoute - (performance.now() - startedMs);
  if (runsWanted === 0 && leftMs > 0) {
    mustHold(await fc.check(property, { seed: seed + 1, numRuns: runsMax, interruptAfterTimeLimit: leftMs }));
  }
}

/** Time that is over is no failure. */
function mustHold(result: fc.RunDetails<[FuzzRequest]>): void {
  if (result.failed && !(result.interrupted && result.counterexample === null)) assert.fail(told(result));
}

function told({ counterexample, counterexamplePath, errorInstance }: fc.RunDetails<[FuzzRequest]>): string {
  const [request] = counterexample ?? [];
  const body = request?.body?.toString().slice(0, 2_000) ?? "none";
  const sent = request && `${request.method} ${request.target}\n${JSON.stringify(request.headers)}\nbody: ${body}`;
  return `FUZZ_SEED=${seed}, path ${counterexamplePath}\n${sent}\n${String((errorInstance as Error | null)?.message)}`;
}

/** It is ready, nothing is under way once the apps are gone (some fail, back off or are held), and what is published arrives. */
async function staysWell(program: TestProgram): Promise<void> {
  await deleteApps(program);
  await program.quiet();
  assert.equal((await program.call("GET", "/readyz")).status, 200);
  const { versions } = await program.must<{ versions: string[] }>("GET", "/v1/catalogue");
  const topic = { name: "after.the.fuzz", description: "", permissions: [], item_type: null, since: versions[0] };
  await program.must("POST", "/v1/topics", topic);
  const { workspace, inbox } = await program.makeInstalled({ topics: [topic.name], app: { permissions: [] } });
  await program.publish({ workspace_id: workspace, topic: topic.name, item: { id: "1" } });
  await inbox.waitFor(({ hub }) => hub === "right");
  await program.quiet();
}

/** Nobody is left who could lose a topic by it. */
async function putBack(program: TestProgram, catalogue: object): Promise<void> {
  await deleteApps(program);
  await program.must("PUT", "/v1/catalogue", catalogue);
}

async function deleteApps(program: TestProgram): Promise<void> {
  for (;;) {
    const { data } = await program.must<{ data: { id: string }[] }>("GET", "/v1/apps?limit=100");
    if (data.length === 0) return;
    for (const { id } of data) await program.must("DELETE", `/v1/apps/${id}`);
  }
}
