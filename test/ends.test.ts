// Ends that nobody waits for, from outside: what a change ends is shown as ended at once, wherever it waits; and what lasts too
// long ends by itself, in virtual time.
import assert from "node:assert/strict";
import test, { describe } from "node:test";
import type { NotificationEntry } from "@bellhop/contract/notifications";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";
import { watch } from "./watched.ts";
import type { Watched } from "./watched.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Two are tried again in an hour or so and far from memory, one within seconds, and four are held. */
async function waitEverywhere(program: TestProgram, watched: readonly Watched[]): Promise<void> {
  for (const each of watched) {
    each.status = 503;
    await each.publish(2);
    await each.become({ "retrying status": 2 });
  }
  await program.advance(59 * minuteMs + 45 * secondMs);
  for (const each of watched) {
    await each.publish(1);
    await each.become({ "retrying status": 3 });
    await each.pause();
    await each.publish(4);
    await each.become({ "retrying status": 3, "held paused": 4 });
  }
}

/** Before any step is written for them; and still so once it is. */
async function ended(watched: Watched, reason: string): Promise<void> {
  const expected = { [`failed ${reason}`]: 3, [`dropped ${reason}`]: 4 };
  assert.deepEqual(await watched.fates(), expected, "at once");
  await eventually(async () => {
    for (const { id } of await watched.log()) assert.equal(await watched.lastStep(id), "ended");
    return true;
  });
  assert.deepEqual(await watched.fates(), expected, "for good");
}

const waits = { settings: { policy: { waits_s: [4_500] } } };

describe("ends", { concurrency: true }, () => {
  test("what waits, is to be retried or held ends at once with what it was for, and is shown so", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const changes = {
      uninstalled: ({ installed: { app, workspace } }: Watched) => program.must("DELETE", `/v1/apps/${app}/installations/${workspace}`),
      permission_removed: ({ installed: { app } }: Watched) => program.must("PATCH", `/v1/apps/${app}`, { permissions: ["read_admins"] }),
      subscription_deleted: ({ path }: Watched) => program.must("DELETE", path),
      subscription_off: ({ path }: Watched) => program.must("PATCH", `${path}?verify=false`, { topics_off: ["ticket.created"] }),
    };
    const cases = await Promise.all(
      Object.entries(changes).map(async ([reason, change]) => ({ reason, change, watched: await watch(t, program, waits) })),
    );
    await waitEverywhere(
      program,
      cases.map(({ watched }) => watched),
    );
    for (const { reason, change, watched } of cases) {
      await change(watched);
      await ended(watched, reason);
    }
  });

  test("410 ends what waits and what is held", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const watched = await watch(t, program, waits);
    await waitEverywhere(program, [watched]);
    watched.status = 410;
    await watched.setLive("send");
    await watched.entered("disabled", "gone");
    await eventually(async () => {
      const {
        "failed gone": gone = 0,
        "failed subscription_disabled": failed = 0,
        "dropped subscription_disabled": dropped = 0,
        ...others
      } = await watched.fates();
      assert.deepEqual([gone >= 1, gone + failed + dropped, others], [true, 7, {}]);
      return true;
    });
    watched.status = 200;
    await watched.setLive("send");
    await watched.publish(1);
    await eventually(async () => ((await watched.log("delivered")).length === 1 ? true : null));
    await program.advance(2 * hourMs);
    assert.equal((await watched.log("failed")).length + (await watched.log("dropped")).length, 7, "none of them comes back");
  });

  test("what is held is discarded at once, however much it is, and what is made meanwhile flows", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const watched = await watch(t, program, waits);
    watched.status = 503;
    await watched.publish(2);
    await watched.become({ "retrying status": 2 });
    watched.status = 200;
    await watched.pause();
    await watched.publish(1_500);
    await program.advance(2 * hourMs);
    await watched.become({ "held paused": 1_502 });
    const live = await watched.setLive("discard");
    assert.deepEqual([live.state, live.state_cause, live.held?.count, live.held?.exact], ["live", "set_live", 1_502, true]);
    assert.equal((await watched.show()).held?.count, 0);
    assert.deepEqual(await watched.fates(), { "dropped discarded": 1_500, "failed discarded": 2 });
    await watched.publish(2);
    await watched.become({ delivered: 2, "dropped discarded": 1_500, "failed discarded": 2 });
    assert.equal(watched.arrivals.length, 4);
  });

  test("what is held seven days ends, however often it was held; nothing lives longer than twelve", async (t) => {
    const program = await startTestProgram(t, { virtual: true });
    const own = { settings: { policy: { waits_s: [48 * 3_600, 48 * 3_600] } } };
    const [held, expiring] = [await watch(t, program, own), await watch(t, program, own)];
    expiring.status = 503;
    await expiring.publish(1);
    await held.pause();
    await held.publish(3);
    await held.become({ "held paused": 3 });
    await program.advance(3 * dayMs);
    held.status = 503;
    await held.setLive("send");
    await held.requested(3);
    await held.become({ "retrying status": 3 });
    await held.pause();
    await held.publish(1);
    await program.advance(3 * dayMs + 22 * hourMs);
    await held.become({ "held paused": 4 });
    await program.advance(3 * hourMs);
    await held.become({ "failed held_too_long": 3, "held paused": 1 });

    await expiring.become({ "failed attempts_exhausted": 1 });
    const [{ id }] = (await expiring.log()) as [NotificationEntry];
    await program.advance(34 * hourMs);
    await program.must("POST", `/v1/notifications/${id}/replay`);
    await expiring.become({ "retrying status": 1 });
    await program.advance(60 * hourMs);
    await expiring.become({ "failed expired": 1 });
  });
});
