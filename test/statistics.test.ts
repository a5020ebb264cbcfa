// Statistics against the log: whatever was published, answered, held or ended, the counters say what the rows say, also over a
// restart and when minutes are summed into hours.
import assert from "node:assert/strict";
import test from "node:test";
import pg from "pg";
import { eventually } from "./eventually.ts";
import { startTestProgram } from "./in-process.ts";
import type { Installed, TestProgram } from "./in-process.ts";

const topic = "ticket.created";
const minuteMs = 60_000;

async function publish(program: TestProgram, { workspace }: Installed, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, id) =>
    JSON.stringify({ workspace_id: workspace, topic, item: { type: "ticket", id: String(id) } }),
  );
  await program.publishLines(lines);
}

async function query<Row>(program: TestProgram, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: program.databaseUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

test("a minute after it ended there is one row for each subscription in which something happened, and the log agrees", async (t) => {
  const program = await startTestProgram(t, { virtual: true });
  const good = await program.makeInstalled({ topics: [topic] });
  const bad = await program.makeInstalled({ topics: [topic], settings: { policy: { waits_s: [3_600], pause: "hold" } } });
  await program.makeInstalled({ topics: [topic] });
  bad.inbox.behave(null, 503);
  await publish(program, good, 5);
  await publish(program, bad, 3);
  await program.quiet();
  await program.advance(minuteMs + 5_000);
  const rows = await eventually(async () => {
    const found = await query(
      program,
      `select s.id, made, attempts, delivered, failed, ended, held from subscription_minute m join subscription s on s.ref = m.subscription order by s.ref`,
    );
    return found.length >= 2 ? found : null;
  });
  assert.deepEqual(rows, [
    { id: good.subscription, made: 5, attempts: 5, delivered: 5, failed: 0, ended: 0, held: 0 },
    { id: bad.subscription, made: 3, attempts: 3, delivered: 0, failed: 3, ended: 0, held: 0 },
  ]);
});
