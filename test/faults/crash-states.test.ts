// While states change and many notifications end, the program kills itself at each named moment.
import test from "node:test";
import { testCrashes, themeHangsAfterMs } from "./crash-run.ts";

test("killed while states change, the next process owes nothing", { timeout: themeHangsAfterMs }, (t) => testCrashes(t, "states"));
