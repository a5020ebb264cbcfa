// What holds when the database, or the way to it, failed under load and the program lived through it.
import assert from "node:assert/strict";
import type { Ledger } from "../ledger.ts";
import type { Program } from "../program.ts";
import type { Load } from "./load.ts";
import {
  assertAllSigned,
  assertAttemptsNeverDecrease,
  assertEachRequestOnce,
  assertNothingElse,
  assertOneIdEach,
  everythingArrived,
  everythingRecorded,
} from "./promises.ts";
import type { Receiver } from "./promises.ts";

export type Kept = { readonly program: Program; readonly ledger: Ledger; readonly receivers: readonly Receiver[] };

/** What was acknowledged has arrived, nothing else has, each attempt once; what was refused does not exist. */
export async function assertKept({ program, ledger, receivers }: Kept, load: Load): Promise<string> {
  const statuses = new Set(load.answers.map(({ status }) => status));
  assert.deepEqual(statuses.difference(new Set([202, 503])), new Set());
  assert.deepEqual(new Set(load.answers.flatMap(({ codes }) => codes)).difference(new Set(["unavailable", "outcome_unknown"])), new Set());
  assert.deepEqual(
    load.answers.filter(({ status, retryAfter }) => status === 503 && retryAfter === null),
    [],
  );
  const again = [...load.published.values()].filter(({ key, outcome }) => key !== null && outcome !== "acknowledged");
  await load.repeat(again);
  assert.deepEqual(
    again.filter(({ outcome }) => outcome !== "acknowledged"),
    [],
  );
  await everythingArrived(load.acknowledged, receivers);
  await everythingRecorded(program);
  assertOneIdEach([ledger]);
  assertNothingElse(load.published, receivers);
  assertAllSigned([ledger]);
  assertAttemptsNeverDecrease([ledger]);
  assertEachRequestOnce([ledger]);
  const refused = new Set([...load.published.values()].filter(({ outcome }) => outcome === "refused").map(({ object }) => object));
  assert.deepEqual(
    ledger.entries.filter(({ object }) => refused.has(object)),
    [],
    "what was refused was stored",
  );
  assert.ok(program.isRunning);
  const unknown = [...load.published.values()].filter(({ outcome }) => outcome === "unknown").length;
  return `${load.acknowledged.length} acknowledged, ${refused.size} refused, ${unknown} unknown, ${again.length} repeated with their key`;
}
