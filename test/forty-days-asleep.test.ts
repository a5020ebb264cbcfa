// A program that was stopped, or a machine that was suspended, for longer than everything is kept.
import assert from "node:assert/strict";
import test from "node:test";
import pino from "pino";
import { eventually } from "./eventually.ts";
import { openBook } from "./forty-days-book.ts";
import type { Book } from "./forty-days-book.ts";
import { startReceiver } from "./forty-days-receiver.ts";
import type { Receiver } from "./forty-days-receiver.ts";
import { topic } from "./forty-days-world.ts";
import { startTestProgram } from "./in-process.ts";
import type { TestProgram } from "./in-process.ts";

const dayMs = 86_400_000;
const retentionDays = 14;
const asleepDays = 20;

test("after a sleep of weeks what waited ends, old days go, and what is new is delivered", async (t) => {
  for (const how of ["stopped", "suspended"] as const) {
    const told: string[] = [];
    const log = pino({ level: "warn" }, { write: (line: string) => void told.push(line) });
    const program = await startTestProgram(t, { virtual: true, retentionDays, log });
    const receiver = await startReceiver(t, () => 0);
    const book = await openBook(t, program.databaseUrl, 7);
    await makeApp(program, receiver);
    await publish(program, "before");
    await eventually(async () => {
      await book.read();
      return receiver.seen.has("/fine before") && book.open.length === 2 && book.open.every(({ kind }) => kind !== null) ? true : null;
    });
    const [firstDayMs] = await book.days();

    if (how === "stopped") await program.stop();
    await program.advance(asleepDays * dayMs);
    if (how === "stopped") await program.start();
    await publish(program, "after");
    await eventually(() => (receiver.seen.has("/fine after") ? true : null));
    await eventually(async () => ((await book.days()).every((each) => each !== firstDayMs) ? true : null));
    assert.deepEqual(await owed(book, program), []);
    assert.deepEqual(
      told.filter((line) => /partition|outcome/.test(line)),
      [],
      how,
    );
  }
});

async function makeApp(program: TestProgram, receiver: Receiver): Promise<void> {
  await program.must("POST", "/v1/workspaces", { id: "w", name: "w", kind: "paid", region: "us" });
  const { id } = await program.must<{ id: string }>("POST", "/v1/apps", {
    name: "An App",
    workspace_id: "w",
    permissions: ["read_tickets"],
  });
  for (const path of ["fine", "failing", "fine/paused"]) {
    const asked = { url: `${receiver.url}/${path}`, topics: [topic] };
    const made = await program.must<{ id: string }>("POST", `/v1/apps/${id}/subscriptions?verify=false`, asked);
    if (path === "fine/paused") await program.must("POST", `/v1/apps/${id}/subscriptions/${made.id}/pause`, {});
  }
}

const publish = (program: TestProgram, item: string): Promise<unknown> => program.publish({ workspace_id: "w", topic, item: { id: item } });

/** What is still there and older than anything may become. */
async function owed(book: Book, program: TestProgram): Promise<unknown[]> {
  book.entries.clear();
  await book.read();
  return book.late(program.nowMs).filter(({ kind }) => kind !== null);
}
