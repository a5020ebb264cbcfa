// Overview and Your apps in a real browser: their numbers are the log's, zooming is in the URL, the table has what the chart has.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Locator } from "playwright-core";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import { eventually } from "../eventually.ts";
import type { MadeApp } from "../program.ts";
import { openInbox, useHub } from "./hub.ts";

const hub = useHub();
const topic = "ticket.created";
const published = 6;
let inbox: Inbox;
let made: MadeApp;

before(async () => {
  inbox = await openInbox(() => [made.secret]);
  inbox.behave("/bad", 503);
});
after(() => inbox.close());

const path = (query = ""): string => `/apps/${made.app}/overview?since=1h${query}`;
const tile = (name: string): Locator => hub.now.page.getByRole("link", { name, exact: true }).locator("xpath=../..");
const outcomes = (): Locator => hub.now.page.getByRole("img", { name: /delivered and .* failed attempts/ });

type Series = { at: string; delivered: number; failed: number }[];
type Statistics = { totals: { delivered: number; failed: number }; series: Series };

test("an app without an endpoint says so, and how to add one", async () => {
  const { program } = hub.now;
  const bad = { url: `${inbox.url}/bad`, topics: [topic], policy: { waits_s: [3_600] } };
  made = await program.makeApp("empty", []);
  await hub.now.go(path(), "Overview");
  await hub.now.page.getByText("No endpoint yet").waitFor();
  made = await program.makeApp("overview", [{ url: `${inbox.url}/good`, topics: [topic] }, bad]);
  await hub.now.go(path(), "Overview");
  await hub.now.page.getByText("Nothing was sent in the last hour").waitFor();
});

test("the sentence and the numbers are those of the log, and lead to it", async () => {
  const { page, program } = hub.now;
  const event = (id: number) => ({ workspace_id: "ext:overview", topic, item: { type: "ticket", id: String(id) } });
  await program.must(
    "POST",
    "/v1/events/batch",
    Array.from({ length: published }, (_, id) => event(id)),
  );
  const counted = async (status: string): Promise<number> => program.countNotifications({ app: made.app, status });
  await eventually(async () => ((await counted("delivered")) === published && (await counted("retrying")) === published ? true : null));
  await eventually(async () => {
    const { totals } = await program.must<Statistics>("GET", `/v1/statistics?app=${made.app}`);
    return totals.delivered === published && totals.failed === published ? true : null;
  });
  await hub.now.go(path(), "Overview");
  await page.getByText(`Not all of it: ${published} were delivered in the last hour, ${published} attempts failed.`).waitFor();
  await page.getByText(`${published} are not delivered yet`).waitFor();
  assert.match(await tile("Delivered").innerText(), /^Delivered\s+6$/);
  assert.match(await tile("Failed attempts").innerText(), /^Failed attempts\s+6$/);
  assert.match(await tile("Backlog now").innerText(), /^Backlog now\s+6\s+6 retrying$/);
  const bad = page.getByRole("region", { name: "By subscription" }).getByRole("row").filter({ hasText: "/bad" });
  await bad.getByText("live", { exact: true }).waitFor();
  assert.deepEqual((await bad.getByRole("cell").allInnerTexts()).slice(2, 5), ["6", "0", "6"]);
  await page.getByRole("link", { name: "Delivered", exact: true }).click();
  const rows = page.getByRole("grid", { name: "Notifications" }).locator("[data-id]");
  await eventually(async () => ((await rows.count()) === published ? true : null));
});

test("the numbers of one workspace say that they are a sample, and of how many", async () => {
  const { page } = hub.now;
  await hub.now.go(path(), "Overview");
  await page.getByText("All 12 notifications that were made in the range.").waitFor();
  await page.getByRole("link", { name: /^only this workspace/ }).click();
  await page.waitForURL(/workspace=/);
  await page.getByText(/from the newest 12 notifications, which are all/).waitFor();
  await page.getByRole("button", { name: /show all/ }).click();
  await page.waitForURL((url) => !url.search.includes("workspace"));
});

