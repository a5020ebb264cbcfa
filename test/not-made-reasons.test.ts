// Why an installed app was not notified, through the door: in the answer to the publish, and with the event.
import assert from "node:assert/strict";
import test from "node:test";
import type { EventView } from "@bellhop/contract/notifications";
import { notMade } from "@bellhop/contract/reasons";
import type { NotMadeReason } from "@bellhop/contract/reasons";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram, Wanted } from "./in-process.ts";

const topic = "ticket.created";

type Case = {
  readonly reason: NotMadeReason;
  readonly wanted?: Partial<Wanted>;
  readonly change?: (program: TestProgram, path: string, installed: Installed) => Promise<unknown>;
};

const cases: Record<string, Case> = {
  "it lacks the permission": { reason: "missing_permission", wanted: { app: { permissions: ["read_admins"] } } },
  "its version does not offer the topic": { reason: "not_in_version", wanted: { topics: ["user.deleted"], app: { api_version: "2.4" } } },
  "it chose other topics": { reason: "not_subscribed", wanted: { topics: ["ticket.closed"] } },
  "it switched the topic off": { reason: "topic_off", wanted: { topics: [topic, "ticket.closed"], settings: { topics_off: [topic] } } },
  "it is off, with no topic on": { reason: "subscription_off", wanted: { settings: { topics_off: [topic] } } },
  "its owner is on trial": {
    reason: "owner_not_entitled",
    change: (program, _, { workspace }) => program.must("PATCH", `/v1/workspaces/${workspace}`, { kind: "trial" }),
  },
  "its endpoint said it is gone": {
    reason: "subscription_disabled",
    change: async (program, path, { workspace, inbox }) => {
      inbox.behave(null, 410);
      const { id } = await program.publish({ workspace_id: workspace, topic, item: {} });
      await program.settled(await program.notificationOf(id), "failed");
      await eventually(async () => ((await program.must("GET", path))["state"] === "disabled" ? true : null));
    },
  },
};

/** In publish-order.test.ts, with 10,001 subscriptions. */
const elsewhere: readonly NotMadeReason[] = ["fan_out_limit"];
/** There are no filters yet. */
const notYet: readonly NotMadeReason[] = ["filtered_out", "filter_error"];

/** Only counted; the explorer works out which. */
const counted: readonly NotMadeReason[] = ["not_subscribed", "topic_off"];

test("an event that notifies nobody says why", async (t) => {
  const program = await startTestProgram(t);
  for (const [what, { reason, wanted, change }] of Object.entries(cases)) {
    await t.test(`because ${what}`, async () => {
      const installed = await program.makeInstalled({ topics: [topic], ...wanted });
      const { app, subscription, workspace } = installed;
      await change?.(program, `/v1/apps/${app}/subscriptions/${subscription}`, installed);
      const { id, skipped } = await program.publish({ workspace_id: workspace, topic, item: {} });
      assert.deepEqual(skipped, { [reason]: 1 });
      const event = await program.must<EventView>("GET", `/v1/events/${id}`);
      if (counted.includes(reason)) assert.deepEqual(event.skipped_counts, { [reason]: 1 });
      else assert.deepEqual(event.skipped, [{ app, reason, ...notMade[reason] }]);
    });
  }
  const reached = new Set(Object.values(cases).map(({ reason }) => reason));
  assert.deepEqual([...reached, ...elsewhere, ...notYet].toSorted(), Object.keys(notMade).toSorted(), "every reason is brought about");
});
