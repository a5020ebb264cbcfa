import assert from "node:assert/strict";
import { test } from "node:test";
import { inspecting } from "./inspecting.ts";
import { Holds } from "./schedule/holds.ts";
import { Permits } from "./schedule/permits.ts";
import { Queue } from "./schedule/queue.ts";
import { freshWork } from "./schedule/work.ts";

const nowMs = 1_000_000;
const [backedOff, busy, quick] = [1, 2, 3];

test("sending is behind only with what lacks a place: what waits for its own endpoint is counted apart", () => {
  const permits = new Permits({ inFlightMax: 2, bytesMax: 1_000, fastShare: 0.5 });
  const queue = new Queue({
    permits,
    gate: ({ subscription }) => ({ atOnce: subscription === backedOff ? 0 : null, opensAtMs: null }),
    limit: () => 1,
    host: ({ subscription }) => `${subscription}.test`,
    bytes: () => 1,
    blocked: () => new Set(),
    spilled: () => false,
  });
  let made = 0;
  const admit = (subscription: number, dueAtMs: number): void => {
    const id = `00000000-0000-7000-8000-${String(++made).padStart(12, "0")}`;
    const row = { id, event: id, subscription, app: 1, workspace: 1, shard: 0, topic: "a", apiVersion: "1", rank: 0 as const, slot: null };
    queue.admit(freshWork(row, 0, dueAtMs), nowMs);
  };
  const look = () =>
    inspecting({ queue, permits, holds: () => new Holds(), directory: { workspaceByRef: () => undefined } }, () => nowMs).load();
  for (const dueAtMs of [10, 20]) admit(backedOff, dueAtMs);
  for (const dueAtMs of [30, 40]) admit(busy, dueAtMs);
  while (queue.take(nowMs)) assert.ok(queue.inFlight < 3);
  const { queued, behindEndpoint, oldestDueMs, oldestReadyMs } = look();
  assert.deepEqual(
    { queued, behindEndpoint, oldestDueMs, oldestReadyMs },
    { queued: 3, behindEndpoint: 3, oldestDueMs: 10, oldestReadyMs: null },
  );
  // The one fast place is taken.
  admit(quick, 50);
  assert.equal(queue.take(nowMs), null);
  assert.deepEqual([look().behindEndpoint, look().oldestReadyMs], [3, 50]);
});
