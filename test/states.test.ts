// The states of a subscription from outside, in virtual time: each way in, what it does to what is new and what waits under
// each policy, each way out, and what its owner is told.
import assert from "node:assert/strict";
import test, { describe } from "node:test";
import type { TestContext } from "node:test";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram, Wanted } from "./in-process.ts";
import { watch } from "./watched.ts";
import type { Watched } from "./watched.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

const policies = {
  durable: "durable",
  intercom: "intercom",
  hold: { waits_s: [1_200, 1_200], pause: "hold" },
  drop: { waits_s: [1_200, 1_200], pause: "drop" },
} as const;

type Policy = keyof typeof policies;

const withPolicy = (t: TestContext, program: TestProgram, policy: Policy, more: Omit<Wanted, "topics"> = {}): Promise<Watched> =>
  watch(t, program, { settings: { policy: policies[policy] }, ...more });

/** Each gets another request, if it is live: the time is more than it is backed off from. */
async function failOnceMore(program: TestProgram, all: readonly Watched[], ms: number): Promise<void> {
  const before = all.map((each) => each.arrivals.length);
  await program.advance(ms);
  await Promise.all(
    all.map((each, index) =>
      eventually(async () => (each.arrivals.length > (before[index] as number) || (await each.show()).state !== "live" ? true : null)),
    ),
  );
}

const pausedMsMin = 15 * minuteMs;
const failuresMin = 20;

/** Published and failing, until each was paused for it. */
async function failUntilPaused(program: TestProgram, all: readonly Watched[]): Promise<void> {
  for (let steps = 0; steps < 17; steps++) {
    const states = await Promise.all(all.map(async (each) => (await each.show()).state));
    if (states.every((state) => state === "paused")) return;
    await failOnceMore(program, all, 100 * secondMs);
  }
}

const history = async (watched: Watched): Promise<[string, string | null][]> =>
  (await watched.states()).map(({ state, cause }) => [state, cause]);

describe("a subscription's state", { concurrency: true }, () => {
  test("a quarter of an hour with nothing but failures pauses; then one at a time goes out, until the first success", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const [durable, hold, drop] = [
      await withPolicy(t, program, "durable"),
      await withPolicy(t, program, "hold"),
      await withPolicy(t, program, "drop"),
    ];
    const all = [durable, hold, drop];
    for (const each of all) {
      each.status = 503;
      await each.publish(30);
    }
    await failUntilPaused(program, all);
    for (const each of all) {
      const { state_since, state_until, failing } = await each.entered("paused", "nothing_but_failures");
      assert.equal(Math.round((Date.parse(state_until ?? "") - Date.parse(state_since)) / secondMs), pausedMsMin / secondMs);
      assert.ok((failing?.attempts ?? 0) >= failuresMin);
      await each.publish(2);
    }
    const before = all.map((each) => each.arrivals.length);
    for (const each of [durable, hold]) await eventually(async () => ((await each.log("waiting")).length === 0 ? true : null));
    await eventually(async () => ((await drop.fates())["dropped dropped_while_paused"] === 2 ? true : null));
    await program.advance(10 * minuteMs);
    // The first retries have fallen due; under every policy they are held.
    for (const each of all) await eventually(async () => (((await each.fates())["held paused"] ?? 0) >= 3 ? true : null));
    assert.equal((await drop.log("dropped")).length, 2, "no others are dropped");
    assert.deepEqual(
      all.map((each) => each.arrivals.length),
      before,
    );

    for (const each of all) {
      each.first = [503, 503];
      each.status = 200;
    }
    await program.advance(6 * minuteMs);
    for (const each of all) await each.entered("live");
    for (const [index, each] of all.entries()) {
      await each.requested((before[index] as number) + 6);
      const after = each.arrivals.slice(before[index]);
      const untilSuccess = after.slice(0, 3);
      assert.deepEqual(
        untilSuccess.map(({ open }) => open),
        [1, 1, 1],
        "one at a time",
      );
      const [first, second, third] = untilSuccess.map(({ atMs }) => atMs) as [number, number, number];
      assert.ok(second - first >= secondMs && third - second >= 2 * secondMs, `${second - first} ms, ${third - second} ms`);
      assert.deepEqual((await history(each)).slice(0, 2), [
        ["live", "resumed"],
        ["paused", "nothing_but_failures"],
      ]);
    }
    await program.advance(hourMs);
    await durable.become({ delivered: 32 });
    await hold.become({ delivered: 32 });
    await drop.become({ delivered: 30, "dropped dropped_while_paused": 2 });
    for (const each of all) await eventually(async () => ((await each.show()).failing === null ? true : null));
  });

  test("more than a thousand failures in a row pause at once; what waited then is not dropped, what is made then is", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const watched = await withPolicy(t, program, "intercom");
    watched.status = 503;
    await watched.publish(1_010);
    await watched.entered("paused", "failures_in_a_row");
    await watched.publish(3);
    const failed = watched.arrivals.length;
    assert.ok(failed > 1_000 && failed <= 1_008, `${failed} requests`);
    await watched.become({ "retrying status": failed, "held paused": 1_010 - failed, "dropped dropped_while_paused": 3 });
    await program.advance(2 * minuteMs);
    await watched.become({ "held paused": 1_010, "dropped dropped_while_paused": 3 });
    assert.equal(watched.arrivals.length, failed);
    assert.deepEqual([(await watched.show()).held?.count, (await watched.show()).held?.exact], [1_010, true]);
    watched.first = [503, 503, 503, 503, 503];
    watched.status = 200;
    await program.advance(14 * minuteMs);
    await watched.requested(failed + 6);
    assert.ok(
      watched.arrivals.slice(failed, failed + 6).every(({ open }) => open === 1),
      "one at a time",
    );
    await program.advance(2 * minuteMs);
    await eventually(async () => {
      const {
        "failed attempts_exhausted": exhausted = 0,
        delivered = 0,
        "dropped dropped_while_paused": dropped,
        ...others
      } = await watched.fates();
      assert.deepEqual([exhausted + delivered, dropped, others], [1_010, 3, {}]);
      return true;
    });
  });
});
