// The operator's PostgreSQL crashes under load and comes back, more than once; the program has to live through it.
import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import type { Answer, Entry } from "../ledger.ts";
import { makeProgram } from "../program.ts";
import type { Program } from "../program.ts";
import { startRestartablePostgres } from "../restartable-postgres.ts";
import { startLoad } from "./load.ts";
import type { Load } from "./load.ts";
import {
  assertAllSigned,
  assertAttemptsNeverDecrease,
  assertEachRequestOnce,
  assertNothingElse,
  assertOneIdEach,
  everythingArrived,
  everythingRecorded,
} from "./promises.ts";
import type { Receiver } from "./promises.ts";

const ticket = "ticket.created";
const conversation = "conversation.user.created";
const stops = ["immediate", "fast", "immediate"] as const;
const eventsBetween = 150;
const refusalsWanted = 10;

/** More failures in a row than ten would be backed off from. */
function sometimesFailing({ id, attempts }: Entry): Answer {
  const chance = Number.parseInt(id.slice(-10, -4), 16);
  return { status: attempts === 1 && chance % 10 === 0 ? 500 : 200, afterMs: 2 + (chance % 7) };
}

test("publishing answers 503 while the database is away, and then everything acknowledged is delivered", async (t) => {
  const postgres = await startRestartablePostgres(t);
  const program = await makeProgram(t, {
    DATABASE_URL: postgres.url,
    BELLHOP_ALLOW_HTTP: "true",
    BELLHOP_ALLOW_NETWORKS: "127.0.0.0/8",
  });
  await program.start();
  const ledger = await makeLedger(t);
  ledger.answer = sometimesFailing;
  const receivers: Receiver[] = [
    { ledger, path: "/all", topics: [ticket, conversation] },
    { ledger, path: "/tickets", topics: [ticket] },
  ];
  const policy = { waits_s: [1, 1, 2, 2, 2, 2, 2, 2] };
  const app = await program.makeApp(
    "w",
    receivers.map(({ path, topics }) => ({ url: ledger.url + path, topics, policy })),
  );
  ledger.secret = app.secret;

  const load = startLoad(t, program, "ext:w", [ticket, conversation, ticket]);
  for (const mode of stops) {
    await moreAcknowledged(load);
    const before = load.answers.length;
    await postgres.stop(mode);
    await eventually(() => (load.answers.slice(before).filter(({ status }) => status === 503).length >= refusalsWanted ? true : null));
    assert.equal(await readiness(program), 503);
    await assertUnavailable(program, "GET", "/v1/notifications");
    await assertUnavailable(program, "PATCH", "/v1/workspaces/ext:w", { name: "A Workspace" });
    await postgres.start();
    await eventually(async () => ((await readiness(program)) === 200 ? true : null));
  }
  await moreAcknowledged(load);
  await load.stop();

  assert.deepEqual(
    load.answers.filter(({ status }) => status !== 202 && status !== 503),
    [],
  );
  assert.deepEqual(new Set(load.answers.flatMap(({ codes }) => codes)).difference(new Set(["unavailable", "outcome_unknown"])), new Set());
  assert.deepEqual(
    load.answers.filter(({ status, retryAfter }) => status === 503 && retryAfter === null),
    [],
  );
  const again = [...load.published.values()].filter(({ key, outcome }) => key !== null && outcome !== "acknowledged");
  await load.repeat(again);
  assert.deepEqual(
    again.filter(({ outcome }) => outcome !== "acknowledged"),
    [],
  );
  await everythingArrived(load.acknowledged, receivers);
  await everythingRecorded(program);
  assertOneIdEach([ledger]);
  assertNothingElse(load.published, receivers);
  assertAllSigned([ledger]);
  assertAttemptsNeverDecrease([ledger]);
  assertEachRequestOnce([ledger]);
  const refused = [...load.published.values()].filter(({ outcome }) => outcome === "refused").map(({ object }) => object);
  assert.deepEqual(
    ledger.entries.filter(({ object }) => refused.includes(object)),
    [],
    "what was refused was stored",
  );
  assert.ok(program.isRunning);
  t.diagnostic(`${load.acknowledged.length} acknowledged, ${refused.length} refused, ${again.length} repeated with their key`);
});

async function moreAcknowledged(load: Load): Promise<void> {
  const before = load.acknowledged.length;
  await eventually(() => (load.acknowledged.length >= before + eventsBetween ? true : null));
}

/** Nothing of ours went wrong: it is worth another try. */
async function assertUnavailable(program: Program, method: string, path: string, body?: object): Promise<void> {
  const answer = await program.call(method, path, body);
  assert.deepEqual([answer.status, (answer.body as { code: string }).code], [503, "unavailable"], `${method} ${path}`);
}

async function readiness(program: Program): Promise<number> {
  return (await program.call("GET", "/readyz")).status;
}
