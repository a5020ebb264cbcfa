// The life of a process: taking over, checkpoints, what it does by the day, stopping.
import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import type { Entry } from "../ledger.ts";
import type { CrashCase } from "./crash-case.ts";
import { startCounting } from "./crash-counting.ts";
import type { Lane } from "./crash-lane.ts";
import type { Scene } from "./crash-scene.ts";

const minutesOfDay = 1_440;

/** What is held when the owner changes stays so. */
const takingOver: CrashCase = {
  arrange: (scene) => scene.hold(6),
  down: async () => undefined,
  resumed: async (scene) => {
    assert.deepEqual(scene.plain.entries, []);
    await scene.setLive("send");
  },
};

/** A third each is accepted, refused again and again, and never answered. */
async function everyKindUnderWay(scene: Scene): Promise<void> {
  const third = ({ id }: Entry): number => Number.parseInt(id.slice(-10, -4), 16) % 3;
  scene.answer = (entry) => (third(entry) === 2 ? "never" : { status: third(entry) === 1 ? 500 : 200 });
  await scene.publish(8);
  await scene.publishMany(8);
  await scene.underWay(2);
}

/** The checkpoint comes by itself. */
const checkpointing: CrashCase = { arrange: everyKindUnderWay, drive: async () => undefined };

/** A number beyond all that are taken, whose turn of the day is now. */
async function refOfNow(lane: Lane, table: string, minuteOf: (ref: number) => number): Promise<number> {
  const [row] = await lane.ask<{ top: number; minute: number }>(
    `select coalesce(max(ref), 0) + 1 as top, floor(extract(epoch from now()) / 60)::int8 % ${minutesOfDay} as minute from ${table}`,
  );
  let ref = row?.top as number;
  while (minuteOf(ref) % minutesOfDay !== Number(row?.minute)) ref++;
  await lane.ask(`alter table ${table} alter column ref restart with ${ref}`);
  return ref;
}

function daily(prepare: (scene: Scene, url: string) => Promise<void>, kept: string): CrashCase {
  let counting: { count: () => number } | undefined;
  let keptBefore = 0;
  return {
    arrange: async (scene) => {
      const receiver = await startCounting(scene);
      counting = receiver;
      keptBefore = (await scene.lane.ask(kept)).length;
      await prepare(scene, receiver.url);
    },
    down: async ({ lane }) => {
      await lane.ask("update subscription set created_at = now() - interval '2 days' where url like '%/daily'");
    },
    resumed: async ({ lane }) => {
      await eventually(async () => ((await lane.ask(kept)).length === keptBefore + 1 ? true : null));
      assert.equal(counting?.count(), 2, "it was not asked again");
    },
  };
}

async function subscribeForNow({ lane, app }: Scene, url: string): Promise<void> {
  await refOfNow(lane, "subscription", (ref) => ref);
  const wanted = { url: `${url}/daily`, topics: ["company.created"] };
  await lane.program.must("POST", `/v1/apps/${app.app}/subscriptions?verify=false`, wanted);
}

/** The minute of an installation comes of its app and its workspace. */
async function installForNow({ lane }: Scene, url: string): Promise<void> {
  const own = { name: "Healthy", permissions: [], health_url: `${url}/health`, workspace_id: "ext:home" };
  await lane.program.must("PUT", "/v1/workspaces/ext:home", { name: "home", kind: "paid", region: "us" });
  const { id } = await lane.program.must<{ id: string }>("POST", "/v1/apps", own);
  await lane.program.must("DELETE", `/v1/apps/${id}/installations/ext:home`);
  const [row] = await lane.ask<{ ref: number }>("select ref from app where id = $1", [id]);
  const workspace = await refOfNow(lane, "workspace", (ref) => (row?.ref as number) * 997 + ref);
  await lane.program.must("PUT", `/v1/workspaces/ext:now-${workspace}`, { name: "now", kind: "paid", region: "us" });
  await lane.program.must("POST", `/v1/apps/${id}/installations`, { workspace_id: `ext:now-${workspace}` });
}

/** Requests that wait for their answer while the program is told to stop. */
const underWay: CrashCase = {
  arrange: async (scene) => {
    scene.answer = () => "never";
    await scene.publish(8);
    await scene.underWay(8);
  },
  drive: async (scene) => {
    const ended = scene.lane.program.kill("SIGTERM");
    await notListening(scene);
    scene.release(200);
    await ended;
  },
};

const quiet: CrashCase = {
  arrange: async (scene) => {
    await scene.publishMany(4);
    await scene.stepped(8);
  },
  drive: ({ lane }) => lane.program.kill("SIGTERM"),
};

async function notListening({ lane }: Scene): Promise<void> {
  await eventually(() =>
    fetch(`${lane.program.url}/livez`).then(
      () => null,
      () => true,
    ),
  );
}

export const processCases = {
  "takeover-begun": takingOver,
  "takeover-committed": takingOver,
  "checkpoint-asked": checkpointing,
  "checkpoint-written": checkpointing,
  "ping-answered": daily(subscribeForNow, "select from subscription_state where ping is not null"),
  "health-answered": daily(installForNow, "select from installation where health_by = 'check'"),
  "stop-asked": underWay,
  "stop-answered": underWay,
  "stop-recorded": underWay,
  "stop-checkpointed": quiet,
  "stop-released": quiet,
} as const satisfies Record<string, CrashCase>;
