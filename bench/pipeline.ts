// The bare pipeline as a system under load.
import type { Bench } from "./bench.ts";
import type { System, Written } from "./system.ts";

const nothingWritten: Written = { walBytes: 0, fsyncs: 0, diskBytes: 0 };

/** It needs no workspaces: what is accepted goes to its destinations by turns. */
export async function startPipeline(bench: Bench): Promise<System> {
  const worker = bench.floor("pipeline");
  const port = await worker.ask<number>("start", await bench.receiverPort());
  return {
    name: "bare pipeline",
    key: "none",
    pid: worker.pid,
    port,
    makeWorkspaces: () => Promise.resolve(),
    written: () => Promise.resolve(nothingWritten),
    stop: () => Promise.resolve(),
  };
}
