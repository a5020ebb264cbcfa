// Every route of openapi.json gets requests that were made from its schemas: right ones, nearly right ones, hostile ones. None
// is answered with a 5xx, each answer is one that the contract has, nothing is said to have failed, and the program is ready
// and idle afterwards. The seed is printed; `FUZZ_SEED` repeats it, `FUZZ_RUNS` sends so many to each route, however long it takes.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import test from "node:test";
import type { TestContext } from "node:test";
import fc from "fast-check";
import pino from "pino";
import type { Route } from "@bellhop/contract/route";
import { routes } from "@bellhop/contract/routes";
import openapi from "../../openapi.json" with { type: "json" };
import { FuzzDoor, judge } from "../fuzz-door.ts";
import { requests } from "../fuzz-request.ts";
import type { FuzzRequest, Operation } from "../fuzz-request.ts";
import type { Schema } from "../fuzz-schema.ts";
import { makeFuzzWorld } from "../fuzz-world.ts";
import type { FuzzWorld } from "../fuzz-world.ts";
import { startTestProgram } from "../in-process.ts";
import type { TestProgram } from "../in-process.ts";

const runsWanted = Number(process.env["FUZZ_RUNS"] ?? 0);
const runsMax = 1_000;
/** For each route, unless `FUZZ_RUNS` says how many requests it gets. */
const msPerRoute = 350;
const seed = Number(process.env["FUZZ_SEED"] ?? randomInt(2 ** 31));
const errorLevel = 50;

type Fuzzable = { readonly method: string; readonly path: string; readonly operation: Operation };

/** What changes the catalogue comes last: it may take away the topics that the others publish. */
const operations: readonly Fuzzable[] = Object.entries(openapi.paths as unknown as Record<string, Record<string, Operation>>)
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })))
  .toSorted((a, b) => Number(changesCatalogue(a)) - Number(changesCatalogue(b)));

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

  let lastWorld: FuzzWorld | null = null;
  for (const each of operations) {
    await t.test(`${each.method} ${each.path}`, async (ofRoute) => {
      // Of a catalogue that was changed at random nothing could be made with certainty.
      const world: FuzzWorld = lastWorld ?? (await makeFuzzWorld(program));
      if (changesCatalogue(each)) lastWorld = world;
      await fuzz(ofRoute, each, world, door);
      assert.deepEqual(failed(), [], "what the operator would be told");
    });
  }
  await staysWell(program);
});

async function fuzz(t: TestContext, { method, path, operation }: Fuzzable, world: FuzzWorld, door: FuzzDoor): Promise<void> {
  const check = judge(operation.operationId, (routes as Record<string, Route>)[operation.operationId] as Route);
  const statuses: Record<number, number> = {};
  const property = fc.asyncProperty(requests({ method, path, operation, refs, ...world }), async (request) => {
    const answer = await door.send(request);
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    check(answer);
  });
  const bounds = runsWanted > 0 ? { numRuns: runsWanted } : { numRuns: runsMax, interruptAfterTimeLimit: msPerRoute };
  const result = await fc.check(property, { seed, ...bounds });
  t.diagnostic(JSON.stringify(statuses));
  if (result.failed && !(result.interrupted && result.counterexample === null)) assert.fail(told(result));
}

type Checked = Pick<fc.RunDetails<[FuzzRequest]>, "counterexample" | "counterexamplePath" | "errorInstance">;

function told({ counterexample, counterexamplePath, errorInstance }: Checked): string {
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

async function deleteApps(program: TestProgram): Promise<void> {
  for (;;) {
    const { data } = await program.must<{ data: { id: string }[] }>("GET", "/v1/apps?limit=100");
    if (data.length === 0) return;
    for (const { id } of data) await program.must("DELETE", `/v1/apps/${id}`);
  }
}
