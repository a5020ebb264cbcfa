// Statements of a dead process that go on without it: the database has them whole, and something that the test holds keeps
// them waiting until another process has begun.
import assert from "node:assert/strict";
import type { Client } from "pg";
import type { CrashCase } from "./crash-case.ts";
import type { Scene } from "./crash-scene.ts";

const holders = new WeakMap<Scene, Client>();
const watchers = new WeakMap<Scene, Promise<void>>();

/** Begins a transaction that lasts until `letGo`, or until the database is restarted. */
async function begin(scene: Scene): Promise<Client> {
  const client = await scene.lane.connect();
  holders.set(scene, client);
  await client.query("begin");
  return client;
}

async function letGo(scene: Scene): Promise<void> {
  const client = holders.get(scene) as Client;
  await client.query("rollback").catch(() => undefined);
  await client.end().catch(() => undefined);
}

/** What is written to the table waits until the next program runs. */
export function locked(table: "event" | "log"): CrashCase {
  return {
    arrange: async (scene) => {
      const client = await begin(scene);
      await client.query(`lock table ${table} in share row exclusive mode`);
    },
    resumed: letGo,
  };
}

/** The late flush of a process that was declared dead writes nothing, although the database had it before. */
export const overtakenFlush: CrashCase = {
  ...locked("log"),
  drive: (scene) => scene.publishMany(4),
  resumed: async (scene) => {
    await letGo(scene);
    await scene.stepped(8);
    const late = await scene.lane.ask(
      `select from log join subscription s on s.ref = log.subscription join node on node.epoch = log.node
       where s.app = (select ref from app where id = $1) and node.dead`,
      [scene.app.app],
    );
    assert.equal(late.length, 0, "a dead process wrote to the log");
  },
};

/** The flush has proved that its epoch is alive and waits for a row: whoever takes over waits for the flush. */
export const awaitedFlush: CrashCase = {
  arrange: async (scene) => {
    scene.answer = () => "never";
    await scene.publishMany(1);
    await scene.underWay(2);
  },
  drive: async (scene) => {
    const client = await begin(scene);
    await client.query(
      `insert into log (notification, step, kind, subscription, shard, at, requests, policy_step, node)
       select n.id, 1, 'h', n.subscription, n.shard, now(), 0, 0, 1 from notification n join subscription s on s.ref = n.subscription
       where s.app = (select ref from app where id = $1)`,
      [scene.app.app],
    );
    scene.release(200);
  },
  dead: async (scene) => {
    const { lane } = scene;
    const watching = lane.restarts ? letGo(scene) : lane.waitsForLock("bellhop lease").then(() => letGo(scene));
    watchers.set(scene, watching);
  },
  resumed: async (scene) => {
    await watchers.get(scene);
    await scene.stepped(2);
    if (!scene.lane.restarts) assert.equal(scene.entries.length, 2, "what the flush recorded was sent again");
  },
};
