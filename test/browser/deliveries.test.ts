// Deliveries from a developer's point of view: what is published is there at once, what fails says why, and what was mended is sent again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import type { Received } from "../../server/src/inbox/mailbox.ts";
import { eventually } from "../eventually.ts";
import type { MadeApp } from "../program.ts";
import { desktop, openInbox, phone, useHub } from "./hub.ts";

const hub = useHub();
const workspace = "ext:deliveries";
let inbox: Inbox;
let made: MadeApp;

before(async () => {
  inbox = await openInbox(() => [made.secret]);
});
after(() => inbox.close());

const path = (q = ""): string => `/apps/${made.app}/deliveries${q === "" ? "" : `?q=${encodeURIComponent(q)}`}`;
const grid = (): Locator => hub.now.page.getByRole("grid", { name: "Notifications" });
/** The rows with a text, the head left out. */
const rows = (text: string | RegExp = ""): Locator => grid().locator("[data-id]").filter({ hasText: text });
const searchBox = (): Locator => hub.now.page.getByRole("combobox", { name: "Search the log" });
const tail = (): Locator => hub.now.page.getByRole("status", { name: "Live tail" });
const panel = (): Locator => hub.now.page.getByRole("complementary", { name: "Notification" });

async function publish(topic: string, item: Record<string, unknown> = { type: "thing", id: "1" }): Promise<void> {
  await hub.now.program.must("POST", "/v1/events", { workspace_id: workspace, topic, item });
}

const live = (): Promise<void> => tail().getByText("Live").waitFor();
const query = (page: Page): URLSearchParams => new URL(page.url()).searchParams;

test("an empty log has the command that makes the first, and what it publishes appears by itself", async () => {
  const { page, program } = hub.now;
  made = await hub.now.program.makeApp("deliveries", [{ url: `${inbox.url}/good`, topics: ["ticket.created"] }]);
  await hub.now.go(path(), "Deliveries");
  await page.getByText("No notifications yet").waitFor();
  const command = await page.locator("pre").innerText();
  assert.match(command, new RegExp(`^curl -s ${program.url}/v1/events -H "Authorization: Bearer \\$BELLHOP_ADMIN_KEY"`));
  const [, body] = /-d '(.*)'$/s.exec(command) ?? [];
  await live();
  await program.must("POST", "/v1/events", JSON.parse(body ?? ""));
  await rows("ticket.created").getByText("delivered").waitFor();
  const { headers } = await inbox.waitFor(({ path: at }) => at === "/good");
  assert.equal(await rows().first().getAttribute("data-id"), headers["webhook-id"]);
});

