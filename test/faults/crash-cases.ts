// How each point is reached, and what is particular to it afterwards. What holds after every kill is in crash-promises.ts.
import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import type { CrashCase } from "./crash-case.ts";
import { deliveryCases } from "./crash-cases-delivery.ts";
import { markCases } from "./crash-cases-marks.ts";
import { startCases } from "./crash-cases-start.ts";
import { stopCases } from "./crash-cases-stop.ts";
import { locked } from "./crash-locks.ts";
import type { CrashPoint } from "./crash-points.ts";
import type { Scene } from "./crash-scene.ts";

const publishCases = {
  "publish-asked": { resumed: nothingStored },
  "publish-sent": {},
  "publish-overtaken": locked("event"),
  "publish-committed": {},
  "publish-acknowledged": { drive: (scene: Scene) => scene.publish(6) },
};

async function nothingStored({ lane, workspace }: Scene): Promise<void> {
  assert.deepEqual(
    await lane.ask("select id from event where workspace = (select ref from workspace where external_id = $1)", [workspace]),
    [],
  );
}

const replayCases = {
  "replay-made": replayOf(12),
  "replay-page-sent": replayOf(12),
  "replay-half": replayOf(520),
};

/** Everything of the plain subscription is delivered, and replayed once. */
function replayOf(count: number): CrashCase {
  return {
    arrange: async (scene) => {
      await scene.publishMany(count);
      await scene.stepped(count * 2);
    },
    drive: async ({ lane, app }) => {
      const range = { since: new Date(Date.now() - 3_600_000).toISOString(), until: new Date().toISOString() };
      await lane.program.must("POST", "/v1/replays", { subscription: app.subscriptions[0], ...range, include: "all" });
    },
    resumed: async ({ lane, app, plain }) => {
      await eventually(async () => {
        const { data } = await lane.program.must<{ data: { state: string; progress: { replayed: number } }[] }>(
          "GET",
          `/v1/replays?subscription=${app.subscriptions[0]}`,
        );
        assert.deepEqual(
          data.map(({ state, progress }) => [state, progress.replayed]),
          [["done", count]],
        );
        return true;
      });
      await eventually(() => (plain.successes.length === count * 2 ? true : null));
    },
    replayed: true,
  };
}

const secretCases = {
  "secret-unwritten": { drive: rotate, resumed: (scene: Scene) => secrets(scene, 1) },
  "secret-written": {
    drive: rotate,
    resumed: async (scene: Scene) => {
      const [newest, older] = await secrets(scene, 2);
      assert.deepEqual([newest?.signs_x_hub_signature, older?.signs_x_hub_signature], [false, true]);
      await scene.publish(4);
      await scene.stepped(8);
      await scene.lane.program.must("POST", `/v1/apps/${scene.app.app}/secrets/use-new`);
      scene.secret = newest?.client_secret as string;
    },
  },
};

function rotate({ lane, app }: Scene): Promise<unknown> {
  return lane.program.must("POST", `/v1/apps/${app.app}/secrets`, { overlap_hours: 1 });
}

type Secret = { client_secret: string; signs_x_hub_signature: boolean };

/** The versions there are, the newest first; the oldest is the one that was shown when the app was made. */
async function secrets({ lane, app }: Scene, count: number): Promise<Secret[]> {
  const { data } = await lane.program.must<{ data: Secret[] }>("GET", `/v1/apps/${app.app}/secrets`);
  assert.equal(data.length, count);
  assert.equal(data.at(-1)?.client_secret, app.secret);
  return data;
}

export const crashCases: Readonly<Record<CrashPoint, CrashCase>> = {
  ...publishCases,
  ...deliveryCases,
  ...markCases,
  ...replayCases,
  ...secretCases,
  ...startCases,
  ...stopCases,
};
