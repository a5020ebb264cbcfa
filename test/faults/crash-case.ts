// One case of the matrix: how its point is reached, and what is particular to it.
import type { Scene } from "./crash-scene.ts";

export type CrashCase = {
  /** While the program runs and before it listens for the point. */
  readonly arrange?: (scene: Scene) => Promise<unknown>;
  /** While no program runs: the next one dies at its start. */
  readonly down?: (scene: Scene) => Promise<unknown>;
  /** What brings the program to the point; by default a batch is published. */
  readonly drive?: (scene: Scene) => Promise<unknown>;
  /** While the program is dead. */
  readonly dead?: (scene: Scene) => Promise<unknown>;
  /** While the next program runs, before everything is published again with its keys. */
  readonly resumed?: (scene: Scene) => Promise<unknown>;
  /** Why notifications of the plain subscription may end. */
  readonly ends?: readonly string[];
  readonly replayed?: true;
  /** The receivers go on as they were; by default they accept everything after the kill. */
  readonly answersStay?: true;
  /** A database without a table, and a program that was never started. */
  readonly empty?: true;
};
