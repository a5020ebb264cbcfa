// What every part of the benchmark works with. Processes are started when a part first needs them, and all are stopped at the end.
import { Bellhop } from "./bellhop.ts";
import { findMaximum } from "./maximum.ts";
import type { Maximum } from "./maximum.ts";
import { loadCore, measuredCore, Worker } from "./pinned.ts";
import type { Scenario, Timing } from "./settings.ts";
import type { System } from "./system.ts";

export type FloorName = "sender" | "insert" | "accept" | "pipeline";

const endedEarly = "The benchmark is being ended.";

export class Bench {
  readonly timing: Timing;
  readonly generator = new Worker(loadCore, "generator.ts");
  readonly receiver = new Worker(loadCore, "receiver.ts");
  readonly #floors = new Map<FloorName, Worker>();
  readonly #systems = new Set<System>();
  readonly #worlds = new WeakMap<System, Map<string, readonly string[]>>();
  readonly #maxima = new Map<string, Maximum>();
  #bellhop: Promise<Bellhop> | null = null;
  #ending: Promise<void> | null = null;

  constructor(timing: Timing) {
    this.timing = timing;
  }

  say(message: string): void {
    process.stderr.write(`bench: ${message} (${(performance.now() / 1_000).toFixed(0)} s)\n`);
  }

  /** The one that most parts share. */
  bellhop(): Promise<Bellhop> {
    this.#bellhop ??= this.start(() => Bellhop.start(measuredCore));
    return this.#bellhop;
  }

  /** What is started here is stopped at the end, if it has not been before. */
  async start<T extends System>(start: () => Promise<T>): Promise<T> {
    if (this.#ending) throw new Error(endedEarly);
    const system = await start();
    this.#systems.add(system);
    if (!this.#ending) return system;
    await this.stop(system);
    throw new Error(endedEarly);
  }

  async stop(system: System): Promise<void> {
    this.#systems.delete(system);
    await system.stop();
  }

  floor(name: FloorName): Worker {
    const worker = this.#floors.get(name) ?? new Worker(measuredCore, `floors/${name}.ts`);
    this.#floors.set(name, worker);
    return worker;
  }

  receiverPort(): Promise<number> {
    return this.receiver.ask<number>("port");
  }

  /** The workspaces of a system that the scenario publishes to, made when they are first asked for. */
  async workspaces(system: System, { fanOut, destinations }: Pick<Scenario, "fanOut" | "destinations">): Promise<readonly string[]> {
    const worlds = this.#worlds.get(system) ?? new Map<string, readonly string[]>();
    this.#worlds.set(system, worlds);
    const world = `fan-out-${fanOut}-of-${destinations}`;
    const known = worlds.get(world);
    if (known) return known;
    const names = Array.from({ length: Math.ceil(destinations / fanOut) }, (_, number) => `${world}-${number}`);
    await system.makeWorkspaces(names, fanOut, await this.receiverPort());
    worlds.set(world, names);
    return names;
  }

  /** Bellhop's, looked for when it is first asked for. */
  async maximum(scenario: Scenario): Promise<Maximum> {
    const known = this.#maxima.get(scenario.name);
    if (known) return known;
    this.say(`${scenario.name}: looking for the maximum`);
    const found = await findMaximum(this, await this.bellhop(), scenario);
    this.#maxima.set(scenario.name, found);
    return found;
  }

  /** All that were found, by the name of the scenario. */
  get maxima(): ReadonlyMap<string, Maximum> {
    return this.#maxima;
  }

  /** Whatever still asks for something fails. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const all = [...this.#systems, ...this.#floors.values(), this.generator, this.receiver];
    await Promise.allSettled(all.map((each) => each.stop()));
  }
}
