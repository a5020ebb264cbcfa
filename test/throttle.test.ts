// 429 from outside, in virtual time: one throttle for a whole subscription, one probe, and how long each policy bears it.
import assert from "node:assert/strict";
import test, { describe } from "node:test";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import { watch } from "./watched.ts";
import type { Watched } from "./watched.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Throttled for so many seconds from the newest request on. */
async function throttledFor(watched: Watched, seconds: number): Promise<void> {
  await eventually(async () => {
    const { state, state_cause, state_until } = await watched.show();
    const { atMs = 0 } = watched.arrivals.at(-1) ?? {};
    assert.deepEqual([state, state_cause], ["throttled", "throttled"]);
    const waitS = (Date.parse(state_until ?? "") - atMs) / secondMs;
    assert.ok(waitS >= seconds - 0.1 && waitS < seconds + 5, `${waitS} s`);
    return true;
  });
}

describe("429", { concurrency: true }, () => {
  test("makes the whole subscription wait; one request probes, only its 429 doubles; the first success lets everything flow", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const watched = await watch(t, program);
    watched.status = "never";
    await watched.publish(20);
    await watched.requested(8);
    watched.ledger.release(429);
    await throttledFor(watched, 60);
    await watched.publish(5);
    await watched.become({ "retrying throttled": 8, "held throttled": 17 });
    assert.equal(watched.arrivals.length, 8, "nothing is sent meanwhile");

    for (const [wait, next] of [
      [60, 120],
      [120, 240],
    ] as const) {
      const before: number = watched.arrivals.length;
      await program.advance(wait * secondMs);
      await watched.requested(before + 1);
      assert.deepEqual([watched.ledger.open.length, watched.arrivals.at(-1)?.open], [1, 1], "one probes");
      watched.ledger.release(429);
      await throttledFor(watched, next);
      assert.equal(watched.arrivals.length, before + 1);
    }
    watched.status = 429;
    watched.retryAfterS = 600;
    await program.advance(240 * secondMs);
    await watched.requested(11);
    await throttledFor(watched, 600);
    watched.status = 200;
    await program.advance(600 * secondMs);
    await watched.become({ delivered: 25 });
    assert.deepEqual(
      (await watched.states()).map(({ state, cause }) => [state, cause]),
      [
        ["live", "recovered"],
        ["throttled", "throttled"],
        ["live", null],
      ],
      "one throttle is one episode, however often it was lengthened",
    );
  });

  test("does not use up the policy, but counts as an attempt", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const watched = await watch(t, program, { settings: { policy: { waits_s: [1] } } });
    watched.first = [429, 429, 503];
    watched.status = 503;
    watched.retryAfterS = 1;
    await watched.publish(1);
    await watched.become({ "failed attempts_exhausted": 1 });
    const [only] = await watched.log();
    assert.equal(only?.attempts, 4);
    assert.deepEqual(
      watched.arrivals.map(({ entry }) => entry.attempts),
      [1, 2, 3, 4],
    );
  });

  test("is borne for two hours by policies that drop, and for three days and three hours by those that hold", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const policies = ["intercom", { waits_s: [60], pause: "drop" }, "durable", { waits_s: [60], pause: "hold" }];
    const watched: Watched[] = [];
    for (const policy of policies) watched.push(await watch(t, program, { settings: { policy } }));
    const [intercom, drop, durable, hold] = watched as [Watched, Watched, Watched, Watched];
    for (const each of watched) {
      each.status = 429;
      each.retryAfterS = 2 * 3_600;
      await each.publish(3);
      await each.requested(1);
      await each.entered("throttled");
      await each.publish(2);
    }
    const throttled = (requested: number) => ({ "retrying throttled": requested, "held throttled": 5 - requested });
    const requested = watched.map((each) => each.arrivals.length);
    for (const [index, each] of watched.entries()) await each.become(throttled(requested[index] as number));
    await program.advance(hourMs);
    for (const [index, each] of watched.entries()) await each.become(throttled(requested[index] as number));
    await program.advance(hourMs + minuteMs);
    for (const each of [intercom, drop]) await endedThrottled(each, 5);
    for (const each of [durable, hold]) assert.equal((await each.log("failed")).length, 0);
    await program.advance(70 * hourMs);
    for (const each of [durable, hold]) await each.requested(4);
    assert.equal((await durable.log("failed")).length + (await hold.log("dropped")).length, 0);
    await program.advance(5 * hourMs);
    for (const each of [durable, hold]) await endedThrottled(each, 5);
    intercom.status = 200;
    await program.advance(2 * hourMs);
    await intercom.publish(1);
    await eventually(async () => ((await intercom.log("delivered")).length === 1 ? true : null));
    await intercom.entered("live", "recovered");
  });
});

/** Those for which a request was made have failed, the others were dropped. */
async function endedThrottled(watched: Watched, count: number): Promise<void> {
  await eventually(async () => {
    const fates = await watched.fates();
    const { "failed throttled_too_long": failed = 0, "dropped throttled_too_long": dropped = 0, ...others } = fates;
    assert.deepEqual([failed + dropped, others], [count, {}]);
    return true;
  });
}
