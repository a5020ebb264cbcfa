// Each reason for which a notification ends undelivered, and each cause for which one is held, through the door: somebody
// does something, or an endpoint does, and the notification says so. The lists of the contract are walked: a reason that
// nothing brings about is a mistake.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import type { Notification } from "@bellhop/contract/notifications";
import { ended, held } from "@bellhop/contract/reasons";
import type { EndedReason, HeldCause } from "@bellhop/contract/reasons";
import { eventually } from "./eventually.ts";
import { answers, startReceiver } from "./hostile/receiver.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram, Wanted } from "./in-process.ts";

const topic = "ticket.created";
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Nothing erases content yet. */
const notYet: readonly EndedReason[] = ["erased"];

type Given = Omit<Partial<Wanted>, "topics"> & { readonly status?: 200 | 410 | 429 | 503 };

class Actor {
  readonly program: TestProgram;
  readonly installed: Installed;
  readonly path: string;

  constructor(program: TestProgram, installed: Installed) {
    this.program = program;
    this.installed = installed;
    this.path = `/v1/apps/${installed.app}/subscriptions/${installed.subscription}`;
  }

  static async make(program: TestProgram, { status = 200, ...wanted }: Given = {}): Promise<Actor> {
    const installed = await program.makeInstalled({ topics: [topic], ...wanted });
    installed.inbox.behave(null, status);
    return new Actor(program, installed);
  }

  async publish(more: object = {}): Promise<string> {
    const { id } = await this.program.publish({ workspace_id: this.installed.workspace, topic, item: { id: "5" }, ...more });
    return this.program.notificationOf(id);
  }

  do(action: "pause" | "set-live", body: object = {}): Promise<unknown> {
    return this.program.must("POST", `${this.path}/${action}`, body);
  }

  async attempted(id: string): Promise<string> {
    await until(this.program, id, ({ attempts }) => attempts > 0);
    return id;
  }
}

async function until(program: TestProgram, id: string, holds: (notification: Notification) => boolean): Promise<Notification> {
  return eventually(async () => {
    const found = await program.must<Notification>("GET", `/v1/notifications/${id}`);
    return holds(found) ? found : null;
  });
}

const endsAs = (program: TestProgram, id: string, reason: EndedReason): Promise<Notification> =>
  until(program, id, (found) => found.reason === reason && ["failed", "dropped", "canceled"].includes(found.status));

const wasHeld = (program: TestProgram, id: string, cause: HeldCause): Promise<Notification> =>
  until(program, id, ({ timeline }) => timeline.some(({ kind, reason }) => kind === "held" && reason === cause));

type Scenario = (program: TestProgram) => Promise<string>;

const waitsForRetry = async (program: TestProgram): Promise<{ actor: Actor; id: string }> => {
  const actor = await Actor.make(program, { status: 503 });
  return { actor, id: await actor.attempted(await actor.publish()) };
};

const atOnce: Partial<Record<EndedReason, Scenario>> = {
  gone: async (program) => (await Actor.make(program, { status: 410 })).publish(),
  canceled: async (program) => {
    const { id } = await waitsForRetry(program);
    await program.must("POST", `/v1/notifications/${id}/cancel`);
    return id;
  },
  uninstalled: async (program) => {
    const { actor, id } = await waitsForRetry(program);
    await program.must("DELETE", `/v1/apps/${actor.installed.app}/installations/${actor.installed.workspace}`);
    return id;
  },
  permission_removed: async (program) => {
    const { actor, id } = await waitsForRetry(program);
    await program.must("PATCH", `/v1/apps/${actor.installed.app}`, { permissions: [] });
    return id;
  },
  subscription_deleted: async (program) => {
    const { actor, id } = await waitsForRetry(program);
    await program.must("DELETE", actor.path);
    return id;
  },
  subscription_off: async (program) => {
    const { actor, id } = await waitsForRetry(program);
    await program.must("PATCH", actor.path, { topics_off: [topic] });
    return id;
  },
  subscription_disabled: async (program) => {
    const { actor, id } = await waitsForRetry(program);
    actor.installed.inbox.behave(null, 410);
    await actor.publish();
    return id;
  },
  discarded: async (program) => {
    const actor = await Actor.make(program);
    await actor.do("pause");
    const id = await actor.publish();
    await wasHeld(program, id, "paused");
    await actor.do("set-live", { held: "discard" });
    return id;
  },
  dropped_while_paused: async (program) => {
    const actor = await Actor.make(program, { settings: { policy: "intercom" } });
    await actor.do("pause");
    return actor.publish();
  },
  quarantined: async (program) => {
    await onDatabase(program, "alter table log add constraint no_teapots check (status is distinct from 418)");
    const teapot = await startReceiver(answers(418));
    const id = await (await Actor.make(program, { url: teapot.url })).publish();
    await endsAs(program, id, "quarantined");
    await teapot.close();
    return id;
  },
};