test("a receiver breaks: the row says so, the panel why; mended, it is replayed and arrives with the same id", async () => {
  const { page } = hub.now;
  const bad = { url: `${inbox.url}/bad`, topics: ["company.created"], policy: { waits_s: [3_600] } };
  await hub.now.program.must("POST", `/v1/apps/${made.app}/subscriptions?verify=false`, bad);
  inbox.behave("/bad", 503);
  await hub.now.go(path(), "Deliveries");
  await rows("ticket.created").waitFor();
  await live();
  await publish("company.created");
  const row = rows("company.created");
  await row.getByText("retrying").waitFor();
  await row.getByText("503", { exact: true }).waitFor();
  // The app has two endpoints: each row says which it is for.
  await row.getByText("/bad").waitFor();
  await row.getByText(/^in \d+ (min|h)/).waitFor();
  await row.click();
  await panel().getByText("The endpoint failed at POST /bad with 503.").waitFor();
  assert.equal(query(page).get("n"), await row.getAttribute("data-id"));
  inbox.behave("/bad", 200);
  await panel().getByRole("button", { name: "Replay" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText(/de-duplicates/).waitFor();
  await dialog.getByRole("button", { name: "Replay" }).click();
  const again = await inbox.waitFor(({ path: at, answer }) => at === "/bad" && answer === 200);
  const first = inbox.received.find(({ path: at }) => at === "/bad") as Received;
  assert.deepEqual([again.headers["webhook-id"], again.hub, again.standard], [first.headers["webhook-id"], "right", "right"]);
  assert.equal(again.headers["x-bellhop-attempt"], "2");
  await row.getByText("delivered").waitFor();
  await panel().getByText("The endpoint took the notification.").waitFor();
  await panel().getByRole("button", { name: "Close" }).click();
  await panel().waitFor({ state: "detached" });
});

test("the panel scrolls to its end by itself, and what the list draws of several accepted attempts says of none that it failed", async () => {
  const { page, program } = hub.now;
  await page.setViewportSize({ width: 1_280, height: 860 });
  await hub.now.go(path("topic:ticket.created"), "Deliveries");
  const row = rows("ticket.created").first();
  await row.click();
  await panel().getByText("Verify this signature").waitFor();
  await panel().hover();
  await page.mouse.wheel(0, 20_000);
  await eventually(async () => ((await panel().evaluate((at) => at.scrollTop + at.clientHeight >= at.scrollHeight - 1)) ? true : null));
  await page.mouse.wheel(0, 20_000);
  await page.keyboard.press("End");
  assert.equal(await page.evaluate("document.documentElement.scrollHeight"), 860, "the page has nothing below the window");
  await page.keyboard.press("Escape");
  await panel().waitFor({ state: "detached" });
  const id = await row.getAttribute("data-id");
  await program.must("POST", `/v1/notifications/${id}/replay`);
  await row.getByRole("gridcell", { name: "2", exact: true }).waitFor();
  assert.equal(await row.locator('[stroke="var(--failed)"]').count(), 0);
  await page.setViewportSize(desktop);
});

test("search words narrow the log, and are in the URL", async () => {
  const { page } = hub.now;
  await hub.now.go(path(), "Deliveries");
  await rows("company.created").waitFor();
  await searchBox().fill("topic:company.*");
  await searchBox().press("Enter");
  await page.waitForURL(/q=topic/);
  await rows("ticket.created").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "delivered", exact: true }).click();
  const shown = "topic:company.* status:delivered";
  await eventually(async () => ((await searchBox().inputValue()) === shown ? true : null));
  await rows("company.created").waitFor();
  await page.getByRole("button", { name: "held", exact: true }).click();
  await page.getByText("None match").waitFor();
  await page.getByRole("button", { name: "Drop status:held" }).click();
  await rows("company.created").waitFor();
  assert.equal(query(page).get("q"), "topic:company.*");
  await page.goBack();
  await page.getByText("None match").waitFor();
});

test("a mistake in a word is marked and explained, and nothing is asked of the server", async () => {
  const { page } = hub.now;
  await hub.now.go(path("statsu:failed topic:ticket.*"), "Deliveries");
  await page.getByText("There is no search word statsu").waitFor();
  assert.equal(await searchBox().getAttribute("aria-invalid"), "true");
  assert.equal(await grid().count(), 0);
  await searchBox().fill(`app:${made.app}`);
  await searchBox().press("Enter");
  await page.getByText("is said by the page already").waitFor();
});

test("a word that names what there is not says just that, and the tail does not pretend to come back", async () => {
  const { page } = hub.now;
  await hub.now.go(path("workspace:nosuch"), "Deliveries");
  await page.getByText("There is no workspace nosuch").waitFor();
  assert.equal(await page.getByText("None match").count(), 0);
  assert.equal(await tail().count(), 0);
});

test("what was searched for is replayed as far as a replay can ask for it, and the rest is named", async () => {
  const { page } = hub.now;
  await hub.now.go(path("topic:company.created object:7 after:2h"), "Deliveries");
  await page.getByRole("button", { name: "Replay these" }).click();
  await page.getByText("A replay cannot ask for object:7").waitFor();
  assert.equal(query(page).get("topics"), "company.created");
});

