// From a publish to the record of an attempt.
import assert from "node:assert/strict";
import type { CrashCase } from "./crash-case.ts";
import { awaitedFlush, locked, overtakenFlush } from "./crash-locks.ts";
import type { Scene } from "./crash-scene.ts";

const neverAnswered: CrashCase = { arrange: async (scene) => (scene.answer = () => "never") };

/** What failed is to be made again long after the next process has begun: whatever comes behind it in order waits for that. */
async function failing(scene: Scene): Promise<void> {
  await scene.lane.program.must("PATCH", `${scene.route("ordered")}?verify=false`, { policy: { waits_s: [5, 1, 1, 1, 1, 1] } });
  scene.answer = () => ({ status: 500 });
}

/** Nothing but what its publisher was told of. */
async function nothingStored({ lane, workspace, told }: Scene): Promise<void> {
  const stored = await lane.ask<{ id: string }>(
    "select 'evt_' || id as id from event where workspace = (select ref from workspace where external_id = $1) order by id",
    [workspace],
  );
  assert.deepEqual(
    stored.map(({ id }) => id),
    told.flatMap(({ event }) => event ?? []).toSorted(),
  );
}

export const deliveryCases = {
  "publish-asked": { resumed: nothingStored },
  "publish-sent": {},
  "publish-overtaken": locked("event"),
  "publish-committed": {},
  "publish-acknowledged": { drive: (scene: Scene) => scene.publish(6) },
  "notifications-read": {},
  "request-made": {},
  "request-sent": neverAnswered,
  "request-answered": {},
  "result-asked": {},
  "result-sent": {},
  "result-overtaken": overtakenFlush,
  "result-awaited": awaitedFlush,
  "success-written": {},
  "failure-written": { arrange: failing },
} as const satisfies Record<string, CrashCase>;
