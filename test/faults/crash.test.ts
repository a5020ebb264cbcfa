// The program kills itself at each named moment, while the database stays up.
import test from "node:test";
import { testCrashes } from "./crash-run.ts";

test("killed at any named moment, the next process owes nothing", (t) => testCrashes(t, false));
