// From a notification on disk to the record of its attempt.
import assert from "node:assert/strict";
import type { Entry } from "../ledger.ts";
import type { CrashCase } from "./crash-case.ts";
import { awaitedFlush, overtakenFlush } from "./crash-locks.ts";
import type { Scene } from "./crash-scene.ts";

const neverAnswered: CrashCase = { arrange: async (scene) => (scene.answer = () => "never") };

/** A third each is accepted, refused again and again, and never answered. */
async function everyKindUnderWay(scene: Scene): Promise<void> {
  const third = ({ id }: Entry): number => Number.parseInt(id.slice(-10, -4), 16) % 3;
  scene.answer = (entry) => (third(entry) === 2 ? "never" : { status: third(entry) === 1 ? 500 : 200 });
  await scene.publish(8);
  await scene.publishMany(8);
  await scene.underWay(2);
}

const nothing = async (): Promise<void> => undefined;

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

export const deliveryCases = {
  "notifications-read": {},
  "request-made": {},
  "request-sent": neverAnswered,
  "request-answered": {},
  "result-asked": {},
  "result-sent": {},
  "result-overtaken": overtakenFlush,
  "result-awaited": awaitedFlush,
  "success-written": {},
  "failure-written": { arrange: async (scene: Scene) => (scene.answer = () => ({ status: 500 })) },
  "checkpoint-asked": { arrange: everyKindUnderWay, drive: nothing, patient: true },
  "checkpoint-written": { arrange: everyKindUnderWay, drive: nothing, patient: true },
  "hold-asked": holding,
  "hold-written": holding,
  "holds-read": {
    arrange: (scene: Scene) => scene.hold(6),
    drive: (scene: Scene) => scene.setLive("send"),
    resumed: (scene: Scene) => scene.setLive("send"),
  },
} as const satisfies Record<string, CrashCase>;
