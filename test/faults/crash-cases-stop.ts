// The program is told to stop, and is killed before it has.
import { eventually } from "../eventually.ts";
import type { CrashCase } from "./crash-case.ts";
import type { Scene } from "./crash-scene.ts";

/** Requests that wait for their answer while the program is told to stop. */
const underWay: CrashCase = {
  arrange: async (scene) => {
    scene.answer = () => "never";
    await scene.publish(8);
    await scene.underWay(8);
  },
  drive: async (scene) => {
    const ended = scene.lane.program.kill("SIGTERM");
    await notListening(scene);
    scene.release(200);
    await ended;
  },
};

const quiet: CrashCase = {
  arrange: async (scene) => {
    await scene.publishMany(4);
    await scene.stepped(8);
  },
  drive: ({ lane }) => lane.program.kill("SIGTERM"),
};

async function notListening({ lane }: Scene): Promise<void> {
  await eventually(() =>
    fetch(`${lane.program.url}/livez`).then(
      () => null,
      () => true,
    ),
  );
}

export const stopCases = {
  "stop-asked": underWay,
  "stop-answered": underWay,
  "stop-recorded": underWay,
  "stop-checkpointed": quiet,
  "stop-released": quiet,
} as const satisfies Record<string, CrashCase>;
