// Every row of the tables beside this file, as a real server, through the real sender, over HTTP and over TLS: each attempt
// ends in time and with the right reason, is made once, leaves no connection behind that must not be used again, and a body
// changes nothing.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, describe, it } from "node:test";
import type { Answer } from "../../server/src/deliver/answer.ts";
import { dialTcp } from "../../server/src/deliver/guard-dial.ts";
import { eventually } from "../eventually.ts";
import type { Receiver } from "./receiver.ts";
import { assertPunctual, dueMs, timed } from "./punctual.ts";
import { told } from "./row.ts";
import { isHeavy, startTrial, trials } from "./rows.ts";
import type { Trial } from "./rows.ts";
import { exchangeTo, localSender } from "./sending.ts";

/** Where time runs out. */
const DEADLINE_MS = 1_500;
/** Where something comes of it before: far enough away that a busy machine does not turn an answer into a timeout. */
const AMPLE_MS = 10_000;
const concurrency = 16;
const concurrencyOfHeavy = 2;

const causes: Error[] = [];
/** By port, the sender's own ends of its connections. */
const dialled = new Map<number, Socket[]>();
const sender = localSender({
  report: (cause) => causes.push(cause),
  dial: (address, port) => {
    const socket = dialTcp(address, port);
    dialled.set(port, [...(dialled.get(port) ?? []), socket]);
    return socket;
  },
});
after(() => sender.close());

/** Makes it end in time: the attempt by its deadline, and a body a second after the headers. */
async function attempt(trial: Trial, receiver: Receiver): Promise<Answer> {
  const timeoutMs = trial.ends.startsWith("timeout") ? DEADLINE_MS : AMPLE_MS;
  const exchange = exchangeTo(receiver.url, { pool: trial.name, timeoutMs, ...trial.row.send });
  const { result: answer, ...times } = await timed(() => sender.send(exchange));
  assertPunctual(times, dueMs(timeoutMs, answer.firstByteUs === null ? null : answer.firstByteUs / 1_000));
  return answer;
}

/** The sentence is for the endpoint's owner: it speaks of no library of ours. */
function assertFit({ detail, startedAtMs, totalUs, firstByteUs, status }: Answer): void {
  assert.doesNotMatch(detail ?? "", /UND_ERR|HPE_|ERR_|undici|assert|llhttp|OpenSSL/i);
  assert.ok(startedAtMs > 0 && totalUs >= 0 && (firstByteUs === null) === (status === null));
}

async function tryOut(trial: Trial): Promise<void> {
  const receiver = await startTrial(trial);
  try {
    const answer = await attempt(trial, receiver);
    assert.ok(trial.ends.split(" | ").includes(told(answer)), `${told(answer)} instead of ${trial.ends}: ${answer.detail}`);
    assertFit(answer);
    trial.row.and?.(answer);
    const sockets = dialled.get(receiver.port) ?? [];
    assert.ok(sockets.length === 1 && receiver.requests.length <= 1, "it was asked more than once");
    if (answer.status === null || answer.bodyTruncated) await eventually(() => sockets[0]?.destroyed || null);
  } finally {
    dialled.delete(receiver.port);
    await receiver.close();
  }
}

describe("a hostile receiver", { concurrency }, () => {
  for (const trial of trials.filter((each) => !isHeavy(each))) it(trial.name, () => tryOut(trial));
});

describe("a hostile receiver of a large request", { concurrency: concurrencyOfHeavy }, () => {
  for (const trial of trials.filter(isHeavy)) it(trial.name, () => tryOut(trial));
});

it("no hostile receiver is a failure of ours", () => assert.deepEqual(causes, []));
