// What else a team would run: who they are, and what is still there after a crash. Installed when they are asked for.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "../pinned.ts";
import type { System, Written } from "../system.ts";
import type { Later, Workspaces } from "./program.ts";
import { key } from "./queue.ts";
import { hasRedis } from "./redis.ts";

export type RivalName = "graphile-worker" | "pg-boss" | "BullMQ";

const logLost = "up to 20 ms of log rows are lost in a crash";
export const durability: Readonly<Record<"Bellhop" | RivalName, string>> = {
  Bellhop: "202 after the commit; each attempt's row is its record: what was under way is sent again within seconds, nothing is lost",
  "graphile-worker": `202 after the commit; jobs in hand at a crash (up to 564) stay locked for 4 hours, done ones of 50 ms are sent again; ${logLost}`,
  "pg-boss": `202 after the commit; jobs in hand at a crash (up to 500) are tried again after 15 minutes; ${logLost}`,
  BullMQ: `202 after Redis has it in a synced log (appendfsync always); jobs in hand at a crash (up to 64) are tried again after 30 s; ${logLost}`,
};

const folder = import.meta.dirname;

/** Those that can run here. Says why one cannot. */
export function rivalsHere(say: (message: string) => void): RivalName[] {
  install(say);
  if (hasRedis()) return ["graphile-worker", "pg-boss", "BullMQ"];
  say("BullMQ is left out: there is no redis-server on this machine");
  return ["graphile-worker", "pg-boss"];
}

/** Exactly what the lock file says; nothing is done when that is there. */
function install(say: (message: string) => void): void {
  const wanted = readFileSync(join(folder, "package-lock.json"), "utf8");
  const stamp = join(folder, "node_modules/.bellhop-install");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("installing the rivals");
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error("the rivals could not be installed: `npm ci --ignore-scripts` failed in bench/rivals");
  writeFileSync(stamp, wanted);
}

/** A rival as a process pinned to a core, with everything that belongs to it below it. */
export class Rival implements System {
  readonly name: RivalName;
  readonly key = key;
  readonly port: number;
  readonly #worker: Worker;

  private constructor(name: RivalName, port: number, worker: Worker) {
    this.name = name;
    this.port = port;
    this.#worker = worker;
  }

  static async start(core: number, name: RivalName): Promise<Rival> {
    const worker = new Worker(core, "rivals/program.ts");
    return new Rival(name, await worker.ask<number>("start", name), worker);
  }

  get pid(): number {
    return this.#worker.pid;
  }

  async makeWorkspaces(names: readonly string[], fanOut: number, receiverPort: number): Promise<void> {
    await this.#worker.ask("makeWorkspaces", { names, fanOut, receiverPort } satisfies Workspaces);
  }

  async addForLater(later: Later): Promise<void> {
    await this.#worker.ask("addForLater", later);
  }

  written(): Promise<Written> {
    return this.#worker.ask<Written>("written");
  }

  /** Attempts that the log has. */
  logged(): Promise<number> {
    return this.#worker.ask<number>("logged");
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }
}
