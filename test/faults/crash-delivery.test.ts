// Between a publish and the record of its delivery, the program kills itself at each named moment.
import test from "node:test";
import { testCrashes, themeHangsAfterMs } from "./crash-run.ts";

test("killed at any moment of a delivery, the next process owes nothing", { timeout: themeHangsAfterMs }, (t) =>
  testCrashes(t, "delivery"),
);
