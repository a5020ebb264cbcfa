// A system under a load from outside: a window's cost, latencies and bytes. What goes to receivers that hang is not counted as done.
import { setTimeout as wait } from "node:timers/promises";
import type { Bench } from "./bench.ts";
import type { Quantiles } from "./clock.ts";
import type { Load, Sent } from "./generator.ts";
import type { Received } from "./receiver.ts";
import type { Scenario } from "./settings.ts";
import type { System, Written } from "./system.ts";
import { measureWindow } from "./window.ts";
import type { Window } from "./window.ts";

export type LoadWindow = Window & {
  readonly ack: Quantiles;
  readonly endToEnd: Quantiles;
  /** The longest from the intended time to the arrival, what arrived after the window included. */
  readonly oldestMs: number;
  readonly refused: number;
  /** Notifications of what was due in the window, and did not arrive in it. */
  readonly behind: number;
  /** Notifications of all that was accepted from the start of the load, the warm-up included. */
  readonly accepted: number;
  /** Those of them that did not arrive, long after. */
  readonly missing: number;
  /** For each notification. */
  readonly written: Written;
};

export type Asked = {
  readonly system: System;
  readonly scenario: Scenario;
  /** Notifications a second; null: 64 publishers, each as fast as its answers come. */
  readonly rate: number | null;
  readonly warmUp: number;
  readonly window: number;
};

const drainWithinMs = 20_000;
const drainPollMs = 100;
/** Nothing moved for so many polls. */
const stillPollsMax = 20;

export async function measureLoad(bench: Bench, { system, scenario, rate, warmUp, window }: Asked): Promise<LoadWindow> {
  const { generator, receiver } = bench;
  const { batch, fanOut, itemBytes } = scenario;
  const workspaces = (await bench.workspaces(system, scenario)).map((name) => `ext:${name}`);
  const [sentAtFirst, arrivedAtFirst] = [await sentBy(bench), await receivedBy(bench)];
  const load = { port: system.port, key: system.key, rate: rate === null ? null : rate / fanOut, batch, itemBytes, workspaces };
  await generator.ask("start", load satisfies Load);
  await wait(warmUp * 1_000);
  await Promise.all([generator.ask("reset"), receiver.ask("reset")]);
  const [before, sentBefore, receivedBefore] = [await system.written(), await sentBy(bench), await receivedBy(bench)];
  const measured = await measureWindow(
    { pid: system.pid, count: async () => (await receivedBy(bench)).healthy, lateMs: () => latenessOf(bench) },
    window,
  );
  const [sent, received, after] = [await sentBy(bench), await receivedBy(bench), await system.written()];
  await generator.ask("pause");
  const missing = await drain(bench, (sent, arrived) => (sent - sentAtFirst.events) * fanOut - (arrived - arrivedAtFirst.notifications));
  const accepted = ((await sentBy(bench)).events - sentAtFirst.events) * fanOut;
  await generator.ask("stop");
  return {
    ...measured,
    ack: sent.ack,
    endToEnd: received.endToEnd,
    oldestMs: (await receivedBy(bench)).endToEnd.max,
    refused: sent.refused - sentBefore.refused,
    behind: (sent.due - sentBefore.due) * fanOut - (received.notifications - receivedBefore.notifications),
    accepted,
    missing,
    written: perNotification(before, after, received.notifications - receivedBefore.notifications),
  };
}

const sentBy = ({ generator }: Bench): Promise<Sent> => generator.ask<Sent>("read");
const receivedBy = ({ receiver }: Bench): Promise<Received> => receiver.ask<Received>("read");

export async function latenessOf(bench: Bench): Promise<number> {
  return Math.max((await sentBy(bench)).lateMs, (await receivedBy(bench)).lateMs);
}

/** Until all that was accepted has arrived, or nothing more does; gives how many are missing then. */
async function drain(bench: Bench, missingOf: (events: number, notifications: number) => number): Promise<number> {
  const giveUpAt = performance.now() + drainWithinMs;
  let [last, still] = [Number.NaN, 0];
  while (performance.now() < giveUpAt && still < stillPollsMax) {
    await wait(drainPollMs);
    const missing = missingOf((await sentBy(bench)).events, (await receivedBy(bench)).notifications);
    still = missing === last ? still + 1 : 0;
    last = missing;
    if (missing === 0 && still > 0) return 0;
  }
  return last;
}

function perNotification(before: Written, after: Written, count: number): Written {
  const each = (name: keyof Written): number => (after[name] - before[name]) / count;
  return { walBytes: each("walBytes"), fsyncs: each("fsyncs"), diskBytes: each("diskBytes") };
}
