// Statements of a dead process that go on without it: the database has them whole, and something that the test holds keeps
// them waiting until another process has begun.
import assert from "node:assert/strict";
import type { Client } from "pg";
import { eventually } from "../eventually.ts";
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
    drive: (scene) => scene.publish(),
    resumed: letGo,
  };
}

/** The late flush of a process that was declared dead writes nothing, although the database had it before. */
export const overtakenFlush: CrashCase = {
  ...locked("log"),
  drive: (scene) => scene.publishMany(4),
  // At once when another one has taken over: the database waits for a lock only so long.
  dead: async (scene) => {
    const before = await newestEpoch(scene);
    const takenOver = eventually(async () => ((await newestEpoch(scene)) > before ? true : null));
    watchers.set(
      scene,
      takenOver.then(() => letGo(scene)),
    );
  },
  resumed: async (scene) => {
    await watchers.get(scene);
    await scene.stepped(8);
    const late = await scene.lane.ask(
      `select from log join subscription s on s.ref = log.subscription join node on node.epoch = log.node
       where s.app = (select ref from app where id = $1) and node.dead`,
      [scene.app.app],
    );
    assert.equal(late.length, 0, "a dead process wrote to the log");
  },
};

async function newestEpoch({ lane }: Scene): Promise<number> {
  const [row] = await lane.ask<{ epoch: number }>("select max(epoch) as epoch from node");
  return row?.epoch as number;
}

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
    watchers.set(scene, scene.lane.restarts ? letGo(scene) : takeoverWaits(scene));
  },
  resumed: async (scene) => {
    await watchers.get(scene);
    await scene.stepped(2);
  },
};

type Seen = { epoch: number; flush_waits: boolean; takeover_waits: boolean };

async function takeoverWaits(scene: Scene): Promise<void> {
  const look = async (): Promise<Seen> => {
    const [seen] = await scene.lane.ask<Seen>(
      `select (select max(epoch) from node) as epoch, coalesce(bool_or(application_name = 'bellhop record'), false) as flush_waits,
         coalesce(bool_or(application_name = 'bellhop lease'), false) as takeover_waits
       from pg_stat_activity where wait_event_type = 'Lock'`,
    );
    return seen as Seen;
  };
  const before = await look();
  const after = await eventually(async () => {
    const seen = await look();
    return seen.takeover_waits || seen.epoch > before.epoch ? seen : null;
  });
  // On a machine that is slow to start the other process, the database gives the flush up before.
  assert.ok(after.takeover_waits || !after.flush_waits, "it took over while a flush of the one before was under way");
  await letGo(scene);
  if (!after.takeover_waits) return;
  await scene.stepped(2);
  assert.equal(scene.entries.length, 2, "what the flush recorded was sent again");
}
