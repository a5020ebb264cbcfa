// A short look for those who change the hot path: single publishing beside the bare parts, by turns, in less than 40 s.
import type { Bench } from "./bench.ts";
import { measureAccept, measureInsert, measureSender } from "./floors.ts";
import { interleave, medianOf } from "./interleave.ts";
import { measureLoad } from "./load.ts";
import type { LoadWindow } from "./load.ts";
import { single } from "./settings.ts";
import { table } from "./table.ts";
import type { Window } from "./window.ts";

const warmUpS = 3;
const pairs = 2;
const pairsWithinS = 15;

/** `rate`: notifications a second; null: as fast as 64 publishers that wait for their answers. */
export async function lookAtSingle(bench: Bench, rate: number | null): Promise<string> {
  const { warmUp, window } = bench.timing;
  const system = await bench.bellhop();
  const load = { system, scenario: single, rate, warmUp, window };
  await measureLoad(bench, { ...load, warmUp: warmUpS, window: 0.1 });
  const turns = {
    ours: () => measureLoad(bench, load),
    again: () => measureLoad(bench, load),
    sender: () => measureSender(bench, single),
    insert: () => measureInsert(bench, single),
    accept: () => measureAccept(bench, single),
  };
  const taken = await interleave(turns, pairs, pairsWithinS);
  const ours = [...taken.ours, ...taken.again];
  const floors = { sender: taken.sender, insert: taken.insert, accept: taken.accept };
  const cost = (windows: readonly Window[]): number => medianOf(windows, (each) => each.cost);
  const sum = Object.values(floors).reduce((total, windows) => total + cost(windows), 0);
  const row = (name: string, windows: readonly Window[]): string[] => [
    name,
    cost(windows).toFixed(4),
    medianOf(windows, (each) => each.perSecond).toFixed(0),
    windows.map((each) => each.cost.toFixed(4) + (each.isVoid ? " void" : "")).join(" "),
    windows.map((each) => `${(each.foreign * 100).toFixed(0)} %`).join(" "),
  ];
  const rows = [row("Bellhop", ours), ...Object.entries(floors).map(([name, windows]) => row(name, windows))];
  return [
    `Single publishing, fan-out 1, ${rate === null ? "as fast as 64 publishers get answers" : `${rate}/s`}; CPU-seconds per 1,000`,
    table(["", "CPU", "per s", "windows", "others on the core"], rows),
    `ratio to the sum of the bare parts: ${(cost(ours) / sum).toFixed(2)}; ${latency(ours)}`,
  ].join("\n\n");
}

function latency(windows: readonly LoadWindow[]): string {
  const [ack, p50, p99] = [(w: LoadWindow) => w.ack.p50, (w: LoadWindow) => w.endToEnd.p50, (w: LoadWindow) => w.endToEnd.p99].map(
    (figure) => medianOf(windows, figure).toFixed(1),
  );
  return `ack p50 ${ack} ms, end to end p50 ${p50} ms, p99 ${p99} ms`;
}