/** Two failed attempts more at least: however slowly the endpoint is asked by now, a minute is enough for one. */
async function failTwice(actor: Actor): Promise<void> {
  const before = actor.installed.inbox.received.length;
  await actor.publish();
  await actor.publish();
  await eventually(async () => {
    if (actor.installed.inbox.received.length >= before + 2) return true;
    await actor.program.advance(10_000);
    return null;
  });
}

async function onDatabase(program: TestProgram, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}

test("every reason to end is brought about by something that happens", async (t) => {
  const program = await startTestProgram(t, { virtual: true });
  const reached = new Set<EndedReason>();
  const reach = async (reason: EndedReason, id: string): Promise<void> => {
    const { cause } = await endsAs(program, id, reason);
    assert.equal(cause.sentence.startsWith(ended[reason].sentence), true, cause.sentence);
    reached.add(reason);
  };
  for (const [reason, scenario] of Object.entries(atOnce)) await reach(reason as EndedReason, await scenario(program));

  const [exhausted, throttled, forgotten, again, failing] = [
    await Actor.make(program, { settings: { policy: { waits_s: [1] } }, status: 503 }),
    await Actor.make(program, { settings: { policy: "intercom" }, status: 429 }),
    await Actor.make(program),
    await Actor.make(program, { settings: { policy: { waits_s: [172_800] } }, status: 503 }),
    await Actor.make(program, { settings: { policy: "intercom" }, status: 503 }),
  ];
  await forgotten.do("pause");
  const ids = { exhausted: await exhausted.publish(), throttled: await throttled.publish(), again: await again.publish() };
  const paused = await forgotten.publish();
  await exhausted.attempted(ids.exhausted);
  await throttled.attempted(ids.throttled);
  await program.advance(2_000);
  await reach("attempts_exhausted", ids.exhausted);
  await program.advance(2 * hourMs);
  await reach("throttled_too_long", ids.throttled);
  for (let day = 0; day < 12; day++) {
    if (day < 7) await failTwice(failing);
    await program.advance(dayMs);
  }
  await reach("held_too_long", paused);
  await eventually(async () => ((await program.must("GET", failing.path))["state"] === "suspended" ? true : null));
  await reach("suspended", await failing.publish());
  await until(program, ids.again, ({ status }) => status === "failed");
  await program.must("POST", `/v1/notifications/${ids.again}/replay`);
  await reach("expired", ids.again);

  assert.deepEqual([...reached, ...notYet].toSorted(), Object.keys(ended).toSorted());
  assert.ok(program.nowMs > Date.now() + 12 * dayMs);
});

const causes: Record<HeldCause, (program: TestProgram) => Promise<string>> = {
  backlog: async (program) => {
    const actor = await Actor.make(program, { settings: { max_in_flight: 1 } });
    actor.installed.inbox.behave(null, "never");
    await actor.publish();
    const id = await actor.publish();
    await program.advance(30_000);
    return id;
  },
  replay: async (program) => {
    const actor = await Actor.make(program);
    const id = await actor.attempted(await actor.publish());
    await program.must("POST", `/v1/notifications/${id}/replay`);
    return id;
  },
  paused: async (program) => {
    const actor = await Actor.make(program);
    await actor.do("pause");
    return actor.publish();
  },
  throttled: async (program) => {
    const actor = await Actor.make(program, { status: 429 });
    await actor.attempted(await actor.publish());
    return actor.publish();
  },
  backing_off: async (program) => {
    const actor = await Actor.make(program, { status: 503, settings: { policy: { waits_s: [3_600] } } });
    for (let failures = 0; failures < 16; failures++) {
      await actor.attempted(await actor.publish());
      await program.advance(61_000);
    }
    const last = await actor.attempted(await actor.publish());
    assert.equal((await program.must<Notification>("GET", `/v1/notifications/${last}`)).status, "retrying");
    return actor.publish();
  },
  order: async (program) => {
    const actor = await Actor.make(program, { status: 503, settings: { ordered: true } });
    await actor.attempted(await actor.publish({ ordering_key: "a" }));
    const id = await actor.publish({ ordering_key: "a" });
    await program.advance(26_000);
    return id;
  },
  brake: async (program) => {
    const actor = await Actor.make(program);
    const until = new Date(program.nowMs + hourMs).toISOString();
    await program.must("POST", "/v1/brakes", { subscription: actor.installed.subscription, until, reason: "a test" });
    return actor.publish();
  },
  suspended: async (program) => {
    const actor = await Actor.make(program, { status: 503, settings: { policy: { waits_s: [60] } } });
    for (let day = 0; day < 7; day++) {
      await failTwice(actor);
      await program.advance(dayMs);
    }
    await eventually(async () => ((await program.must("GET", actor.path))["state"] === "suspended" ? true : null));
    return actor.publish();
  },
};

test("every cause of a hold is brought about by something that happens", async (t) => {
  const program = await startTestProgram(t, { virtual: true });
  for (const [cause, make] of Object.entries(causes)) await wasHeld(program, await make(program), cause as HeldCause);
  assert.deepEqual(Object.keys(causes).toSorted(), Object.keys(held).toSorted());
});