test("dragging over the chart is a range in the URL, a click on a bar opens the log there", async () => {
  const { page, program } = hub.now;
  await hub.now.go(path(), "Overview");
  await outcomes().waitFor();
  const box = await eventually(() => page.locator(".u-over").first().boundingBox());
  const middle = box.y + box.height / 2;
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const { series } = await program.must<Statistics>("GET", `/v1/statistics?app=${made.app}&since=${since}&buckets=97`);
  const busy = series.findIndex(({ delivered }) => delivered > 0);
  await page.mouse.click(box.x + (box.width * (busy + 0.7)) / series.length, middle);
  await page.waitForURL(/\/deliveries\?q=/);
  const q = new URL(page.url()).searchParams.get("q") ?? "";
  assert.match(q, new RegExp(`after:${series[busy]?.at}`));
  await page.goBack();
  await outcomes().waitFor();
  const again = await eventually(() => page.locator(".u-over").first().boundingBox());
  await page.mouse.move(again.x + again.width * 0.25, middle);
  await page.mouse.down();
  await page.mouse.move(again.x + again.width * 0.5, middle, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/until=/);
  const { searchParams } = new URL(page.url());
  const minutes = (Date.parse(searchParams.get("until") ?? "") - Date.parse(searchParams.get("since") ?? "")) / 60_000;
  assert.ok(minutes >= 14 && minutes <= 17, `${minutes} minutes`);
  await page.getByText(`Nothing was sent in the ${minutes} min that are shown.`).waitFor();
  await page.getByRole("link", { name: "24 h" }).click();
  await page.getByText(`${published} were delivered in the last 24 hours`).waitFor();
});

test("a range that ends before it begins, or is none, is said to be none", async () => {
  const { page } = hub.now;
  for (const range of ["since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "since=nonsense", "since=2999-01-01T00:00:00Z"]) {
    await hub.now.go(`/apps/${made.app}/overview?${range}`, "Overview");
    await page.getByText("This is no range of time").waitFor();
    assert.equal(await outcomes().count(), 0);
  }
});

test("the table has the numbers of the chart, and is in the URL", async () => {
  const { page } = hub.now;
  await hub.now.go(path(), "Overview");
  await outcomes().waitFor();
  await hub.now.picture("overview");
  await hub.now.checkAccessibility("p50 latency");
  await page.getByRole("button", { name: "View as table" }).click();
  await page.waitForURL(/table=1/);
  const table = page.getByRole("region", { name: "Delivered and failed, as a table" });
  const cells = await table
    .locator("tbody tr")
    .evaluateAll((lines) => lines.map((line) => [...line.children].map((cell) => cell.textContent)));
  const sum = (column: number): number => cells.reduce((all, row) => all + Number(row[column]), 0);
  assert.deepEqual([sum(1), sum(2)], [published, published]);
  await hub.now.checkAccessibility("Delivered and failed");
});

test("a chart that cannot be drawn is a table, and the page goes on", async () => {
  const { page, context } = hub.now;
  await context.route(/chart-canvas.*\.js/, (route) => route.abort());
  await page.goto("/apps");
  await hub.now.go(path(), "Overview");
  await page.getByText("This browser cannot draw the chart; here are its numbers.").first().waitFor();
  await page.getByRole("region", { name: "Delivered and failed, as a table" }).waitFor();
  await context.unroute(/chart-canvas.*\.js/);
});

test("the card of an app says what was delivered and what failed", async () => {
  const { page } = hub.now;
  await hub.now.go("/apps", "Your apps");
  const card = page.getByRole("listitem").filter({ hasText: made.app });
  await card.getByText("6 delivered").waitFor();
  await card.getByText("6 failed attempts").waitFor();
  await page.getByText("1 of 2 apps had failures in the last 24 hours; 6 delivered, 6 failed attempts.").waitFor();
  await card.getByRole("img", { name: "By hour: 6 delivered, 6 failed" }).waitFor();
  await page.getByText("Nothing was sent in the last 24 hours").waitFor();
  await hub.now.checkAccessibility("6 delivered");
});

test("nothing is said in the console but the chart that was kept away", () => {
  hub.now.checkConsole(/ERR_FAILED|Failed to fetch dynamically imported module|chart-canvas/);
});
