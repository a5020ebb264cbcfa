// Scrolling through a long log does not stutter: while 10,000 rows pass by, and further ones are read as they are needed, no task in which
// our own script runs takes more than 50 ms. Chromium's own trace says what was a task, what ran in it, and how much of the processor it
// took: how long it lasted would also say who else uses the machine.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { createTestDatabase } from "../database.ts";
import type { TestDatabase } from "../database.ts";
import { eventually } from "../eventually.ts";
import { filled, fillLog } from "../filled-log.ts";
import { desktop, Hub } from "./hub.ts";
import { recordTrace, scriptTasksMs } from "./trace.ts";

/** On a machine on which the known work takes so long; on a slower one as much more. */
const [taskMsMax, knownWorkMs] = [50, 10];
/** A trace in which something else happened says nothing. */
const traces = 3;
const rows = 10_000;
const rowsOfPage = 100;
const wheelPx = 3 * desktop.height;
/** Only ends hangs. */
const scrolledWithinMs = 60_000;
/** Half of each event's notifications are the busiest app's. */
const shape = { fromMs: Date.now() - 86_460_000, days: 1, eventsPerDay: rows / 2 };
const encryptionKey = Buffer.alloc(32, 7);

let database: TestDatabase;
let hub: Hub;

before(async () => {
  database = await createTestDatabase();
  hub = await Hub.open(["--no-sample"], { DATABASE_URL: database.url, BELLHOP_ENCRYPTION_KEY: encryptionKey.toString("base64") });
  await fillLog(database.url, encryptionKey, shape);
  await hub.program.must("PUT", "/v1/workspaces/ext:last", { name: "Last", kind: "paid", region: "us" });
});

after(async () => {
  await hub?.close();
  await database?.drop();
});

const grid = (): Locator => hub.page.getByRole("grid", { name: "Notifications" });
const rowAt = (number: number): Locator => grid().locator(`[aria-rowindex="${number + 1}"]`);

/** With the wheel, a few screens at a time, as fast as rows are there. */
async function scrollThrough(page: Page): Promise<void> {
  await page.mouse.move(desktop.width / 2, desktop.height / 2);
  await eventually(async () => {
    await page.mouse.wheel(0, wheelPx);
    return (await rowAt(rows).count()) > 0 ? true : null;
  }, scrolledWithinMs);
}

/** How much slower this machine is at the moment: by script, style and layout of elements that are made and taken away. */
async function slowness(page: Page): Promise<number> {
  const tookMs = await page.evaluate(`(() => {
    const took = Array.from({ length: 9 }, () => {
      const beganMs = performance.now();
      const box = document.body.appendChild(document.createElement("div"));
      for (let row = 0; row < 2_000; row++) box.appendChild(document.createElement("p")).textContent = "row " + row;
      const height = box.getBoundingClientRect().height;
      box.remove();
      return performance.now() - beganMs + (height > 0 ? 0 : Infinity);
    });
    return took.toSorted((a, b) => a - b)[4];
  })()`);
  return Math.max(1, (tookMs as number) / knownWorkMs);
}

test(`while ${rows} rows are scrolled through no task of our own script takes more than ${taskMsMax} ms`, async (t) => {
  const longest: number[] = [];
  const told: string[] = [];
  while (longest.length < traces && !longest.some((ms) => ms <= taskMsMax)) {
    await hub.go(`/apps/${filled.busy.app}/deliveries`, "Deliveries");
    await rowAt(1).waitFor();
    const before = await slowness(hub.page);
    const events = await recordTrace(hub.page, () => scrollThrough(hub.page));
    const slower = Math.min(before, await slowness(hub.page));
    const tasks = scriptTasksMs(events, hub.program.url);
    assert.ok(tasks.length > rows / rowsOfPage, "each page that was read was drawn by our script");
    longest.push(Math.max(...tasks) / slower);
    told.push(`${Math.max(...tasks).toFixed(1)} ms where the known work takes ${slower.toFixed(1)} times as long`);
  }
  t.diagnostic(told.join("; "));
  assert.ok(
    longest.some((ms) => ms <= taskMsMax),
    told.join("; "),
  );
  hub.checkConsole();
});
