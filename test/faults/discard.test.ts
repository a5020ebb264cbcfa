// Many held notifications end at once, by a word of a person: it counts immediately, the rows follow at a bounded rate, and
// nobody waits for them. `HELD=1000000` runs it with as many.
import assert from "node:assert/strict";
import test from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createTestDatabase } from "../database.ts";
import { eventually } from "../eventually.ts";
import { makeLedger } from "../ledger.ts";
import type { Ledger } from "../ledger.ts";
import { makeProgram } from "../program.ts";
import type { MadeApp, Program } from "../program.ts";
import { openHeldRows } from "./held-rows.ts";
import type { HeldRows } from "./held-rows.ts";

const ticket = "ticket.created";
const held = Number(process.env["HELD"] ?? 8_000);
/** Enough of the drain is over to be cut short in its middle. */
const drainedBeforeKill = 1_000;
/** 2,000 a second at most, and a machine that is busy with other tests. */
const drainedWithinMs = 30_000 + held * 2;
const freshBefore = 100;
const freshEveryMs = 15;

type Scene = { program: Program; ledger: Ledger; rows: HeldRows; app: MadeApp; paused: string; pausedPath: string; other: string };

/** A program with a paused subscription for which many are held, and another one that is live. */
async function prepare(t: TestContext): Promise<Scene> {
  const database = await createTestDatabase();
  const environment = { DATABASE_URL: database.url, BELLHOP_ALLOW_HTTP: "true", BELLHOP_ALLOW_NETWORKS: "127.0.0.0/8" };
  const program = await makeProgram(t, environment);
  t.after(() => database.drop());
  await program.start();
  const ledger = await makeLedger(t);
  const app = await program.makeApp(
    "w",
    ["/paused", "/other"].map((path) => ({ url: ledger.url + path, topics: [ticket] })),
  );
  ledger.secret = app.secret;
  const [paused, other] = app.subscriptions as [string, string];
  const pausedPath = `/v1/apps/${app.app}/subscriptions/${paused}`;
  await program.must("POST", `${pausedPath}/pause`, {});
  assert.equal(await program.kill("SIGTERM"), "0");
  const rows = await openHeldRows(t, database.url);
  await rows.insert(paused, "w", held);
  await program.start();
  return { program, ledger, rows, app, paused, pausedPath, other };
}

type Shown = { status: string; reason: string | null };

/** What is held is shown as ended for this reason, whether or not its last step is written. */
async function assertShownAsEnded({ program, rows, paused }: Scene, reason: string): Promise<void> {
  for (const id of await rows.some(paused)) {
    const shown = await program.must<Shown>("GET", `/v1/notifications/${id}`);
    assert.deepEqual([shown.status, shown.reason], ["dropped", reason]);
  }
  const list = (status: string): Promise<{ data: Shown[] }> =>
    program.must("GET", `/v1/notifications?subscription=${paused}&status=${status}&limit=50`);
  const { data } = await list("dropped");
  assert.deepEqual([...new Set(data.map((each) => each.reason))], [reason]);
  assert.deepEqual((await list("held")).data, []);
}

/** Publishes one by one; gives the milliseconds from each publish to its arrival at a path, sorted. */
class Fresh {
  readonly #program: Program;
  readonly #sentAtMs = new Map<string, number>();
  readonly tookMs: Record<string, number[]> = {};
  readonly #ledger: Ledger;

  constructor({ program, ledger }: Scene) {
    this.#program = program;
    this.#ledger = ledger;
    ledger.answer = ({ path, object }) => {
      const sentAtMs = this.#sentAtMs.get(object);
      if (sentAtMs !== undefined) (this.tookMs[path] ??= []).push(performance.now() - sentAtMs);
      return { status: 200 };
    };
  }

  async publish(name: string): Promise<void> {
    this.#sentAtMs.set(name, performance.now());
    await this.#program.must("POST", "/v1/events", { workspace_id: "ext:w", topic: ticket, item: { type: "ticket", id: name } });
    await pause(freshEveryMs);
  }

