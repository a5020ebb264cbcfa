// Changes that take more than one step: a replay of many, a new secret, migrations, the days of the flow tables.
import assert from "node:assert/strict";
import { firstIdAt } from "../../server/src/domain/id.ts";
import { eventually } from "../eventually.ts";
import type { CrashCase } from "./crash-case.ts";
import type { Lane } from "./crash-lane.ts";
import type { Scene } from "./crash-scene.ts";

const flowTables = ["event", "notification", "log", "idempotency"];
const migrationsMin = 4;
const dayMs = 86_400_000;
const oldDay = Date.UTC(2020, 0, 1);
const oldName = "event_20200101";

/** Everything of the plain subscription is delivered, and replayed once; as copies where ids are new. */
function replayOf(count: number, newIds = false): CrashCase {
  return {
    arrange: async (scene) => {
      await scene.publishMany(count);
      await scene.stepped(count * 2);
    },
    drive: async ({ lane, app }) => {
      const range = { since: new Date(Date.now() - 3_600_000).toISOString(), until: new Date().toISOString() };
      await lane.program.must("POST", "/v1/replays", {
        subscription: app.subscriptions[0],
        ...range,
        include: "all",
        new_id: newIds,
      });
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

const migrating: CrashCase = {
  empty: true,
  resumed: async ({ lane }) => {
    const applied = await lane.ask("select name from migration order by name");
    assert.ok(applied.length >= migrationsMin);
  },
};

const partitionNames = async (lane: Lane): Promise<string[]> =>
  (
    await lane.ask<{ name: string }>(
      "select inhrelid::regclass::text as name from pg_inherits join pg_class on pg_class.oid = inhrelid where relkind = 'r' order by 1",
    )
  ).map(({ name }) => name);

/** The last day of each table is missing. */
function makingDays(): CrashCase {
  let before: string[] = [];
  return {
    down: async ({ lane }) => {
      before = await partitionNames(lane);
      for (const table of flowTables) await lane.ask(`drop table ${before.findLast((name) => name.startsWith(`${table}_2`))}`);
    },
    resumed: async ({ lane }) => assert.deepEqual(await partitionNames(lane), before),
  };
}

/** A day long past its retention. */
const droppingDays: CrashCase = {
  arrange: async ({ lane }) => {
    await lane.program.kill("SIGKILL");
    const [from, to] = [firstIdAt(oldDay), firstIdAt(oldDay + dayMs)];
    await lane.ask(`create table ${oldName} partition of event for values from ('${from}') to ('${to}')`);
    await lane.program.start();
  },
  drive: async () => undefined,
  resumed: async ({ lane }) => {
    await eventually(async () => ((await lane.ask("select from pg_class where relname = $1", [oldName])).length === 0 ? true : null));
  },
};

export const controlCases = {
  "replay-made": replayOf(12),
  "replay-page-sent": replayOf(12),
  "replay-half": replayOf(520),
  "copies-sent": replayOf(12, true),
  "copies-half": replayOf(520, true),
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
  "migration-begun": migrating,
  "migration-sent": migrating,
  "migration-between": migrating,
  "partition-attached": makingDays(),
  "partition-between": makingDays(),
  "partition-detached": droppingDays,
} as const satisfies Record<string, CrashCase>;
