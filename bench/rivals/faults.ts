// Trouble that each system is put in: receivers that hang, and retries that wait for their time.
import { setTimeout as wait } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { itemText } from "../item.ts";
import { loadCore, Worker } from "../pinned.ts";
import type { Hanging, Received } from "../receiver.ts";
import type { Scenario } from "../settings.ts";
import type { System } from "../system.ts";
import type { Counted, Failing } from "./failing-receiver.ts";
import type { Rival } from "./rivals.ts";

const hangingMs = 10_000;
/** Until as many requests hang as will at any time. */
const hangingWarmUpS = 12;
/** Nothing arrives for so long. */
const quietMs = 2_000;
const quietWithinMs = 60_000;

export type Share = { readonly of: Scenario; readonly share: number };

/** That share of the destinations answers after 10 s meanwhile; latencies are those of the others. What is left over then arrives before the next look. */
export async function whileSomeHang<T>(bench: Bench, { of, share }: Share, look: (warmUpS: number) => Promise<T>): Promise<T> {
  await bench.receiver.ask("hang", { from: of.destinations * (1 - share), ms: hangingMs } satisfies Hanging);
  try {
    return await look(hangingWarmUpS);
  } finally {
    await bench.receiver.ask("hang", null);
    await quiet(bench);
  }
}

async function quiet({ receiver }: Bench): Promise<void> {
  const giveUpAt = performance.now() + quietWithinMs;
  for (let before = -1, now = 0; before !== now && performance.now() < giveUpAt;) {
    before = now;
    await wait(quietMs);
    now = (await receiver.ask<Received>("read")).notifications;
  }
}

const waiting = { quick: 1_000, medium: 10_000, full: 100_000 } as const;
export function retriesWaiting({ timing }: Bench): number {
  return waiting[timing.name];
}

/** Later than the benchmark takes, sooner than any system gives up. */
const laterSeconds = 7_200;

/** Rivals get jobs for later, as a failed attempt leaves them behind; Bellhop has to make its own. */
export async function makeRetriesWait(bench: Bench, bellhop: System, rivals: readonly Rival[]): Promise<void> {
  const count = retriesWaiting(bench);
  for (const rival of rivals) await rival.addForLater({ count, seconds: laterSeconds, itemBytes });
  await failAtBellhop(bench, bellhop, count);
}

const itemBytes = 1_000;
const batch = 100;
const publishersAtOnce = 4;
const failuresOfEach = 500;
const takesOneIn = 4;
const withinMs = 300_000;
const pollMs = 200;

/**
 * Publishes to receivers that mostly answer 503 and ask to be left alone, until each notification was tried once. They take one now
 * and then: who only failed would be backed off from, and most would be held instead of retried.
 */
async function failAtBellhop(bench: Bench, bellhop: System, count: number): Promise<void> {
  const failing = new Worker(loadCore, "rivals/failing-receiver.ts");
  try {
    const names = Array.from({ length: Math.ceil(count / failuresOfEach) }, (_, number) => `failing-${number}`);
    const listening: Failing = { destinations: names.length, retryAfterS: laterSeconds, takesOneIn };
    const port = await failing.ask<number>("listen", listening);
    await bellhop.makeWorkspaces(names, 1, port);
    const wanted = Math.ceil((count * takesOneIn) / (takesOneIn - 1) / batch) * batch;
    let next = 0;
    const publishAll = async (): Promise<void> => {
      for (let first = next; first < wanted; first = next) {
        next += batch;
        await publish(bellhop, names, first);
      }
    };
    await Promise.all(Array.from({ length: publishersAtOnce }, publishAll));
    const giveUpAt = performance.now() + withinMs;
    let counted = await failing.ask<Counted>("read");
    for (; counted.answered < wanted; counted = await failing.ask<Counted>("read")) {
      if (performance.now() > giveUpAt) throw new Error(`${counted.answered} of ${wanted} attempts were made`);
      await wait(pollMs);
    }
    bench.say(`${counted.failed} attempts failed, their retries wait`);
  } finally {
    await failing.stop();
  }
}

async function publish({ key, port }: System, names: readonly string[], first: number): Promise<void> {
  const line = (number: number): string => {
    const workspace = names[number % names.length] as string;
    return `{"workspace_id":"ext:${workspace}","topic":"ticket.created","item":${itemText(number, 0, itemBytes)}}`;
  };
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" };
  const body = Array.from({ length: batch }, (_, index) => line(first + index)).join("\n");
  const answer = await fetch(`http://127.0.0.1:${port}/v1/events/batch`, { method: "POST", headers, body });
  if (answer.status !== 202) throw new Error(`publishing what is to fail: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}
