// Who goes first inside one subscription: workspaces in turns, within the quota before beyond it, and nobody never.
import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram } from "./in-process.ts";
import { makeLedger } from "./ledger.ts";

const topic = "ticket.created";

async function publish(program: TestProgram, workspace_id: string, count: number, more: object = {}): Promise<void> {
  const lines = Array.from({ length: count }, (_, at) =>
    JSON.stringify({ workspace_id, topic, item: { id: `${workspace_id}/${at}`, ...more } }),
  );
  await program.publishLines(lines);
}

async function installAlso(program: TestProgram, { app }: Installed, names: readonly string[]): Promise<void> {
  for (const workspace_id of names) {
    await program.must("POST", "/v1/workspaces", { id: workspace_id, name: workspace_id, kind: "paid", region: "us" });
    await program.must("POST", `/v1/apps/${app}/installations`, { workspace_id });
  }
}

test("a workspace that publishes fifty times as much, and beyond its quota, delays nobody else, and gets its own", async (t) => {
  const regions = new Map([["us", { egress: [], eventsPerMinute: 100 }]]);
  const program = await startTestProgram(t, { regions });
  const ledger = await makeLedger(t);
  ledger.answer = () => "never";
  const settings = { max_in_flight: 1, timeout_ms: 30_000 };
  const many = await program.makeInstalled({ topics: [topic], url: `${ledger.url}/one`, app: { visibility: "public" }, settings });
  ledger.secret = many.secret;
  const others = Array.from({ length: 9 }, (_, at) => `few-${at}`);
  await installAlso(program, many, others);
  await publish(program, many.workspace, 500);
  await eventually(() => (ledger.open.length === 1 ? true : null));
  for (const workspace of others) await publish(program, workspace, 10);
  // Everything is in memory before the next is chosen.
  await eventually(async () => ((await program.metric("bellhop_notifications_waiting")) === 589 ? true : null));
  ledger.answer = () => ({ status: 200 });
  ledger.release(200);
  await eventually(() => (ledger.successes.length === 590 ? true : null));
  const objects = ledger.entries.map(({ object }) => object);
  const lastOfOthers = objects.findLastIndex((object) => !object.startsWith(many.workspace));
  // Ten rounds over ten workspaces, and the one that was under way before.
  assert.ok(lastOfOthers <= 101, `the last of the others was number ${lastOfOthers}`);
  // Not the one that was under way: of 500 lines the later part may have been stored, and begun, first.
  const waited = objects.slice(1);
  const beyond = waited.findIndex((object) => object.startsWith(many.workspace) && Number(object.split("/")[1]) >= 100);
  const lastWithin = waited.findLastIndex((object) => object.startsWith(many.workspace) && Number(object.split("/")[1]) < 100);
  assert.ok(beyond > lastWithin, "what is beyond the quota went before what is within");
});

test("large items that wait in numbers are held by a pause, and none is taken for expired", async (t) => {
  const program = await startTestProgram(t);
  const ledger = await makeLedger(t);
  ledger.answer = () => "never";
  const settings = { max_in_flight: 1, timeout_ms: 30_000 };
  const installed = await program.makeInstalled({ topics: [topic], url: `${ledger.url}/large`, settings });
  const text = "x".repeat(250_000);
  // More than the items that are kept in memory.
  for (let batch = 0; batch < 10; batch++) await publish(program, installed.workspace, 30, { text });
  const path = `/v1/apps/${installed.app}/subscriptions/${installed.subscription}`;
  await program.must("POST", `${path}/pause`, {});
  await eventually(async () => {
    const { held } = await program.must<{ held: { count: number } }>("GET", path);
    assert.equal(held.count, 299);
    return true;
  });
});
