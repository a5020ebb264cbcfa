// Runs the matrix: every point, on a database that stays up and on one that is stopped at once before the next program starts.
// `SOAK_CRASH_ROUNDS` repeats it with random passages of each point, from a printed SEED.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { seededChance } from "./chance.ts";
import type { CrashCase } from "./crash-case.ts";
import { crashCases, crashThemes } from "./crash-cases.ts";
import type { CrashTheme } from "./crash-cases.ts";
import { startLane } from "./crash-lane.ts";
import type { Lane } from "./crash-lane.ts";
import { crashPoints } from "./crash-points.ts";
import type { CrashPoint } from "./crash-points.ts";
import { assertPromises, bookAtCrash } from "./crash-promises.ts";
import { setScene } from "./crash-scene.ts";
import type { Scene } from "./crash-scene.ts";

const rounds = Number(process.env["SOAK_CRASH_ROUNDS"] ?? 1);
/** Whoever is killed says so within seconds; a busy machine takes longer. */
const caseHangsAfterMs = 120_000;
/** All cases of a theme. */
export const themeHangsAfterMs = rounds * 900_000;
/** In later rounds: at the latest at this passage, where publishing brings them about. */
const nthMax = 6;
const publishedMax = 400;
/** Some points alone, for whoever looks for a cause. */
const only = (process.env["CRASH_POINTS"] ?? "").split(",").filter((name) => name !== "");

/** Each point of the theme, or `rounds` times. */
export async function testCrashes(t: TestContext, theme: CrashTheme): Promise<void> {
  assertAllRun();
  const { seed, chance } = seededChance();
  const points = (Object.keys(crashThemes[theme]) as CrashPoint[]).filter((point) => only.length === 0 || only.includes(point));
  t.diagnostic(`SEED=${seed}, ${points.length} points`);
  const lane = await startLane(t);
  for (let round = 1; round <= rounds; round++)
    for (const point of points)
      for (const restarts of [false, true]) {
        const nth = round > 1 && comesAgain(crashCases[point]) ? 1 + Math.floor(chance() * nthMax) : 1;
        const name = `${point}${nth > 1 ? `, passage ${nth}` : ""}, the database ${restarts ? "restarted" : "up"}`;
        lane.restarts = restarts;
        await t.test(name, { timeout: caseHangsAfterMs }, (test) => runCase(test, lane, point, nth));
      }
}

const comesAgain = ({ drive, down, empty }: CrashCase): boolean => drive === undefined && down === undefined && !empty;

/** No point without a case, no case without a point, no theme without a file that runs it. */
function assertAllRun(): void {
  const themed = Object.values(crashThemes).flatMap((cases) => Object.keys(cases));
  assert.deepEqual(themed.toSorted(), Object.keys(crashPoints).toSorted());
  const files = Object.keys(crashThemes).map((theme) => join(import.meta.dirname, `crash-${theme}.test.ts`));
  assert.deepEqual(
    files.filter((file) => !existsSync(file)),
    [],
  );
}

async function runCase(t: TestContext, lane: Lane, point: CrashPoint, nth: number): Promise<void> {
  lane.disarm();
  if (crashCases[point].empty) return runEmpty(t, lane, point);
  if (!lane.program.isRunning) await lane.program.start();
  const { arrange, down, drive = publishUntilDead } = crashCases[point];
  const scene = await setScene(t, lane);
  await arrange?.(scene);
  if (down) await lane.program.kill("SIGKILL");
  await down?.(scene);
  lane.arm(point, nth);
  const driven = down ? startInVain(lane) : drive(scene);
  const quiet = driven.catch(() => undefined);
  await lane.died(point);
  await quiet;
  await goOn(scene, point, nth);
}

/** A first start on a database without a table. */
async function runEmpty(t: TestContext, beside: Lane, point: CrashPoint): Promise<void> {
  if (beside.program.isRunning) await beside.program.kill("SIGKILL");
  const lane = await beside.beside();
  lane.arm(point);
  await startInVain(lane);
  await lane.died(point);
  await lane.program.start();
  await goOn(await setScene(t, lane), point, 1);
  await lane.program.kill("SIGKILL");
}

/** It may be ready for a moment before it dies. */
async function startInVain(lane: Lane): Promise<void> {
  await lane.program.start().catch(() => undefined);
}

/** No more than what is delivered soon afterwards; then the point is reached by what is there. */
async function publishUntilDead(scene: Scene): Promise<void> {
  while (scene.lane.program.isRunning && scene.told.length < publishedMax) await scene.publish();
  await scene.lane.program.ended();
}

/** Another process takes over, and everything that was promised is looked at. */
async function goOn(scene: Scene, point: CrashPoint, nth: number): Promise<void> {
  const { dead, resumed, ends = [], replayed = false, answersStay } = crashCases[point];
  const atCrash = await bookAtCrash(scene);
  scene.phase = 1;
  if (!answersStay) scene.answer = () => ({ status: 200 });
  await dead?.(scene);
  if (!scene.lane.program.isRunning) await scene.lane.program.start();
  await resumed?.(scene);
  await scene.repeat();
  await scene.publish(4);
  // A later passage has others under way.
  await assertPromises(scene, atCrash, { mayRepeat: nth > 1 || crashPoints[point].mayRepeat, ends, replayed });
}
