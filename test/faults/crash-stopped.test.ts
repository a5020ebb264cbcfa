// A process that does nothing for a while and then goes on, as one in a suspended machine: meanwhile it lost its sessions with the
// database, and another one has done its work. When that one leaves, it owns everything again. And one that is told twice to stop.
import assert from "node:assert/strict";
import test, { describe } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { readRunning } from "../../server/src/instance.ts";
import { eventually } from "../eventually.ts";
import { startLane } from "./crash-lane.ts";
import type { Lane } from "./crash-lane.ts";
import { assertPromises, bookAtCrash } from "./crash-promises.ts";
import { setScene } from "./crash-scene.ts";

const longerThanLeaseMs = 13_000;
const shorterThanLeaseMs = 1_500;
/** Signals further apart are two. */
const secondSignalMs = 1_200;
const expected = { mayRepeat: true, ends: [], replayed: false };

/** As a failover would, or an operator: its connections are gone, though it cannot notice. */
async function endSessions(lane: Lane): Promise<void> {
  if (lane.restarts) return lane.restartDatabase();
  await lane.ask("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'bellhop %'");
}

async function stopAndGoOn(t: TestContext, stoppedMs: number, restarts: boolean): Promise<void> {
  const lane = await startLane(t);
  lane.restarts = restarts;
  const scene = await setScene(t, lane);
  scene.answer = () => "never";
  await scene.publishMany(20);
  await scene.underWay(16);
  const { pid } = readRunning(lane.program.dataDir) as { pid: number };
  process.kill(pid, "SIGSTOP");
  const untilMs = performance.now() + stoppedMs;
  scene.release(200);
  const atStop = await bookAtCrash(scene);
  scene.phase = 1;
  scene.answer = () => ({ status: 200 });
  await endSessions(lane);
  const other = await lane.second();
  await other.program.start();
  await scene.stepped(40);
  await pause(Math.max(0, untilMs - performance.now()));

  const before = scene.entries.length;
  process.kill(pid, "SIGCONT");
  await eventually(() => scene.repeat().then(() => true));
  assert.equal((await lane.program.call("GET", "/readyz")).status, 503, "it believes that it delivers");
  assert.equal(scene.entries.length, before, "it sent what another process had done");
  await scene.publish(8);
  await scene.stepped(56);
  assert.deepEqual(await steppedBy(lane, 1), [], "a process that was declared dead wrote to the log");

  await other.program.must("POST", `${scene.route()}/pause`, {});
  await other.program.kill("SIGTERM");
  await eventually(async () => ((await lane.program.call("GET", "/readyz")).status === 200 ? true : null));
  const sent = scene.plain.entries.length;
  await scene.publish(8);
  await scene.stepped(72);
  assert.equal(scene.plain.entries.length, sent, "it does not know what another process was told");
  await scene.setLive("send");
  await assertPromises(scene, atStop, expected);
}

/** What the `nth` last owner wrote to the log. */
function steppedBy(lane: Lane, nth: number): Promise<unknown[]> {
  return lane.ask("select notification from log where node = (select epoch from node order by epoch desc offset $1 limit 1)", [nth]);
}

describe("a process that stands still", { concurrency: true }, () => {
  test("goes on after its lease, and leaves alone what another one has done", (t) => stopAndGoOn(t, longerThanLeaseMs, false));
  test("goes on after its lease with a database that was restarted", (t) => stopAndGoOn(t, longerThanLeaseMs, true));
  test("goes on within its lease, and asks before it sends", (t) => stopAndGoOn(t, shorterThanLeaseMs, false));
});

test("told twice to stop, it ends at once, and the next process makes again what was under way", async (t) => {
  const lane = await startLane(t);
  const scene = await setScene(t, lane);
  scene.answer = () => "never";
  await scene.publish(8);
  await scene.underWay(8);
  const ended = lane.program.kill("SIGTERM");
  await pause(secondSignalMs);
  void lane.program.kill("SIGTERM");
  assert.equal(await ended, "1");
  const atStop = await bookAtCrash(scene);
  scene.phase = 1;
  scene.answer = () => ({ status: 200 });
  await lane.program.start();
  await scene.repeat();
  await assertPromises(scene, atStop, expected);
});
