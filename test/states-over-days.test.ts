// The states of a subscription over days and over restarts, from outside, in virtual time.
import assert from "node:assert/strict";
import test, { describe } from "node:test";
import type { NotificationEntry } from "@bellhop/contract/notifications";
import type { StateChange } from "@bellhop/contract/subscriptions";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import { watch } from "./watched.ts";
import type { Watched } from "./watched.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const told = ({ state, cause, warning_day: day }: StateChange): unknown[] => (day === null ? [state, cause] : [state, cause, day]);
const history = async (watched: Watched): Promise<unknown[]> => (await watched.states()).map(told).toReversed();

describe("a subscription's state over days", { concurrency: true }, () => {
  test("a private app's subscription that fails for a week is warned of thrice and suspended; a public one's is warned only", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const own = { waits_s: [40 * 3_600, 40 * 3_600] };
    const durable = await watch(t, program, { settings: { policy: own } });
    const drop = await watch(t, program, { settings: { policy: { ...own, pause: "drop" } } });
    const open = await watch(t, program, { settings: { policy: own }, app: { visibility: "public" } });
    const all = [durable, drop, open];
    for (const each of all) {
      each.status = 503;
      await each.publish(12);
      await each.requested(10);
    }
    for (let day = 1; day <= 6; day++) {
      for (const each of all) await each.publish(1);
      const before = all.map((each) => each.arrivals.length);
      await program.advance(dayMs);
      for (const [index, each] of all.entries()) await each.requested((before[index] as number) + 1);
    }
    for (const each of all) {
      const { failing } = await eventually(async () => {
        const seen = await each.show();
        return seen.failing?.warned_day === 5 ? seen : null;
      });
      assert.ok((failing?.attempts ?? 0) >= 10);
    }
    const before = open.arrivals.length;
    await program.advance(dayMs + hourMs);
    const warned = [
      ["live", null],
      ["live", "still_failing", 1],
      ["live", "still_failing", 3],
      ["live", "still_failing", 5],
    ];
    for (const each of [durable, drop]) {
      await each.entered("suspended", "failing_for_a_week");
      assert.deepEqual(await history(each), [...warned, ["suspended", "failing_for_a_week"]]);
    }
    await open.requested(before + 1);
    assert.deepEqual(await history(open), warned);
    for (const each of [durable, drop]) await each.publish(2);
    await eventually(async () => {
      assert.deepEqual([((await durable.fates())["held suspended"] ?? 0) >= 2, (await durable.log("waiting")).length], [true, 0]);
      const { "failed suspended": failed = 0, "dropped suspended": dropped = 0 } = await drop.fates();
      assert.deepEqual([dropped >= 2, failed > 0, (await statuses(drop)).sort()], [true, true, ["dropped", "failed"]]);
      return true;
    });
    for (const each of [durable, drop]) {
      const refused = await program.call("POST", `${each.path}/pause`, {});
      assert.equal(refused.status, 409, "a pause is no way out");
      each.status = 200;
      await each.setLive("send");
      await each.publish(1);
      await each.entered("live", "set_live");
    }
    await eventually(async () => ((await durable.log("delivered")).length >= 3 ? true : null));
    await eventually(async () => ((await drop.log("delivered")).length === 1 ? true : null));
    await eventually(async () => ((await durable.show()).failing === null ? true : null));
  });

  test("pings, tests and replays by hand count neither way", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const untroubled = await watch(t, program);
    const failing = await watch(t, program, { settings: { policy: { waits_s: [40 * 3_600] } } });
    for (const each of [untroubled, failing]) await each.publish(1);
    for (const each of [untroubled, failing]) await each.become({ delivered: 1 });
    /** Each is over before the next. */
    const replayAndTest = async (watched: Watched, rounds: number): Promise<void> => {
      const [{ id }] = (await watched.log("delivered")) as [NotificationEntry];
      for (let round = 0; round < rounds; round++) {
        const { attempts } = await program.must<{ attempts: number }>("GET", `/v1/notifications/${id}`);
        await program.must("POST", `/v1/notifications/${id}/replay`);
        await program.must("POST", `${watched.path}/test`, {});
        await eventually(async () => ((await program.must("GET", `/v1/notifications/${id}`))["attempts"] === attempts + 1 ? true : null));
      }
    };
    failing.always.set("1", 200);
    for (const each of [untroubled, failing]) each.status = 503;
    // Too few to be backed off from: replays would wait their turn.
    await failing.publish(4);
    await failing.requested(5);
    for (const pingStatus of [410, 429, 503]) {
      untroubled.pingStatus = pingStatus;
      await replayAndTest(untroubled, 8);
      await replayAndTest(failing, 1);
      await program.advance(dayMs);
    }
    const { state, failing: failures, backing_off_until: backingOff } = await untroubled.show();
    assert.deepEqual([state, failures, backingOff, untroubled.pings], ["live", null, null, 24], "not even for 410 to a ping");
    await eventually(async () => {
      assert.deepEqual(await history(failing), [
        ["live", null],
        ["live", "still_failing", 1],
        ["live", "still_failing", 3],
      ]);
      return true;
    });
    assert.deepEqual(await history(untroubled), [["live", null]]);
  });

  test("410 disables, and nothing is made until somebody sets it live; no topic on switches it off", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const watched = await watch(t, program, { settings: { policy: "intercom" } });
    watched.status = 410;
    await watched.publish(1);
    await watched.entered("disabled", "gone");
    await watched.become({ "failed gone": 1 });
    await program.advance(30 * dayMs);
    assert.deepEqual(await watched.skipped(), { subscription_disabled: 1 });
    assert.equal((await program.call("POST", `${watched.path}/pause`, {})).status, 409);
    watched.status = 200;
    await watched.setLive("send");
    await watched.publish(1);
    await eventually(async () => ((await watched.log("delivered")).length === 1 ? true : null));
    const change = (topicsOff: string[]) => program.must("PATCH", `${watched.path}?verify=false`, { topics_off: topicsOff });
    await change(["ticket.created"]);
    assert.deepEqual([(await watched.show()).state, (await watched.show()).state_cause], ["off", "no_topic_on"]);
    assert.deepEqual(await watched.skipped(), { subscription_off: 1 });
    assert.equal((await program.call("POST", `${watched.path}/set-live`, { held: "send" })).status, 409);
    await change([]);
    await watched.publish(1);
    await eventually(async () => ((await watched.log("delivered")).length === 2 ? true : null));
    assert.deepEqual(await history(watched), [
      ["live", null],
      ["disabled", "gone"],
      ["live", "set_live"],
      ["off", "no_topic_on"],
      ["live", "set_live"],
    ]);
  });

  test("states, what is held, and failures counted so far survive a restart", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const own = { settings: { policy: { waits_s: [6_000], pause: "drop" } } };
    const [byHand, until, throttled, disabled, failing] = [
      await watch(t, program, own),
      await watch(t, program, own),
      await watch(t, program, own),
      await watch(t, program, own),
      await watch(t, program),
    ];
    const all = [byHand, until, throttled, disabled, failing];
    for (const each of [byHand, until]) {
      each.status = 503;
      await each.publish(3);
      await each.become({ "retrying status": 3 });
      each.status = 200;
    }
    await byHand.pause();
    await until.pause(new Date(program.nowMs + 6 * hourMs).toISOString());
    throttled.status = 429;
    throttled.retryAfterS = 3_600;
    disabled.status = 410;
    failing.status = 503;
    await throttled.publish(1);
    await throttled.entered("throttled");
    await throttled.publish(2);
    await disabled.publish(1);
    await disabled.entered("disabled");
    await failing.publish(30);
    await failing.requested(11);
    await program.advance(hourMs - minuteMs);
    await failing.requested(12);
    for (const each of [byHand, until]) await each.become({ "retrying status": 3 });
    await throttled.become({ "retrying throttled": 1, "held throttled": 2 });

    await program.stop();
    const before = all.map((each) => each.arrivals.length);
    await program.start();
    const seen = await Promise.all(all.map(async (each) => [(await each.show()).state, (await each.show()).state_cause]));
    assert.deepEqual(seen, [
      ["paused", "by_hand"],
      ["paused", "by_hand"],
      ["throttled", "throttled"],
      ["disabled", "gone"],
      ["live", null],
    ]);
    await byHand.publish(1);
    await byHand.become({ "retrying status": 3, "dropped dropped_while_paused": 1 });
    assert.deepEqual(await disabled.skipped(), { subscription_disabled: 1 });
    throttled.status = 200;
    await program.advance(2 * minuteMs);
    await throttled.become({ delivered: 3 });
    await program.advance(2 * hourMs);
    for (const each of [byHand, until]) await eventually(async () => ((await each.fates())["held paused"] === 3 ? true : null));
    assert.deepEqual([byHand.arrivals.length, until.arrivals.length], before.slice(0, 2), "retries that fall due are held");
    await program.advance(3 * hourMs);
    await until.become({ delivered: 3 });
    await until.entered("live", "resumed");
    await byHand.entered("paused", "by_hand");
    await byHand.setLive("send");
    await byHand.become({ delivered: 3, "dropped dropped_while_paused": 1 });
  });

  test("what failed before a restart counts after it", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const watched = await watch(t, program);
    watched.status = 503;
    await watched.publish(40);
    await watched.requested(12);
    await program.stop();
    const failures = watched.arrivals.length;
    await program.start();
    const { failing, backing_off_until: backingOff } = await watched.show();
    assert.equal(failing?.attempts, failures);
    assert.ok(backingOff !== null, "it is backed off from");
    await program.advance(14 * minuteMs);
    for (let steps = 0; steps < 10 && (await watched.show()).state === "live"; steps++) {
      const before: number = watched.arrivals.length;
      await program.advance(minuteMs + secondMs);
      await eventually(async () => (watched.arrivals.length > before || (await watched.show()).state === "paused" ? true : null));
    }
    await watched.entered("paused", "nothing_but_failures");
    assert.ok(watched.arrivals.length - failures < 12, "fewer than a pause needs came after the restart");
    assert.equal((await watched.show()).failing?.since, failing?.since);
  });
});

async function statuses(watched: Watched): Promise<string[]> {
  return [...new Set((await watched.log()).map(({ status }) => status))];
}