  /** Everything published has arrived there. */
  async arrived(path: string): Promise<void> {
    await eventually(() => {
      const arrived = new Set(this.#ledger.entries.filter((entry) => entry.path === path).map(({ object }) => object));
      assert.deepEqual(
        [...this.#sentAtMs.keys()].filter((name) => !arrived.has(name)),
        [],
      );
      return true;
    });
  }

  /** And begins anew. */
  take(path: string): string {
    const sorted = (this.tookMs[path] ?? []).toSorted((one, two) => one - two);
    this.tookMs[path] = [];
    const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? NaN).toFixed(0);
    return `${path}: ${sorted.length}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
  }
}

/** Publishes until nothing is left to be drained. */
async function publishWhileDraining(fresh: Fresh, { rows, paused }: Scene): Promise<void> {
  const untilMs = performance.now() + drainedWithinMs;
  for (let turn = 0; ; turn++) {
    await fresh.publish(`during-${turn}`);
    if (turn % 100 === 99 && !("held" in (await rows.ends(paused)))) return;
    assert.ok(performance.now() < untilMs, "it is not drained");
  }
}

test("what is discarded counts as ended at once and is drained beside fresh work", async (t) => {
  const scene = await prepare(t);
  const { program, rows, paused, pausedPath } = scene;
  const fresh = new Fresh(scene);
  for (let turn = 0; turn < freshBefore; turn++) await fresh.publish(`before-${turn}`);
  await fresh.arrived("/other");
  const all = held + freshBefore;
  await eventually(async () => ((await rows.ends(paused))["held"] === all ? true : null));
  t.diagnostic(`before: ${fresh.take("/other")}`);

  const askedAtMs = performance.now();
  const answer = await program.must<{ held: { count: number } }>("POST", `${pausedPath}/set-live`, { held: "discard" });
  const answeredMs = performance.now() - askedAtMs;
  assert.ok(Math.abs(answer.held.count - all) <= all / 10, `${answer.held.count} of ${all}`);
  await assertShownAsEnded(scene, "discarded");
  assert.ok("held" in (await rows.ends(paused)), "it was drained before anybody could look");

  await publishWhileDraining(fresh, scene);
  t.diagnostic(`answered in ${answeredMs.toFixed(0)} ms; drained ${(held / ((performance.now() - askedAtMs) / 1000)).toFixed(0)} a second`);
  t.diagnostic(`during: ${fresh.take("/other")}; ${fresh.take("/paused")}`);
  assert.deepEqual(await rows.ends(paused), { discarded: all });
  await fresh.arrived("/other");
  const objects = new Set(scene.ledger.entries.filter(({ path }) => path === "/paused").map(({ object }) => object.split("-")[0]));
  assert.deepEqual([...objects], ["during"]);
});

test("a kill in the middle of the drain leaves it to go on after the start", async (t) => {
  const scene = await prepare(t);
  const { program, rows, ledger, paused, pausedPath } = scene;
  await program.must("POST", `${pausedPath}/set-live`, { held: "discard" });
  await eventually(async () => (((await rows.ends(paused))["discarded"] ?? 0) >= drainedBeforeKill ? true : null));
  assert.equal(await program.kill("SIGKILL"), "SIGKILL");
  assert.ok("held" in (await rows.ends(paused)), "it was killed too late");
  await program.start();
  await assertShownAsEnded(scene, "discarded");
  await eventually(async () => ("held" in (await rows.ends(paused)) ? null : true), drainedWithinMs);
  assert.deepEqual(await rows.ends(paused), { discarded: held });
  assert.deepEqual(ledger.entries, []);
});

for (const { what, reason } of [
  { what: "a subscription is deleted", reason: "subscription_deleted" },
  { what: "its app is uninstalled", reason: "uninstalled" },
]) {
  test(`when ${what}, what was held counts as ended at once and is drained`, async (t) => {
    const scene = await prepare(t);
    const { program, rows, app, paused, pausedPath } = scene;
    if (reason === "uninstalled") await program.must("DELETE", `/v1/apps/${app.app}/installations/ext:w`);
    else await program.must("DELETE", pausedPath);
    await assertShownAsEnded(scene, reason);
    await eventually(async () => ("held" in (await rows.ends(paused)) ? null : true), drainedWithinMs);
    assert.deepEqual(await rows.ends(paused), { [reason]: held });
    assert.deepEqual(scene.ledger.entries, []);
  });
}
