// The bare parts under load, each alone on the core where Bellhop runs otherwise.
import { setTimeout as wait } from "node:timers/promises";
import type { Bench } from "./bench.ts";
import type { InsertLoad } from "./floors/insert.ts";
import type { SenderLoad } from "./floors/sender.ts";
import type { Load, Sent } from "./generator.ts";
import type { Received } from "./receiver.ts";
import type { Scenario } from "./settings.ts";
import { measureWindow } from "./window.ts";
import type { Window } from "./window.ts";

/** Cost of 1,000 notifications. */
export async function measureSender(bench: Bench, { destinations, itemBytes }: Scenario): Promise<Window> {
  const { receiver, timing } = bench;
  const sender = bench.floor("sender");
  await sender.ask("start", { port: await bench.receiverPort(), destinations, itemBytes } satisfies SenderLoad);
  await wait(timing.warmUp * 1_000);
  await receiver.ask("reset");
  const lateMs = async (): Promise<number> => (await receiver.ask<Received>("read")).lateMs;
  const window = await measureWindow({ pid: sender.pid, count: () => sender.ask<number>("read"), lateMs }, timing.window);
  await sender.ask("stop");
  return window;
}

/** Cost of 1,000 notifications. */
export async function measureInsert(bench: Bench, { fanOut, itemBytes }: Scenario): Promise<Window> {
  const insert = bench.floor("insert");
  await insert.ask("start", { fanOut, itemBytes } satisfies InsertLoad);
  await wait(bench.timing.warmUp * 1_000);
  const lateMs = async (): Promise<number> => 0;
  const window = await measureWindow({ pid: insert.pid, count: () => insert.ask<number>("read"), lateMs }, bench.timing.window);
  await insert.ask("stop");
  return window;
}

/** Cost of 1,000 events. */
export async function measureAccept(bench: Bench, { batch, itemBytes }: Scenario): Promise<Window> {
  const { generator, timing } = bench;
  const accept = bench.floor("accept");
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
