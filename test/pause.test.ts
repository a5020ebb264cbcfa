// Pauses and brakes from outside: what is stopped is held and counted, says why, and goes out or ends as was asked for.
import assert from "node:assert/strict";
import test from "node:test";
import type { BrakeView } from "@bellhop/contract/brakes";
import type { StateChange, SubscriptionView } from "@bellhop/contract/subscriptions";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram } from "./in-process.ts";

const topic = "ticket.created";
const pathOf = ({ app, subscription }: Installed): string => `/v1/apps/${app}/subscriptions/${subscription}`;
const show = (program: TestProgram, installed: Installed): Promise<SubscriptionView> =>
  program.must<SubscriptionView>("GET", pathOf(installed));

async function publish(program: TestProgram, { workspace }: Installed, times: number): Promise<void> {
  for (let each = 0; each < times; each++) await program.publish({ workspace_id: workspace, topic, item: { id: String(each) } });
}

/** As many as these are held. */
const held = (program: TestProgram, installed: Installed, count: number): Promise<SubscriptionView> =>
  eventually(async () => {
    const subscription = await show(program, installed);
    return subscription.held?.count === count ? subscription : null;
  });

const received = (installed: Installed): number => installed.inbox.received.length;

test("what a pause by hand held is sent, or discarded, when the subscription is set live", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic] });
  for (const [choice, expected] of [
    ["discard", 0],
    ["send", 3],
  ] as const) {
    const before = received(installed);
    const paused = await program.must<SubscriptionView>("POST", `${pathOf(installed)}/pause`, {});
    assert.deepEqual([paused.state, paused.state_cause, paused.state_until], ["paused", "by_hand", null]);
    await publish(program, installed, 3);
    const waiting = await held(program, installed, 3);
    assert.ok(Date.parse(waiting.held?.oldest_held_ends_at ?? "") > Date.now());
    const live = await program.must<SubscriptionView>("POST", `${pathOf(installed)}/set-live`, { held: choice });
    assert.deepEqual([live.state, live.state_cause, live.held?.count], ["live", "set_live", 3]);
    await held(program, installed, 0);
    await eventually(async () => (received(installed) === before + expected ? true : null));
  }
  const { data } = await program.must<{ data: StateChange[] }>("GET", `${pathOf(installed)}/states`);
  assert.deepEqual(
    data.map(({ state, cause }) => [state, cause]),
    [
      ["live", "set_live"],
      ["paused", "by_hand"],
      ["live", "set_live"],
      ["paused", "by_hand"],
      ["live", null],
    ],
  );
});

test("a pause and a brake with an end are over by themselves", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic] });
  const soon = (): string => new Date(Date.now() + 1_500).toISOString();
  const arrival = (index: number): Promise<string> => eventually(() => installed.inbox.received[index]?.at);
  const pauseEnds = soon();
  await program.must("POST", `${pathOf(installed)}/pause`, { until: pauseEnds });
  await publish(program, installed, 1);
  const first = await arrival(0);
  assert.ok(first >= pauseEnds, `it was sent at ${first}, the pause ends at ${pauseEnds}`);
  // What is written down of a state follows what was sent.
  const { state_cause, state_until } = await eventually(async () => {
    const subscription = await show(program, installed);
    return subscription.state === "live" ? subscription : null;
  });
  assert.deepEqual([state_cause, state_until], ["resumed", null]);
  const brakeEnds = soon();
  const { id } = await program.must<BrakeView>("POST", "/v1/brakes", { app: installed.app, until: brakeEnds, reason: "For a moment." });
  await publish(program, installed, 1);
  const second = await arrival(1);
  assert.ok(second >= brakeEnds, `it was sent at ${second}, the brake ends at ${brakeEnds}`);
  const { data } = await program.must<{ data: BrakeView[] }>("GET", "/v1/brakes");
  assert.deepEqual(
    data.map((brake) => [brake.id, brake.ends]),
    [[id, "ended"]],
  );
});

test("a brake on any of the four holds what it names and nothing else, and lifting it sends what was held", async (t) => {
  const program = await startTestProgram(t);
  const installed = await program.makeInstalled({ topics: [topic] });
  const { app, workspace, subscription } = installed;
  for (const named of [{ subscription }, { app }, { workspace_id: workspace }, { host: "127.0.0.1" }]) {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const before = received(installed);
    const brake = await program.must<BrakeView>("POST", "/v1/brakes", { ...named, until, reason: "Somebody asked for it." });
    await publish(program, installed, 2);
    const { state, brakes } = await held(program, installed, 2);
    assert.deepEqual([state, brakes.map(({ id }) => id)], ["live", [brake.id]]);
    assert.equal(received(installed), before, JSON.stringify(named));
    await program.must("DELETE", `/v1/brakes/${brake.id}`);
    await eventually(async () => (received(installed) === before + 2 ? true : null));
  }
});