test("words and their values are completed by keyboard alone", async () => {
  const { page } = hub.now;
  await hub.now.go(path(), "Deliveries");
  await rows("company.created").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("top");
  await page.getByRole("option", { name: /^topic:/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await searchBox().inputValue(), "topic:");
  await page.keyboard.type("compa");
  await page.getByRole("option", { name: /^company\.created/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await eventually(async () => ((await page.locator("[role=option][data-highlighted]").count()) === 1 ? true : null));
  await page.keyboard.press("Enter");
  await page.waitForURL(/[?&]q=topic/);
  await rows("ticket.created").waitFor({ state: "detached" });
  // Nothing lies over what was found.
  await page.getByRole("listbox").waitFor({ state: "detached" });
});

test("J and K go through the log, Enter opens, Esc closes", async () => {
  const { page } = hub.now;
  await hub.now.go(path(), "Deliveries");
  await rows("company.created").waitFor();
  const ids = await rows().evaluateAll((found) => found.map((each) => each.getAttribute("data-id")));
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await panel().getByText("Verify this signature").waitFor();
  assert.equal(query(page).get("n"), ids[0]);
  await page.keyboard.press("j");
  await page.waitForURL(new RegExp(`n=${ids[1]}`));
  await page.keyboard.press("Escape");
  await panel().waitFor({ state: "detached" });
  assert.equal(query(page).get("n"), null);
});

test("paused, what arrives is counted and waits; scrolled down it waits too", async () => {
  const { page } = hub.now;
  await hub.now.go(path("topic:ticket.created"), "Deliveries");
  await rows("ticket.created").first().waitFor();
  await live();
  const before = await rows().count();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await publish("ticket.created");
  await tail().getByText("Paused · 1 waiting").waitFor();
  assert.equal(await rows().count(), before);
  await page.getByRole("button", { name: "Resume" }).click();
  await eventually(async () => ((await rows().count()) === before + 1 ? true : null));
  for (let made = 0; made < 40; made++) await publish("ticket.created");
  await eventually(async () => ((await grid().getAttribute("aria-rowcount")) === String(before + 42) ? true : null));
  await grid().hover();
  await page.mouse.wheel(0, 400);
  await tail().getByText("Waits while you are scrolled down · 0 new").waitFor();
  await publish("ticket.created");
  await tail().getByText("Waits while you are scrolled down · 1 new").waitFor();
  await page.getByRole("button", { name: "Show the newest" }).click();
  await live();
  await eventually(async () => ((await grid().getAttribute("aria-rowcount")) === String(before + 43) ? true : null));
  assert.equal(await grid().evaluate((element) => element.scrollTop), 0);
});

test("a row that no longer fits a question about now leaves the list", async () => {
  inbox.behave("/bad", 503);
  await publish("company.created", { type: "company", id: "leaves" });
  await hub.now.go(path("status:retrying"), "Deliveries");
  const row = rows("company.created");
  await row.waitFor();
  const id = await row.getAttribute("data-id");
  inbox.behave("/bad", 200);
  await hub.now.program.must("POST", `/v1/notifications/${id}/replay`);
  await hub.now.page.getByText("None match").waitFor();
});

test("an export is a file with the rows of the search", async () => {
  const { page } = hub.now;
  await hub.now.go(path("topic:company.*"), "Deliveries");
  await rows("company.created").first().waitFor();
  const listed = await rows().evaluateAll((found) => found.map((each) => each.getAttribute("data-id")));
  for (const [name, read] of [
    [
      "As NDJSON",
      (text: string) =>
        text
          .trim()
          .split("\n")
          .map((line) => (JSON.parse(line) as { id: string }).id),
    ],
    [
      "As CSV",
      (text: string) =>
        text
          .trim()
          .split("\r\n")
          .slice(1)
          .map((line) => line.split(",")[0]),
    ],
  ] as const) {
    const [download] = await Promise.all([page.waitForEvent("download"), exportAs(name)]);
    assert.match(download.suggestedFilename(), /\.(csv|ndjson)$/);
    assert.deepEqual(read(readFileSync(await download.path(), "utf8")), listed);
    await page.getByText(`Exported ${listed.length} rows`).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
  }
});

async function exportAs(name: string): Promise<void> {
  await hub.now.page.getByRole("button", { name: "Export" }).click();
  await hub.now.page.getByRole("menuitem", { name }).click();
}

test("the operator sees the notifications of all apps", async () => {
  const { page } = hub.now;
  const other = await hub.now.program.makeApp("others", [{ url: `${inbox.url}/other`, topics: ["contact.user.created"] }]);
  await hub.now.program.must("POST", "/v1/events", {
    workspace_id: "ext:others",
    topic: "contact.user.created",
    item: { type: "contact", id: "1" },
  });
  await hub.now.go("/operator/deliveries", "All deliveries");
  await rows("contact.user.created").waitFor();
  await rows("ticket.created").first().waitFor();
  await searchBox().fill(`app:${other.app}`);
  await searchBox().press("Enter");
  await rows("ticket.created").first().waitFor({ state: "detached" });
  await eventually(async () => ((await rows().count()) === 1 ? true : null));
  const { name } = await hub.now.program.must<{ name: string }>("GET", `/v1/apps/${other.app}`);
  await rows(name).waitFor();
  await page.getByText(/delivered in the last 24 h|delivered, /).waitFor();
  // Whose it is, is told whole and on a phone too.
  const { id: workspaceId } = await hub.now.program.must<{ id: string }>("GET", "/v1/workspaces/ext:others");
  for (const size of [{ width: 1_280, height: 860 }, phone]) {
    await page.setViewportSize(size);
    await rows(name).getByText(workspaceId).waitFor();
    assert.ok(
      await rows(name)
        .getByText(workspaceId)
        .evaluate((cell) => cell.scrollWidth <= cell.clientWidth),
      `${size.width} wide`,
    );
  }
  await page.setViewportSize(desktop);
});

test("the log is readable on a phone, where the panel covers it", async () => {
  const { page } = hub.now;
  await page.setViewportSize(phone);
  await hub.now.go(path("topic:company.*"), "Deliveries");
  await rows("company.created").first().getByText("delivered").click();
  await panel().getByText("The endpoint took the notification.").waitFor();
  assert.equal((await panel().boundingBox())?.width, phone.width);
  const wide = await page.evaluate("document.documentElement.scrollWidth");
  assert.equal(wide, phone.width);
  await page.setViewportSize({ width: 1_360, height: 860 });
});

test("axe finds nothing in either theme, with the panel and without, and the console is empty", async () => {
  const { page } = hub.now;
  await hub.now.go(path(), "Deliveries");
  await rows("company.created").first().waitFor();
  await hub.now.checkAccessibility("company.created");
  await hub.now.picture("deliveries");
  await rows("company.created").first().click();
  await panel().getByText("Verify this signature").waitFor();
  await hub.now.checkAccessibility("Verify this signature");
  await searchBox().fill("statsu:failed ");
  await page.keyboard.press("Escape");
  await page.getByText("There is no search word statsu").waitFor();
  await hub.now.checkAccessibility("There is no search word statsu");
  hub.now.checkConsole(/status of 404/);
});

test("what happens after the log was first read, and before its stream opened, is shown", async () => {
  const { context, program } = hub.now;
  const { app } = await program.makeApp("between", [{ url: `${inbox.url}/between`, topics: ["ticket.created"] }]);
  const page = await context.newPage();
  const [read, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isFirst = true;
  await page.route("**/v1/notifications?*", async (route) => {
    if (!isFirst) return route.continue();
    isFirst = false;
    const response = await route.fetch();
    read.resolve();
    await opened.promise;
    // Whoever does not want it any more has let go of it.
    await route.fulfill({ response }).catch(() => undefined);
  });
  await page.route("**/v1/stream?*", async (route) => {
    await read.promise;
    await program.must("POST", "/v1/events", { workspace_id: "ext:between", topic: "ticket.created", item: { type: "thing", id: "1" } });
    await eventually(async () => ((await program.countNotifications({ app, status: "delivered" })) === 1 ? true : null));
    await route.continue();
  });
  await page.goto(`${program.url}/apps/${app}/deliveries`);
  await page.getByRole("status", { name: "Live tail" }).getByText("Live").waitFor();
  opened.resolve();
  await page.getByRole("grid", { name: "Notifications" }).getByText("delivered", { exact: true }).waitFor();
  await page.close();
});
