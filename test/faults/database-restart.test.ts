// The operator's PostgreSQL crashes under load and comes back, more than once; the program has to live through it.
import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../eventually.ts";
import { makeLedger, slowAndSometimesFailing } from "../ledger.ts";
import { makeProgram } from "../program.ts";
import type { Program } from "../program.ts";
import { startRestartablePostgres } from "../restartable-postgres.ts";
import { assertKept } from "./kept.ts";
import { startLoad } from "./load.ts";
import type { Receiver } from "./promises.ts";

const ticket = "ticket.created";
const conversation = "conversation.user.created";
const stops = ["immediate", "fast", "immediate"] as const;
const eventsBetween = 150;
const refusalsWanted = 10;

test("publishing answers 503 while the database is away, and then everything acknowledged is delivered", async (t) => {
  const postgres = await startRestartablePostgres(t);
  const program = await makeProgram(t, {
    DATABASE_URL: postgres.url,
    BELLHOP_ALLOW_HTTP: "true",
    BELLHOP_ALLOW_NETWORKS: "127.0.0.0/8",
  });
  await program.start();
  const ledger = await makeLedger(t);
  ledger.answer = slowAndSometimesFailing;
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
    await load.moreAcknowledged(eventsBetween);
    const before = load.answers.length;
    await postgres.stop(mode);
    await eventually(() => (load.answers.slice(before).filter(({ status }) => status === 503).length >= refusalsWanted ? true : null));
    assert.equal(await readiness(program), 503);
    await assertUnavailable(program, "GET", "/v1/notifications");
    await assertUnavailable(program, "PATCH", "/v1/workspaces/ext:w", { name: "A Workspace" });
    await postgres.start();
    await eventually(async () => ((await readiness(program)) === 200 ? true : null));
  }
  await load.moreAcknowledged(eventsBetween);
  await load.stop();

  t.diagnostic(await assertKept({ program, ledger, receivers }, load));
});

/** Nothing of ours went wrong: it is worth another try. */
async function assertUnavailable(program: Program, method: string, path: string, body?: object): Promise<void> {
  const answer = await program.call(method, path, body);
  assert.deepEqual([answer.status, (answer.body as { code: string }).code], [503, "unavailable"], `${method} ${path}`);
}

async function readiness(program: Program): Promise<number> {
  return (await program.call("GET", "/readyz")).status;
}
