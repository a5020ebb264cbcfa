// Brakes in a crowd, from outside: one workspace of a public app, across a restart, over time, and beside a backlog.
import assert from "node:assert/strict";
import test from "node:test";
import type { TestContext } from "node:test";
import type { BrakeView } from "@bellhop/contract/brakes";
import type { SubscriptionView } from "@bellhop/contract/subscriptions";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram } from "./in-process.ts";
import { makeLedger } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";

const topic = "ticket.created";
const hourMs = 3_600_000;

type Public = { program: TestProgram; installed: Installed; ledger: Ledger; workspaces: string[]; path: string };

/** A public app with one URL, installed in three workspaces. */
async function startPublic(t: TestContext, settings: object = {}): Promise<Public> {
  const program = await startTestProgram(t, { virtual: true });
  const ledger = await makeLedger(t);
  const app = { visibility: "public" };
  const installed = await program.makeInstalled({ topics: [topic], url: `${ledger.url}/public`, app, settings });
  ledger.secret = installed.secret;
  const workspaces = [installed.workspace, "second", "third"];
  for (const workspace_id of workspaces.slice(1)) {
    await program.must("POST", "/v1/workspaces", { id: workspace_id, name: workspace_id, kind: "paid", region: "us" });
    await program.must("POST", `/v1/apps/${installed.app}/installations`, { workspace_id });
  }
  return { program, installed, ledger, workspaces, path: `/v1/apps/${installed.app}/subscriptions/${installed.subscription}` };
}

/** `count` events of each of the workspaces, in turns. */
async function publish({ program }: Public, workspaces: readonly string[], name: string, count: number): Promise<string[]> {
  const objects: string[] = [];
  const lines: string[] = [];
  for (let each = 0; each < count; each++)
    for (const workspace_id of workspaces) {
      const id = `${workspace_id} ${name} ${each}`;
      objects.push(id);
      lines.push(JSON.stringify({ workspace_id, topic, item: { id } }));
    }
  await program.publishLines(lines);
  return objects;
}

const brake = ({ program }: Public, named: object, forMs = hourMs): Promise<BrakeView> =>
  program.must<BrakeView>("POST", "/v1/brakes", { ...named, until: new Date(program.nowMs + forMs).toISOString(), reason: "A test." });

const holds = ({ program, path }: Public, count: number): Promise<SubscriptionView> =>
  eventually(async () => {
    const shown = await program.must<SubscriptionView>("GET", path);
    assert.equal(shown.held?.count, count);
    return shown;
  });

/** These arrived, each once, and nothing else did. */
async function arrivedOnce({ ledger }: Public, objects: readonly string[]): Promise<void> {
  await eventually(() => {
    const missing = objects.filter((object) => !ledger.successes.some((entry) => entry.object === object));
    assert.deepEqual(missing.slice(0, 5), [], `${missing.length} of ${objects.length} are missing`);
    return true;
  });
  assert.deepEqual(ledger.entries.map(({ object }) => object).toSorted(), objects.toSorted());
}

test("a brake on a workspace holds that workspace's notifications of a public app, across a restart, until it ends by itself", async (t) => {
  const app = await startPublic(t);
  const { program, workspaces } = app;
  const [first, second, third] = workspaces as [string, string, string];
  await brake(app, { workspace_id: second });
  await publish(app, workspaces, "braked", 3);
  const others = [first, third].flatMap((workspace) => [0, 1, 2].map((each) => `${workspace} braked ${each}`));
  await arrivedOnce(app, others);
  await holds(app, 3);
  const { data } = await program.must<{ data: { status: string }[] }>("GET", `/v1/notifications?workspace_id=${second}`);
  assert.deepEqual(
    data.map(({ status }) => status),
    ["held", "held", "held"],
  );
  await program.stop();
  await program.start();
  const more = await publish(app, [first, second], "again", 2);
  const free = more.filter((object) => object.startsWith(first));
  await arrivedOnce(app, [...others, ...free]);
  await holds(app, 5);
  await program.advance(hourMs);
  await arrivedOnce(app, [...others, ...more, ...[0, 1, 2].map((each) => `${second} braked ${each}`)]);
  await holds(app, 0);
});

test("a brake on a host holds what waits there although nothing of its app is in memory", async (t) => {
  const crowd = await startPublic(t, { policy: { waits_s: [60] } });
  const { program, ledger, workspaces } = crowd;
  ledger.answer = () => ({ status: 500 });
  const objects = await publish(crowd, workspaces.slice(0, 1), "braked", 3);
  await eventually(() => (ledger.entries.length === objects.length ? true : null));
  await program.quiet();
  await brake(crowd, { host: "127.0.0.1" });
  ledger.answer = () => ({ status: 200 });
  await program.stop();
  await program.start();
  for (let each = 0; each < 4; each++) await program.advance(30_000);
  await holds(crowd, objects.length);
  assert.equal(ledger.entries.length, objects.length, "the brake did not hold it");
  await program.advance(hourMs);
  await eventually(() => (ledger.successes.length === objects.length ? true : null));
});

test("what was held before does not wait behind a workspace under a brake", async (t) => {
  const app = await startPublic(t);
  const { program, workspaces, path } = app;
  const [first, second, third] = workspaces as [string, string, string];
  await program.must("POST", `${path}/pause`, {});
  // More than is ever in memory of what is held.
  const braked = await publish(app, [second], "braked", 150);
  const free = await publish(app, [first, third], "free", 5);
  await holds(app, 160);
  const { id } = await brake(app, { workspace_id: second });
  await program.must("POST", `${path}/set-live`, { held: "send" });
  await arrivedOnce(app, free);
  await holds(app, 150);
  await program.must("DELETE", `/v1/brakes/${id}`);
  await arrivedOnce(app, [...free, ...braked]);
});

test("what is under way when a brake begins finishes, nothing is begun after it, and other endpoints go on", async (t) => {
  const app = await startPublic(t, { max_in_flight: 2, timeout_ms: 30_000 });
  const { program, ledger, installed, workspaces, path } = app;
  const beside = await program.makeInstalled({ topics: [topic] });
  let isOpen = false;
  ledger.answer = () => (isOpen ? { status: 200 } : "never");
  for (const named of [{ subscription: installed.subscription }, { app: installed.app }]) {
    const before = ledger.entries.length;
    isOpen = false;
    await publish(app, workspaces, JSON.stringify(named), 2);
    await eventually(() => (ledger.open.length === 2 ? true : null));
    const { id } = await brake(app, named);
    isOpen = true;
    ledger.release(200);
    const shown = await holds(app, 4);
    assert.deepEqual([shown.state, shown.brakes.map((each) => each.id)], ["live", [id]]);
    await program.stop();
    await program.start();
    const received = beside.inbox.received.length;
    await program.publish({ workspace_id: beside.workspace, topic, item: {} });
    await eventually(() => (beside.inbox.received.length === received + 1 ? true : null));
    assert.equal(ledger.entries.length, before + 2, "it was sent in spite of the brake");
    assert.equal((await program.must<SubscriptionView>("GET", path)).brakes.length, 1);
    await program.must("DELETE", `/v1/brakes/${id}`);
    await eventually(() => (ledger.successes.length === before + 6 ? true : null));
  }
  assert.equal(new Set(ledger.entries.map(({ id }) => id)).size, ledger.entries.length, "something was sent twice");
});
