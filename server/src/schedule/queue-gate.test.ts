import assert from "node:assert/strict";
import { test } from "node:test";
import { eventId, notificationId } from "../domain/id.ts";
import { Permits } from "./permits.ts";
import { Queue } from "./queue.ts";
import type { LaneGate } from "./queue.ts";
import { freshWork } from "./work.ts";
import type { Work } from "./work.ts";

const open: LaneGate = { atOnce: null, opensAtMs: null };
const closedUntil = (opensAtMs: number): LaneGate => ({ atOnce: 0, opensAtMs });

let made = 0;
function work(nowMs: number): Work {
  const event = eventId(1_795_000_000_000 + made++, 0, Buffer.alloc(6));
  const row = { id: notificationId(event, 1), event, subscription: 1, app: 1, workspace: 1, shard: 0, rank: 0 as const, slot: null };
  return freshWork({ ...row, topic: "ticket.created", apiVersion: "2.14" }, 0, nowMs);
}

test("what is new does not wait for a gate that was closed for what came before it, and has opened since", () => {
  let gate = open;
  const queue = new Queue({
    permits: new Permits(),
    gate: () => gate,
    limit: () => 8,
    host: () => "example.com",
    bytes: () => 0,
    blocked: () => new Set(),
    spilled: () => false,
  });
  const [first, second, third] = [work(0), work(0), work(1_000)];
  queue.admit(first, 0);
  assert.equal(queue.take(0), first);
  gate = closedUntil(60_000);
  queue.admit(second, 0);
  assert.equal(queue.take(0), null);
  const lane = queue.lane(1);
  assert.ok(lane);
  assert.deepEqual(
    queue.unheld(lane, () => true),
    [second],
  );
  queue.finish(second, false);
  gate = open;
  queue.release(first, 500, "fast");
  queue.finish(first, true);
  queue.admit(third, 1_000);
  assert.equal(queue.take(1_000), third);
});
