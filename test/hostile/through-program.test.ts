// The same receivers through the whole program: what came of each attempt is what its owner reads in the log, it ended in time,
// what was delivered is not sent again because of its body, and nothing an endpoint says keeps its attempt from being recorded.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setDefaultCACertificates } from "node:tls";
import type { Attempt } from "@bellhop/contract/notifications";
import { eventually } from "../eventually.ts";
import { startTestProgram } from "../in-process.ts";
import type { TestProgram } from "../in-process.ts";
import { assertPunctual, dueMs, timed } from "./punctual.ts";
import { authority, writes } from "./receiver.ts";
import { isHeavy, startTrial, trials } from "./rows.ts";
import type { Trial } from "./rows.ts";

const topic = "ticket.created";
const together = 16;
/** Where time runs out, the shortest there is, and where something comes of it before. */
const DEADLINE_MS = 1_000;
const AMPLE_MS = 10_000;

/** Over TLS what fails there, and all that is delivered. What the rest says is read from the same bytes over both. */
const told = trials.filter((trial) => !isHeavy(trial) && (trial.over === "http" || /^(tls|delivered)/.test(trial.ends)));

/** What an endpoint says about itself is kept, so it is tried with what is hard to keep. */
const hardToKeep: readonly Trial[] = (
  [
    ["a body that is no text", "HTTP/1.1 500 X\r\ncontent-length: 4\r\n\r\n\0\u00ff\u00fe\u0080", "status 500"],
    ["a header that is no UTF-8", "HTTP/1.1 500 X\r\na: \u00c3\u0028\u00ff\u00ed\u00a0\u0080\r\ncontent-length: 0\r\n\r\n", "status 500"],
    [
      "a location that is no URL",
      "HTTP/1.1 301 X\r\nlocation: \u00ff\t'\"<script>\u00ed\u00a0\u0080\r\ncontent-length: 0\r\n\r\n",
      "redirect_refused 301",
    ],
    ["a location of 15 kB", `HTTP/1.1 301 X\r\nlocation: ${"\u00fc".repeat(15_000)}\r\ncontent-length: 0\r\n\r\n`, "redirect_refused 301"],
  ] as const
).map(([name, answer, ends]) => ({ name, row: { name, does: writes(answer), ends }, over: "http", ends }));

const timeoutOf = ({ ends }: Trial): number => (ends.startsWith("timeout") ? DEADLINE_MS : AMPLE_MS);

type Stored = { attempts: Attempt[]; status: unknown; requests: number; connections: number };

/** Publishes one event to the row's receiver and gives what the log then says, and what was asked of the receiver. */
async function attemptsAt(program: TestProgram, trial: Trial): Promise<Stored> {
  const receiver = await startTrial(trial);
  try {
    const settings = { policy: { waits_s: [3_600] }, timeout_ms: timeoutOf(trial) };
    const { workspace } = await program.makeInstalled({ topics: [topic], settings, url: receiver.url });
    const { id: event } = await program.publish({ workspace_id: workspace, topic, item: { type: "ticket", id: "5" } });
    const id = await program.notificationOf(event);
    const attempts = await eventually(async () => {
      const { data } = await program.must<{ data: Attempt[] }>("GET", `/v1/notifications/${id}/attempts`);
      return data.length > 0 ? data : null;
    });
    const { status } = await program.must("GET", `/v1/notifications/${id}`);
    return { attempts, status, requests: receiver.requests.length, connections: receiver.connections() };
  } finally {
    await receiver.close();
  }
}

/** What the attempt and its notification must then say. */
function assertStored(trial: Trial, { attempts, status, requests, connections }: Stored, delayMs: number): void {
  const [attempt] = attempts as [Attempt];
  const verdict = [attempt.failure?.reason ?? "delivered", attempt.status ?? []].flat().join(" ");
  const wanted = trial.ends.split(" | ").map((end) => end.replace(/,? (body|in) .*$/, ""));
  assert.ok(wanted.includes(verdict), `${verdict} instead of ${trial.ends}`);
  const outcome = verdict.startsWith("delivered") ? "delivered" : verdict.startsWith("gone") ? "failed" : "retrying";
  assert.equal(status, outcome);
  assert.ok(attempts.length === 1 && connections === 1 && requests <= 1, "it was sent more than once");
  const { total, first_byte } = attempt.timings_ms;
  assertPunctual({ tookMs: total ?? Infinity, delayMs }, dueMs(timeoutOf(trial), first_byte));
}

async function storeAll(t: TestContext, program: TestProgram, trials: readonly Trial[]): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let trial = trials[next++]; trial !== undefined; trial = trials[next++]) {
      const one = trial;
      await t.test(one.name, async () => {
        const { result, delayMs } = await timed(() => attemptsAt(program, one));
        assertStored(one, result, delayMs);
      });
    }
  };
  await Promise.all(Array.from({ length: together }, lane));
}

test("what a hostile receiver did is stored as it was", { concurrency: together }, async (t) => {
  setDefaultCACertificates([authority]);
  const program = await startTestProgram(t);
  await storeAll(t, program, [...told, ...hardToKeep]);
});
