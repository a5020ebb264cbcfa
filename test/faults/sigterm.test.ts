// The operator stops the program under load, as every deployment does.
import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import { isAlive, makeProgram } from "../program.ts";
import { startLoad } from "./load.ts";
import { assertAllSigned, assertEachRequestOnce, assertOneIdEach, everythingArrived } from "./promises.ts";
import type { Receiver } from "./promises.ts";

const ticket = "ticket.created";
const inFlight = 8;
const answerMs = 1_000;

test("a signal lets what is under way finish, and nothing is sent twice or lost at the next start", async (t) => {
  const program = await makeProgram(t);
  await program.start();
  const ledger = await makeLedger(t);
  ledger.answer = ({ path }) => ({ status: 200, afterMs: path === "/slow" ? answerMs : 2 });
  const receivers: Receiver[] = [
    { ledger, path: "/slow", topics: [ticket] },
    { ledger, path: "/quick", topics: [ticket] },
  ];
  const app = await program.makeApp("w", [
    { url: `${ledger.url}/slow`, topics: [ticket], max_in_flight: 100 },
    { url: `${ledger.url}/quick`, topics: [ticket], max_in_flight: inFlight },
  ]);
  ledger.secret = app.secret;
  const load = startLoad(t, program, "ext:w", [ticket]);
  await eventually(() => (ledger.open.filter(({ path }) => path === "/slow").length >= inFlight ? true : null));
  const { postmaster } = program;
  const open = ledger.open;

  // The load goes on: what is acknowledged from now on counts too.
  assert.equal(await program.kill("SIGTERM"), "0");
  assert.deepEqual(
    open.filter(({ answered, left }) => answered !== 200 || left),
    [],
  );
  assert.deepEqual(ledger.open, [], "requests were left behind");
  assert.ok(postmaster !== null && !isAlive(postmaster));
  assert.equal(program.postmaster, null, "its PostgreSQL did not stop in order");
  assert.deepEqual(
    load.answers.filter(({ status }) => status !== 202 && status !== 503),
    [],
  );

  await program.start();
  await load.stop();
  await everythingArrived(load.acknowledged, receivers);
  assertEachRequestOnce([ledger]);
  assertOneIdEach([ledger]);
  assertAllSigned([ledger]);
  t.diagnostic(`${open.length} requests were under way, ${load.acknowledged.length} events acknowledged`);
});

test("a signal while it starts lets the start finish, and ends it in order", async (t) => {
  const program = await makeProgram(t);
  const started = assert.rejects(program.start(), /the program ended \(0\)/);
  await eventually(() => program.postmaster);
  assert.equal(await program.kill("SIGTERM"), "0");
  await started;
  assert.equal(program.postmaster, null, "its PostgreSQL did not stop in order");
});

test("a signal ends it with 0 although a receiver never answers, and the open request is made again", async (t) => {
  const program = await makeProgram(t);
  await program.start();
  const ledger = await makeLedger(t);
  ledger.answer = () => "never";
  const app = await program.makeApp("w", [{ url: `${ledger.url}/never`, topics: [ticket], timeout_ms: 30_000 }]);
  ledger.secret = app.secret;
  const load = startLoad(t, program, "ext:w", [ticket]);
  await eventually(() => (ledger.open.length > 0 ? true : null));
  await load.stop();
  assert.equal(await program.kill("SIGTERM"), "0");
  ledger.answer = () => ({ status: 200 });
  await program.start();
  await everythingArrived(load.acknowledged, [{ ledger, path: "/never", topics: [ticket] }]);
  assertOneIdEach([ledger]);
});
