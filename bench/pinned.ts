// Child processes of the benchmark, each pinned to one core where the system can do that. Everything asked of them has a
// time limit: a benchmark must end.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import type { Question, Reply } from "./worker.ts";

/** Bellhop with its PostgreSQL, or what it is compared with; and everything that puts load on it. */
export const measuredCore = 0;
export const loadCore = 1;

const answerWithinMs = 60_000;
const endWithinMs = 30_000;

let pins: boolean | undefined;

/** Whether processes can be pinned here. */
export function canPin(): boolean {
  pins ??= spawnSync("taskset", ["-p", String(process.pid)]).status === 0;
  return pins;
}

/** The benchmark itself must not disturb what it measures. */
export function pinSelf(): void {
  if (canPin()) spawnSync("taskset", ["-a", "-p", "-c", String(loadCore), String(process.pid)]);
}

/** Node with these arguments on one core; its own children stay there too. */
export function spawnNode(core: number, args: readonly string[], options: SpawnOptions): ChildProcess {
  const command = canPin() ? ["taskset", "-c", String(core), process.execPath] : [process.execPath];
  return spawn(command[0] as string, [...command.slice(1), ...args], options);
}

export async function endProcess(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  const tooSlow = setTimeout(() => child.kill("SIGKILL"), endWithinMs);
  ask();
  await ended;
  clearTimeout(tooSlow);
}

export class Worker {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  constructor(core: number, file: string) {
    const path = new URL(file, import.meta.url).pathname;
    this.#child = spawnNode(core, [path], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (reply: Reply) => this.#hear(reply));
    this.#child.once("exit", (code) => this.#failAll(new Error(`${file} ended (${code})`)));
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async ask<T>(ask: string, argument: unknown = null): Promise<T> {
    const number = ++this.#asked;
    const answer = Promise.withResolvers<unknown>();
    this.#open.set(number, answer);
    const tooSlow = setTimeout(() => answer.reject(new Error(`no answer to ${ask} in ${answerWithinMs} ms`)), answerWithinMs);
    this.#child.send({ number, ask, argument } satisfies Question);
    try {
      return (await answer.promise) as T;
    } finally {
      clearTimeout(tooSlow);
      this.#open.delete(number);
    }
  }

  stop(): Promise<void> {
    return endProcess(this.#child, () => this.#child.disconnect());
  }

  #hear({ number, result, error }: Reply): void {
    if (error === undefined) this.#open.get(number)?.resolve(result);
    else this.#open.get(number)?.reject(new Error(error));
  }

  #failAll(error: Error): void {
    for (const answer of this.#open.values()) answer.reject(error);
  }
}
