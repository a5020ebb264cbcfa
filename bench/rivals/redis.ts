// A Redis of its own, where the machine has one, with every write on disk before it is answered.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { freePort } from "../../server/src/port.ts";

const program = "redis-server";

export type Redis = { readonly port: number; readonly stop: () => Promise<void> };

export function hasRedis(): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

export async function startRedis(dir: string): Promise<Redis> {
  const port = (await freePort("127.0.0.1", 0)) as number;
  const durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];
  const memory = ["--maxmemory-policy", "noeviction"];
  const child = spawn(program, ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, ...durable, ...memory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface(child.stdout)) if (line.includes("Ready to accept connections")) break;
  child.stdout.resume();
  if (child.exitCode !== null) throw new Error("redis-server does not start");
  return {
    port,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
