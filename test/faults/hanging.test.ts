// A receiver that takes requests and never answers, beside healthy ones. What is promised is about order, not time: the
// others have everything while the first requests to it are still open.
import assert from "node:assert/strict";
import test from "node:test";
import type { TestContext } from "node:test";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import type { Ledger } from "../ledger.ts";
import { makeProgram } from "../program.ts";
import type { Program } from "../program.ts";
import { Load } from "./load.ts";
import { assertAllSigned, assertEachRequestOnce, everythingArrived } from "./promises.ts";
import type { Receiver } from "./promises.ts";

const ticket = "ticket.created";
const contact = "contact.user.created";
const inFlightDefault = 8;
/** More than half of the 50,000 notifications that are kept in memory. */
const backlog = 26_000;
/** More than the 512 that stay in memory: some of these come back from disk. */
const backAgain = 3_000;
/** Shorter than what waits unsent is held for its age: what is held before then is held for want of room. */
const timeout_ms = 24_000;
const retrySoon = { waits_s: [1, 1, 1, 1, 1, 1, 1, 1] };

type Beside = { program: Program; load: Load; hanging: Ledger; healthy: Receiver[] };

/** One app whose only receiver hangs on tickets, another with two healthy ones, in one workspace. */
async function startBeside(t: TestContext, topics: readonly string[], healthyTopics: readonly string[]): Promise<Beside> {
  const program = await makeProgram(t);
  await program.start();
  const [hanging, well] = [await makeLedger(t), await makeLedger(t)];
  hanging.answer = () => "never";
  const stuck = await program.makeApp("w", [{ url: `${hanging.url}/never`, topics: [ticket], timeout_ms, policy: retrySoon }]);
  const fine = await program.makeApp(
    "w",
    ["/one", "/two"].map((path) => ({ url: well.url + path, topics: healthyTopics })),
  );
  [hanging.secret, well.secret] = [stuck.secret, fine.secret];
  const healthy = ["/one", "/two"].map((path): Receiver => ({ ledger: well, path, topics: healthyTopics }));
  return { program, load: new Load(program, "ext:w", topics), hanging, healthy };
}

function assertStillHanging({ entries, open }: Ledger): void {
  assert.equal(open.length, inFlightDefault, "it holds more or fewer places than its own");
  assert.deepEqual(entries, open, "its first requests are over: nothing was shown");
}

test("500 events reach the healthy receivers while the first requests to a hanging one are open", async (t) => {
  const { load, hanging, healthy } = await startBeside(t, [ticket], [ticket]);
  for (let published = 0; published < 500; published += 50) await load.publish(50);
  await everythingArrived(load.acknowledged, healthy);
  assertStillHanging(hanging);

  hanging.answer = () => ({ status: 200 });
  hanging.release(200);
  const ledgers = [hanging, ...new Set(healthy.map(({ ledger }) => ledger))];
  await everythingArrived(load.acknowledged, [{ ledger: hanging, path: "/never", topics: [ticket] }]);
  assertEachRequestOnce(ledgers);
  assertAllSigned(ledgers);
});

test("a backlog that fills half the memory is held for the hanging receiver alone", async (t) => {
  const { program, load, hanging, healthy } = await startBeside(t, [ticket], [contact]);
  for (let published = 0; published < backlog; published += 1_000) await load.publish(1_000);
  await eventually(async () => ((await program.countNotifications({ status: "held" }, 1)) > 0 ? true : null));
  load.topics = [contact];
  for (let published = 0; published < 500; published += 50) await load.publish(50);
  await everythingArrived(load.acknowledged, healthy);
  assertStillHanging(hanging);

  hanging.answer = () => ({ status: 200 });
  hanging.release(200);
  await eventually(() => (hanging.successes.length >= backAgain ? true : null), 60_000);
  assertEachRequestOnce([hanging]);
});
