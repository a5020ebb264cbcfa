// What stops or ends many at once: a hold, a state, a mark, a change of control data, a 410.
import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import type { CrashCase } from "./crash-case.ts";
import { startCounting } from "./crash-counting.ts";
import type { Counting } from "./crash-counting.ts";
import type { Scene } from "./crash-scene.ts";

const few = 6;
/** More than one flush holds of ends. */
const many = 100;

const discard = (scene: Scene): Promise<void> => scene.setLive("discard");
const uninstall = ({ lane, app, workspace }: Scene): Promise<unknown> =>
  lane.program.must("DELETE", `/v1/apps/${app.app}/installations/ext:${workspace}`);
const remove = (scene: Scene): Promise<unknown> => scene.lane.program.must("DELETE", scene.route());

async function stateIs({ lane, app }: Scene, expected: string): Promise<void> {
  const { state } = await lane.program.must<{ state: string }>("GET", `/v1/apps/${app.app}/subscriptions/${app.subscriptions[0]}`);
  assert.equal(state, expected);
}

const shown = ({ lane, app }: Scene, status: string): Promise<number> =>
  lane.program.countNotifications({ subscription: app.subscriptions[0] as string, status });

/** Whether or not the last step of each is written yet. */
async function countsAsEnded(scene: Scene): Promise<void> {
  assert.deepEqual([await shown(scene, "held"), await shown(scene, "waiting")], [0, 0], "a mark does not count");
}

/** It was on disk before the kill: nothing of it is sent by whoever comes next. */
function ending(reason: string, end: (scene: Scene) => Promise<unknown>, held: number): CrashCase {
  return {
    arrange: (scene) => scene.hold(held),
    drive: end,
    resumed: async (scene) => {
      await countsAsEnded(scene);
      assert.deepEqual(scene.plain.entries, []);
    },
    ends: [reason],
  };
}

/** The first requests after Set live are answered with 410. */
function gone(held: number): CrashCase {
  return {
    arrange: async (scene) => {
      await scene.hold(held);
      scene.answer = ({ path }) => ({ status: path === "/plain" ? 410 : 200 });
    },
    drive: (scene) => scene.setLive("send"),
    ends: ["gone", "subscription_disabled"],
    answersStay: true,
  };
}

async function pauseBoth(scene: Scene): Promise<void> {
  await scene.pause("plain");
  await scene.pause("ordered");
}

/** By the next process, if not before. */
async function heldBoth(scene: Scene): Promise<void> {
  await scene.stepped(12);
  assert.deepEqual(scene.entries, [], "it was sent although its subscription is paused");
  await scene.setLive("send", "plain");
  await scene.setLive("send", "ordered");
}

const holding: CrashCase = { arrange: pauseBoth, drive: (scene) => scene.publishMany(6), resumed: heldBoth };

/** The app wants to hear of it, and nobody had the time to tell. */
function uninstalledUntold(): CrashCase {
  let receiver: Counting | undefined;
  const ended = ending("uninstalled", uninstall, few);
  return {
    ...ended,
    arrange: async (scene) => {
      receiver = await startCounting(scene);
      await scene.lane.program.must("PATCH", `/v1/apps/${scene.app.app}`, { uninstall_url: `${receiver.url}/uninstalled` });
      await ended.arrange?.(scene);
    },
    resumed: async (scene) => {
      await ended.resumed?.(scene);
      await eventually(() => (receiver?.count() === 1 ? true : null));
    },
  };
}

export const stateCases = {
  "hold-asked": holding,
  "hold-written": holding,
  "holds-read": { arrange: (scene: Scene) => scene.hold(few), drive: (scene: Scene) => scene.setLive("send") },
  "pause-unwritten": { drive: (scene: Scene) => scene.pause(), resumed: (scene: Scene) => stateIs(scene, "live") },
  "pause-written": {
    drive: (scene: Scene) => scene.pause(),
    resumed: async (scene: Scene) => {
      await stateIs(scene, "paused");
      await scene.publishMany(few);
      await scene.stepped(few * 2);
      assert.deepEqual(scene.plain.entries, [], "it was sent although its subscription is paused");
      await scene.setLive("send");
    },
  },
  "live-written": { arrange: (scene: Scene) => scene.hold(few), drive: (scene: Scene) => scene.setLive("send") },
  "discard-unwritten": {
    ...ending("discarded", discard, few),
    resumed: async (scene: Scene) => {
      await stateIs(scene, "paused");
      assert.equal(await shown(scene, "held"), few);
      await scene.setLive("discard");
    },
  },
  "discard-written": ending("discarded", discard, few),
  "discard-drained-half": ending("discarded", discard, many),
  "uninstall-written": uninstalledUntold(),
  "uninstall-drained-half": ending("uninstalled", uninstall, many),
  "deletion-written": ending("subscription_deleted", remove, few),
  "deletion-drained-half": ending("subscription_deleted", remove, many),
  "gone-answered": gone(few),
  "gone-written": gone(few),
  "gone-drained-half": gone(many),
} as const satisfies Record<string, CrashCase>;
