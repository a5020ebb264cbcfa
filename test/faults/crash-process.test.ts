// While it starts, keeps itself and stops, the program kills itself at each named moment.
import test from "node:test";
import { testCrashes, themeHangsAfterMs } from "./crash-run.ts";

test("killed at a start, at a checkpoint or at a stop, the next process owes nothing", { timeout: themeHangsAfterMs }, (t) =>
  testCrashes(t, "process"),
);
