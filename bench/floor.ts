// The bare parts under load, each alone on the core where Bellhop runs otherwise.
import { setTimeout as wait } from "node:timers/promises";
import type { InsertLoad } from "./floors/insert.ts";
import type { SenderLoad } from "./floors/sender.ts";
import type { Load, Sent } from "./generator.ts";
import type { Worker } from "./pinned.ts";
import type { Received } from "./receiver.ts";
import { itemBytes } from "./settings.ts";
import type { Scenario, Timing } from "./settings.ts";
import { measureWindow } from "./window.ts";
import type { Window } from "./window.ts";

export type Floors = {
  readonly sender: Worker;
  readonly insert: Worker;
  readonly accept: Worker;
  readonly generator: Worker;
  readonly receiver: Worker;
  readonly timing: Timing;
};

/** Cost of 1,000 notifications. */
export async function measureSender({ sender, receiver, timing }: Floors): Promise<Window> {
  const port = await receiver.ask<number>("port");
  await sender.ask("start", { port, destinations: timing.destinations, itemBytes } satisfies SenderLoad);
  await wait(timing.warmUp * 1_000);
  await receiver.ask("reset");
  const lateMs = async (): Promise<number> => (await receiver.ask<Received>("read")).lateMs;
  const window = await measureWindow({ pid: sender.pid, count: () => sender.ask<number>("read"), lateMs }, timing.window);
  await sender.ask("stop");
  return window;
}

/** Cost of 1,000 notifications. */
export async function measureInsert({ insert, timing }: Floors, { fanOut }: Scenario): Promise<Window> {
  await insert.ask("start", { fanOut, itemBytes } satisfies InsertLoad);
  await wait(timing.warmUp * 1_000);
  const lateMs = async (): Promise<number> => 0;
  const window = await measureWindow({ pid: insert.pid, count: () => insert.ask<number>("read"), lateMs }, timing.window);
  await insert.ask("stop");
  return window;
}

/** Cost of 1,000 events. */
export async function measureAccept({ accept, generator, timing }: Floors, { batch }: Scenario): Promise<Window> {
  const port = await accept.ask<number>("port");
  await generator.ask("start", { port, key: "none", rate: null, batch, itemBytes, workspaces: ["ext:bench"] } satisfies Load);
  await wait(timing.warmUp * 1_000);
  await generator.ask("reset");
  const read = (): Promise<Sent> => generator.ask<Sent>("read");
  const measured = { pid: accept.pid, count: async () => (await read()).events, lateMs: async () => (await read()).lateMs };
  const window = await measureWindow(measured, timing.window);
  await generator.ask("stop");
  return window;
}
