// The program kills itself at each named moment, and the database is stopped at once before the next program starts.
import test from "node:test";
import { testCrashes } from "./crash-run.ts";

test("killed at any named moment together with its database, the next process owes nothing", (t) => testCrashes(t, true));
