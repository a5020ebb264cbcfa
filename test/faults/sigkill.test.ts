// The program is killed at random moments under load and started again on its folder. SEED repeats a run's choices.
import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../eventually.ts";
import { makeLedger, slowAndSometimesFailing } from "../ledger.ts";
import { makeProgram } from "../program.ts";
import { seededChance } from "./chance.ts";
import { Load, startLoad } from "./load.ts";
import {
  assertAllSigned,
  assertAttemptsNeverDecrease,
  assertNothingElse,
  assertOneIdEach,
  everythingArrived,
  everythingRecorded,
} from "./promises.ts";
import type { Receiver } from "./promises.ts";

const ticket = "ticket.created";
const conversation = "conversation.user.created";
const kills = 4;
/** Three subscriptions: at most 64 requests in flight. */
const inFlight = [22, 21, 21];
/** What is in flight, and as many answers that are not on disk yet; no more is started before. */
const repeatedPerKillMax = 128;
/** Longer than from one checkpoint to the next. */
const quietMs = 6_000;

test("whatever was acknowledged arrives, under one id, although the program is killed again and again", async (t) => {
  const { seed, chance } = seededChance();
  t.diagnostic(`SEED=${seed}`);
  const program = await makeProgram(t);
  await program.start();
  const [first, second] = [await makeLedger(t), await makeLedger(t)];
  const policy = { waits_s: [1, 1, 2, 2, 2, 2, 2, 2] };
  const receivers: Receiver[] = [
    { ledger: first, path: "/all", topics: [ticket, conversation] },
    { ledger: first, path: "/tickets", topics: [ticket] },
    { ledger: second, path: "/all-of-another-app", topics: [ticket, conversation] },
  ];
  for (const ledger of [first, second]) {
    ledger.answer = slowAndSometimesFailing;
    const wanted = receivers.filter((each) => each.ledger === ledger);
    const app = await program.makeApp(
      "w",
      wanted.map((each) => ({
        url: ledger.url + each.path,
        topics: each.topics,
        policy,
        max_in_flight: inFlight[receivers.indexOf(each)],
      })),
    );
    ledger.secret = app.secret;
  }
  const ledgers = [first, second];
  const count = (): number => first.entries.length + second.entries.length;

  const load = startLoad(t, program, "ext:w", [ticket, conversation, ticket]);
  for (let kill = 1; kill <= kills; kill++) {
    const after = count() + 100 + Math.floor(chance() * 900);
    await eventually(() => (count() >= after ? true : null));
    assert.equal(await program.kill("SIGKILL"), "SIGKILL");
    for (const ledger of ledgers) ledger.phase = kill;
    await program.start();
  }
  await load.stop();

  const unanswered = [...load.published.values()].filter(({ outcome, key }) => outcome !== "acknowledged" && key !== null);
  const answered = load.acknowledged.filter(({ key }) => key !== null).slice(-50);
  const events = answered.map(({ event }) => event);
  await load.repeat([...unanswered, ...answered]);
  assert.deepEqual(
    answered.map(({ event }) => event),
    events,
  );
  assert.deepEqual(
    unanswered.filter(({ outcome }) => outcome !== "acknowledged"),
    [],
  );

  await everythingArrived(load.acknowledged, receivers);
  await everythingRecorded(program);
  assertOneIdEach(ledgers);
  assertNothingElse(load.published, receivers);
  assertAllSigned(ledgers);
  assertAttemptsNeverDecrease(ledgers);
  const repeated = ledgers.flatMap((ledger) => ledger.repeated);
  const perKill = Array.from({ length: kills }, (_, phase) => repeated.filter((entry) => entry.phase === phase).length);
  t.diagnostic(
    `${load.acknowledged.length} acknowledged, ${count()} requests; answered with a 2xx and repeated, by kill: ${perKill.join(", ")}`,
  );
  const withoutKill = repeated.filter((entry) => entry.phase === kills);
  assert.deepEqual(withoutKill, []);
  assert.deepEqual(
    perKill.filter((each) => each > repeatedPerKillMax),
    [],
  );
});

test("a retry planned after a quiet time is made although the program is killed before", async (t) => {
  const program = await makeProgram(t);
  await program.start();
  const ledger = await makeLedger(t);
  const policy = { waits_s: [4, 4] };
  const app = await program.makeApp("w", [{ url: `${ledger.url}/one`, topics: [ticket], policy }]);
  ledger.secret = app.secret;
  ledger.answer = ({ attempts }) => ({ status: attempts === 1 ? 500 : 200 });
  await pause(quietMs);
  const load = new Load(program, "ext:w", [ticket]);
  await load.publish(1);
  await eventually(async () => ((await program.countNotifications({ status: "retrying" })) === 1 ? true : null));
  assert.equal(await program.kill("SIGKILL"), "SIGKILL");
  await program.start();
  await everythingArrived(load.acknowledged, [{ ledger, path: "/one", topics: [ticket] }]);
  assert.deepEqual(
    ledger.entries.map(({ attempts, answered }) => [attempts, answered]),
    [
      [1, 500],
      [2, 200],
    ],
  );
});
