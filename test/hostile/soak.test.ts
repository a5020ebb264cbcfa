// Thousands of hostile deliveries in a row, mixed by a printed seed (`SEED` repeats it): every one ends as its row says, and
// afterwards the sender holds no more memory than before, and none of its sockets and timers is left. `SOAK_HOSTILE` and
// `SOAK_TLS` say how many deliveries; with more of them the same must hold.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Sender } from "../../server/src/deliver/sender.ts";
import { eventually } from "../eventually.ts";
import { seededChance } from "../faults/chance.ts";
import { assertPunctual, dueMs, timed } from "./punctual.ts";
import { told } from "./row.ts";
import { isHeavy, trials } from "./rows.ts";
import type { Trial } from "./rows.ts";
import { exchangeTo, localSender } from "./sending.ts";

const mixed = Number(process.env["SOAK_HOSTILE"] ?? 10_000);
const failingTls = Number(process.env["SOAK_TLS"] ?? 2_000);

/** Where time runs out, for the headers or for the body. */
const DEADLINE_MS = 250;
/** Where something comes of it before. */
const AMPLE_MS = 10_000;
/** Many, because some of them only wait. */
const concurrency = 100;
/** Subscriptions per row: connections are theirs, so a few of each are enough to have them used again and thrown away. */
const poolsPerTrial = 2;
const growthBytesMax = 10_000_000;
/** What is compiled, cached and pooled once is there after so many. */
const warmUp = 2_000;

const { seed, chance } = seededChance();
const farm = fork(new URL("./farm.ts", import.meta.url));
let urls: Record<string, string> = {};
before(async () => ([urls] = (await once(farm, "message")) as [Record<string, string>]));
after(() => farm.disconnect());

/** Gives by how much it missed its deadline; below zero where it did not. */
async function deliverOne(sender: Sender, trial: Trial): Promise<number> {
  const timeoutMs = trial.row.slow === true ? DEADLINE_MS : AMPLE_MS;
  const began = performance.now();
  const pool = `${trial.name} ${Math.floor(chance() * poolsPerTrial)}`;
  const answer = await sender.send(exchangeTo(urls[trial.name] as string, { pool, connections: 1, timeoutMs, ...trial.row.send }));
  const lateMs = performance.now() - began - dueMs(timeoutMs, answer.firstByteUs === null ? null : answer.firstByteUs / 1_000);
  // A connection that was kept may end just as it is used again, and one that is reset may take the answer to half a request
  // with it: those rows say nothing of it.
  if (answer.failure === "closed_early" && (answer.connectUs === null || isHeavy(trial))) return lateMs;
  // How far it comes in so short a time is chance.
  const isCutShort = trial.row.slow === true && answer.failure === "timeout" && answer.status === null;
  const isAsSaid = isCutShort || trial.ends.split(" | ").includes(told(answer));
  assert.ok(isAsSaid, `${trial.name}: ${told(answer)} instead of ${trial.ends} (SEED=${seed})`);
  trial.row.and?.(answer);
  return lateMs;
}

/** Some of these, chosen by chance, so many in all and many at a time, each in time. */
async function deliver(sender: Sender, among: readonly Trial[], count: number): Promise<void> {
  let left = count;
  const lane = async (): Promise<number> => {
    let latestMs = -Infinity;
    while (left > 0) {
      left -= 1;
      latestMs = Math.max(latestMs, await deliverOne(sender, among[Math.floor(chance() * among.length)] as Trial));
    }
    return latestMs;
  };
  const { result, delayMs } = await timed(() => Promise.all(Array.from({ length: concurrency }, lane)));
  // What is past its deadline ends a turn later, so that of two turns of a loop that is kept this busy each may be late.
  assertPunctual({ tookMs: Math.max(...result), delayMs: 2 * delayMs }, 0);
}

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

/** What is really held: twice, because what the first collection finalises the second one frees. */
async function heldBytes(collect: () => void): Promise<number> {
  for (let turn = 0; turn < 2; turn += 1) {
    collect();
    await new Promise((done) => setImmediate(done));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Sockets, timers and open files of this process. */
function handles(): Record<string, number> {
  const kinds = Object.groupBy(process.getActiveResourcesInfo(), (kind) => kind);
  const counts = Object.fromEntries(Object.entries(kinds).map(([kind, all]) => [kind, all?.length ?? 0]));
  return { ...counts, files: readdirSync("/proc/self/fd").length };
}

async function holdsFlat(among: readonly Trial[], count: number, tell: (message: string) => void): Promise<void> {
  const collect = collector();
  const causes: Error[] = [];
  const atFirst = handles();
  const sender = localSender({ report: (cause) => causes.push(cause) });
  await deliver(sender, among, warmUp);
  const before = await heldBytes(collect);
  await deliver(sender, among, count);
  const grown = (await heldBytes(collect)) - before;
  tell(`${count} deliveries, SEED=${seed}: ${(grown / 1e6).toFixed(1)} MB more held than after the first ${warmUp}`);
  assert.ok(grown < growthBytesMax, `grew by ${grown} bytes (SEED=${seed})`);
  assert.deepEqual(causes, []);
  await sender.close();
  await eventually(() => {
    const now = handles();
    for (const kind of new Set(Object.keys({ ...now, ...atFirst })))
      assert.ok((now[kind] ?? 0) <= (atFirst[kind] ?? 0), `${kind} are left`);
    return true;
  });
}

test(`${mixed} hostile deliveries leave nothing behind`, (t) => holdsFlat(trials, mixed, (message) => t.diagnostic(message)));

test(`${failingTls} deliveries that fail at TLS leave nothing behind`, (t) => {
  const among = trials.filter(({ over, ends }) => over === "https" && ends === "tls");
  return holdsFlat(among, failingTls, (message) => t.diagnostic(message));
});
