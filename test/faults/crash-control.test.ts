// In the middle of a replay, a rotation, a migration or a partition, the program kills itself at each named moment.
import test from "node:test";
import { testCrashes, themeHangsAfterMs } from "./crash-run.ts";

test("killed in the middle of a change, the next process goes on with it", { timeout: themeHangsAfterMs }, (t) =>
  testCrashes(t, "control"),
);
