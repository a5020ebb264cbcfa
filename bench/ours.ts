// Bellhop under a load: a window's cost, latencies and bytes, and the highest rate that it keeps up with.
import { setTimeout as wait } from "node:timers/promises";
import type { Bellhop, Written } from "./bellhop.ts";
import { key } from "./bellhop.ts";
import type { Quantiles } from "./clock.ts";
import type { Load, Sent } from "./generator.ts";
import type { Worker } from "./pinned.ts";
import type { Received } from "./receiver.ts";
import { itemBytes } from "./settings.ts";
import type { Scenario, Timing } from "./settings.ts";
import { measureWindow } from "./window.ts";
import type { Window } from "./window.ts";

export type OurWindow = Window & {
  readonly ack: Quantiles;
  readonly endToEnd: Quantiles;
  readonly refused: number;
  /** For each notification. */
  readonly written: Written;
};

export type Parts = { readonly bellhop: Bellhop; readonly generator: Worker; readonly receiver: Worker; readonly timing: Timing };
/** Rates are of notifications a second. */
type Asked = { readonly scenario: Scenario; readonly rate: number; readonly warmUp: number; readonly window: number };

const drainWithinMs = 20_000;
const drainPollMs = 200;
const keepsUpMsMax = 1_000;
const searchFirst = 1_000;
const searchStep = 2_000;
const searchStepMin = 500;
const searchStepsMax = 16;

export const workspacesOf = ({ fanOut }: Scenario, { destinations }: Timing): string[] =>
  Array.from({ length: destinations / fanOut }, (_, number) => `fan-out-${fanOut}-${number}`);

export async function loadBellhop(parts: Parts, { scenario, rate, warmUp, window }: Asked): Promise<OurWindow> {
  const { bellhop, generator, receiver, timing } = parts;
  const { batch, fanOut } = scenario;
  const workspaces = workspacesOf(scenario, timing).map((name) => `ext:${name}`);
  await generator.ask("start", { port: bellhop.port, key, rate: rate / fanOut, batch, itemBytes, workspaces } satisfies Load);
  await wait(warmUp * 1_000);
  await Promise.all([generator.ask("reset"), receiver.ask("reset")]);
  const [before, sentBefore, receivedBefore] = [await bellhop.written(), await generator.ask<Sent>("read"), await notifications(parts)];
  const lateMs = async (): Promise<number> =>
    Math.max((await generator.ask<Sent>("read")).lateMs, (await receiver.ask<Received>("read")).lateMs);
  const measured = await measureWindow({ pid: bellhop.pid, count: () => notifications(parts), lateMs }, window);
  const [sent, received, after] = [await generator.ask<Sent>("read"), await receiver.ask<Received>("read"), await bellhop.written()];
  await generator.ask("stop");
  await drain(parts);
  return {
    ...measured,
    ack: sent.ack,
    endToEnd: received.endToEnd,
    refused: sent.refused - sentBefore.refused,
    written: perNotification(before, after, received.notifications - receivedBefore),
  };
}

/** The highest rate found at which nothing is refused and nothing waits for long; steps are halved when one is too high. */
export async function findMaximum(parts: Parts, scenario: Scenario): Promise<number> {
  const { searchWarmUp: warmUp, searchWindow: window, confirm } = parts.timing;
  const keepsUp = async (rate: number, seconds: number): Promise<boolean> => {
    const { refused, endToEnd, perSecond } = await loadBellhop(parts, { scenario, rate, warmUp, window: seconds });
    return refused === 0 && endToEnd.max < keepsUpMsMax && perSecond > rate * 0.9;
  };
  let held = searchFirst;
  let step = searchStep;
  for (let tried = 0; step >= searchStepMin && tried < searchStepsMax; tried++) {
    if (await keepsUp(held + step, window)) held += step;
    else step /= 2;
  }
  while (confirm > 0 && held > searchStepMin && !(await keepsUp(held, confirm))) held -= searchStepMin;
  return held;
}

async function notifications({ receiver }: Parts): Promise<number> {
  return (await receiver.ask<Received>("read")).notifications;
}

/** Until nothing more arrives. */
async function drain(parts: Parts): Promise<void> {
  const giveUpAt = performance.now() + drainWithinMs;
  for (let last = -1, count = 0; count !== last && performance.now() < giveUpAt;) {
    last = count;
    await wait(drainPollMs);
    count = await notifications(parts);
  }
}

function perNotification(before: Written, after: Written, count: number): Written {
  const each = (name: keyof Written): number => (after[name] - before[name]) / count;
  return { walBytes: each("walBytes"), fsyncs: each("fsyncs"), diskBytes: each("diskBytes") };
}
