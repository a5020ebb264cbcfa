// A receiver that does not answer for so long that what waits for it is held on disk. It takes half a minute of real time,
// because that is how long the program waits before it holds.
import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import { makeProgram } from "../program.ts";
import { Load } from "./load.ts";
import { assertAllSigned, assertAttemptsNeverDecrease, assertOneIdEach, everythingArrived } from "./promises.ts";
import type { Receiver } from "./promises.ts";

const ticket = "ticket.created";
const inFlight = 2;
const events = 300;
const heldWithinMs = 90_000;
/** Longer than from one checkpoint to the next. */
const quietMs = 6_000;

test("what waits for a receiver for long is held, survives kills, and arrives once when the receiver is back", async (t) => {
  const program = await makeProgram(t);
  await program.start();
  const ledger = await makeLedger(t);
  ledger.answer = () => "never";
  const settings = { topics: [ticket], timeout_ms: 30_000, max_in_flight: inFlight, policy: { waits_s: [1, 1, 1, 1, 1, 1, 1, 1] } };
  const app = await program.makeApp("w", [{ url: `${ledger.url}/away`, ...settings }]);
  ledger.secret = app.secret;
  const [subscription] = app.subscriptions as [string];
  const receivers: Receiver[] = [{ ledger, path: "/away", topics: [ticket] }];
  const load = new Load(program, "ext:w", [ticket]);
  await load.publish(events);

  // Those that were sent are open, the others go to disk.
  await eventually(
    async () => ((await program.countNotifications({ subscription, status: "held" })) === events - inFlight ? true : null),
    heldWithinMs,
  );
  assert.equal(await program.kill("SIGKILL"), "SIGKILL");
  assert.deepEqual(ledger.successes, []);
  await program.start();
  await eventually(() => (ledger.open.length >= inFlight ? true : null));
  assert.ok((await program.countNotifications({ subscription, status: "held" })) >= events - 2 * inFlight);

  // What was read back into memory is still owed, whatever is stored about how far the holds were followed.
  await pause(quietMs);
  assert.equal(await program.kill("SIGKILL"), "SIGKILL");
  assert.deepEqual(ledger.successes, []);
  await program.start();

  // It comes back, not quite well: every fourth is answered with 500 at first.
  ledger.answer = ({ object, attempts }) => ({ status: attempts === 1 && Number(object.slice(1)) % 4 === 0 ? 500 : 200, afterMs: 5 });
  ledger.release(503);
  await eventually(() => (ledger.successes.length >= events / 3 ? true : null));
  const before = ledger.successes.length;
  assert.equal(await program.kill("SIGKILL"), "SIGKILL");
  assert.ok(before < events, "it was killed too late to say anything about holds that are being sent");
  await program.start();
  await everythingArrived(load.acknowledged, receivers);
  assertOneIdEach([ledger]);
  assertAllSigned([ledger]);
  assertAttemptsNeverDecrease([ledger]);
  await eventually(async () => ((await program.countNotifications({ subscription, status: "delivered" })) === events ? true : null));
  assert.equal(await program.countNotifications({ subscription, status: "held" }), 0);
});
