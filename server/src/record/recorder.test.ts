// What the database refuses must not stop what it would take.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import { createTestDatabase } from "../../../test/database.ts";
import { eventId, notificationId } from "../domain/id.ts";
import type { Step } from "../store/log.ts";
import { makePartitions } from "../store/partitions.ts";
import { Recorder } from "./recorder.ts";

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 5, 15, 12);

const stepAt = (madeAtMs: number): Step => ({
  notification: notificationId(eventId(madeAtMs, 0, Buffer.from("abcdef")), 1),
  step: 1,
  kind: "e",
  subscription: 1,
  shard: 0,
  atMs: nowMs,
  reason: "expired",
  requests: 0,
  policyStep: 0,
  firstSentAtMs: null,
  throttledSinceMs: null,
  nextAtMs: null,
  retryReason: null,
  queue: null,
  position: null,
  attempt: null,
});

test("a step whose day was dropped is left out, and those beside it are written", async (t) => {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url });
  // A connection that is being closed may still hear that its database goes.
  pool.on("error", () => undefined);
  t.after(async () => {
    await pool.end();
    await database.drop();
  });
  const { rows } = await pool.query<{ epoch: number }>("insert into node (user_agent) values ('test') returning epoch");
  const told: string[] = [];
  const recorder = new Recorder({
    pool,
    epoch: () => (rows[0] as { epoch: number }).epoch,
    fenced: () => assert.fail(),
    written: () => undefined,
    missingPartition: () => makePartitions(pool, nowMs, nowMs),
    trouble: (message) => void told.push(message),
  });
  const steps = [stepAt(nowMs), stepAt(nowMs - 60 * dayMs), stepAt(nowMs + 1)];
  await Promise.all(steps.map((step) => new Promise<void>((resolve) => recorder.record([step], resolve))));
  const written = await pool.query<{ notification: string }>("select notification from log order by notification");
  assert.deepEqual(
    written.rows.map(({ notification }) => notification),
    [steps[0], steps[2]].map((step) => step?.notification),
  );
  assert.equal(told.length, 1);
  assert.equal(recorder.pending, 0);
});
