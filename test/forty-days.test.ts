// Forty days of a mixed load with every kind of trouble: everything ends in its time and says why, and no day of the flow
// tables outlives its retention.
import assert from "node:assert/strict";
import test from "node:test";
import pino from "pino";
import { eventually } from "./eventually.ts";
import { openBook } from "./forty-days-book.ts";
import type { Book } from "./forty-days-book.ts";
import { startReceiver } from "./forty-days-receiver.ts";
import { topic, World } from "./forty-days-world.ts";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const holdDays = 7;
const retentionDays = 14;
const keys = 4;
/** While it waits for what is due. */
/** A busy machine. */
const settledWithinMs = 90_000;
const looksPerMinute = 20;

/** Minutes at first, then hours; each is followed by events. */
const busy = [1, 5, 6, 20, 28]
  .map((minutes) => minutes * minuteMs)
  .concat(Array.from({ length: 40 }, (_, at) => (3 + ((at * 5) % 9)) * hourMs));
/** Nothing is published any more. */
const quiet = [9, 24, 48, 60, 90].map((hours) => hours * hourMs);

test("after forty days with every kind of trouble everything has ended for a reason, and old days are gone", async (t) => {
  const told: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void told.push(line) });
  const program = await startTestProgram(t, { virtual: true, holdDays, retentionDays, log });
  const startMs = program.nowMs;
  const day = (): number => (program.nowMs - startMs) / dayMs;
  const receiver = await startReceiver(t, day);
  const world = new World(program, receiver);
  await world.make();
  const book = await openBook(t, program.databaseUrl, holdDays);

  for (const [turn, ms] of busy.entries()) {
    await program.advance(ms);
    await world.act(day());
    await publish(program, world, turn);
    await eventually(() => (world.delivering.every((path) => receiver.seen.has(`${path} ${itemOf(turn)}`)) ? true : null));
    if (turn % 6 === 5) await settled(program, book);
    if (turn % 16 === 15) await restart(program);
  }
  t.diagnostic(`day ${day().toFixed(1)}: ${JSON.stringify(book.fates)}`);
  for (const [turn, ms] of quiet.entries()) {
    await program.advance(ms);
    await settled(program, book);
    if (turn === 3) await restart(program);
  }
  await program.advance(40 * dayMs - (program.nowMs - startMs));
  await settled(program, book);
  t.diagnostic(`day ${day().toFixed(1)}: ${JSON.stringify(book.fates)}`);

  assert.deepEqual(book.open, []);
  assert.deepEqual(book.unknownReasons, []);
  const oldestMs = program.nowMs - (retentionDays + 1) * dayMs;
  await eventually(async () => {
    assert.deepEqual(
      (await book.days()).filter((dayStartMs) => dayStartMs < oldestMs),
      [],
    );
    return true;
  });
  assert.deepEqual(
    told.filter((line) => /partition/.test(line)),
    [],
  );
});

const itemOf = (turn: number): string => `${turn}-key-${turn % keys}`;

async function publish(program: TestProgram, { workspaces }: World, turn: number): Promise<void> {
  for (const workspace_id of workspaces)
    await program.publish({ workspace_id, topic, item: { id: itemOf(turn) }, ordering_key: `key-${turn % keys}` });
}

async function restart(program: TestProgram): Promise<void> {
  await program.stop();
  await program.start();
}

/** Whatever was due by now has had its next step; and nothing is older than it may become. Time goes on meanwhile. */
async function settled(program: TestProgram, book: Book): Promise<void> {
  const nowMs = program.nowMs;
  let looks = 0;
  await eventually(async () => {
    if (looks++ % looksPerMinute === 0) await program.advance(minuteMs);
    await book.read();
    assert.deepEqual(book.late(nowMs).slice(0, 5), []);
    return true;
  }, settledWithinMs);
}
