// The main path with the keyboard alone: a new app, its endpoint and topic, a test request, and in the log search, J, K, open and
// replay. After each key the focus is on something, and it can be seen.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import { eventually } from "../eventually.ts";
import { openInbox, useHub } from "./hub.ts";
import { storySteps } from "./story-step.ts";

const hub = useHub();
const step = storySteps();
let inbox: Inbox;
let app = "";

before(async () => {
  inbox = await openInbox(() => []);
});
after(async () => inbox.close());

const page = (): Page => hub.now.page;
const tabsMax = 80;

/** Where the focus is: nowhere, unseen (no outline where one is due), or seen. A part of the page that stands in for what is gone is no control. */
const focus = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return "nowhere";
  if (at.id === "main" || (at.tabIndex === -1 && at.matches("div, section") && at.closest("main"))) return "seen";
  const box = at.getBoundingClientRect();
  const isOnScreen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const look = getComputedStyle(at);
  const hasMark = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || at.closest("[role=dialog]")?.contains(at);
  return isOnScreen && hasMark ? "seen" : "unseen: " + at.outerHTML.slice(0, 200);
})()`;

/** Presses, and waits until the focus is somewhere that can be seen. */
async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page().keyboard.press(key);
  await hasFocus();
}

async function type(text: string): Promise<void> {
  await page().keyboard.type(text);
  await hasFocus();
}

let seen = "";
async function hasFocus(): Promise<void> {
  await eventually(async () => ((seen = String(await page().evaluate(focus))) === "seen" ? true : null), 5_000).catch(() => {
    assert.fail(`the focus is ${seen}`);
  });
}

const isFocused = (wanted: Locator): Promise<boolean> =>
  wanted
    .first()
    .evaluate((element) => element === element.ownerDocument.activeElement)
    .catch(() => false);

/** Tab until it is there: whatever lies between can be seen too. */
async function tabTo(wanted: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await wanted.first().waitFor();
  for (let tabs = 0; tabs < tabsMax; tabs++) {
    if (await isFocused(wanted)) return;
    await press(key);
  }
  assert.fail(`${tabsMax} tabs do not lead there`);
}

/** By Ctrl-K, as the hub's help says. */
async function goTo(name: string): Promise<void> {
  await press("Control+k");
  await page()
    .getByRole("combobox", { name: /^Go to a page/ })
    .waitFor();
  await type(name);
  await page().locator("[role=option][data-highlighted]").filter({ hasText: name }).waitFor();
  await press("Enter");
  await page().getByRole("heading", { level: 1, name }).waitFor();
  await hasFocus();
}

const button = (name: string): Locator => page().getByRole("button", { name, exact: true });

step("a new app: N, its name, Enter; Esc before that changes nothing and gives the focus back", async () => {
  await hub.now.go("/apps", "Your apps");
  await page().getByText("No app yet").waitFor();
  await tabTo(page().getByRole("main").getByRole("button", { name: "New app" }));
  await press("Enter");
  await page().getByRole("dialog", { name: "New app" }).waitFor();
  await press("Escape");
  await page().getByRole("dialog").waitFor({ state: "detached" });
  await hasFocus();
  assert.ok(await isFocused(page().getByRole("main").getByRole("button", { name: "New app" })));
  await page().keyboard.press("n");
  await page().getByRole("dialog", { name: "New app" }).waitFor();
  assert.ok(await isFocused(page().getByLabel("Name")));
  await type("By key");
  await press("Enter");
  await page().getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  await page().getByRole("dialog").waitFor({ state: "detached" });
  await hasFocus();
  app = /apps\/(app_\w+)\//.exec(page().url())?.[1] ?? "";
});

step("its endpoint: URL, a topic out of a hundred, Save, and what came of it", async () => {
  await tabTo(page().getByLabel("Endpoint URL"));
  await type(`${inbox.url}/keys`);
  await tabTo(page().getByRole("combobox", { name: "Topics" }));
  await type("ticket.created");
  await page().locator("[role=option][data-highlighted]").filter({ hasText: "ticket.created" }).waitFor();
  await press("Enter", "Escape");
  await page().getByRole("listbox").waitFor({ state: "detached" });
  await tabTo(button("Save"));
  await press("Enter");
  await page().getByText("Saved, and the endpoint accepted the ping").waitFor();
  await hasFocus();
  await inbox.waitFor(({ body }) => body.includes('"topic":"ping"'));
});

step("the permission that is missing: its link, the check box by Space, Save", async () => {
  await tabTo(page().getByRole("link", { name: "Add it under Authorization" }));
  await press("Enter");
  await tabTo(page().getByRole("checkbox", { name: /^Read tickets/ }));
  await press("Space");
  await tabTo(button("Save"));
  await press("Enter");
  await page()
    .getByText(/^The app asks for 1 permission/)
    .waitFor();
  await hasFocus();
});

step("a test request: T, Enter, and Enter again for another", async () => {
  await goTo("Webhooks");
  await page()
    .getByText(/^Live: 1 topic is sent to/)
    .waitFor();
  await press("t");
  await page().getByRole("heading", { name: "Send a test request" }).waitFor();
  await tabTo(button("Send"));
  const before = inbox.received.length;
  await press("Enter");
  await page()
    .getByText(/ping: 200/)
    .waitFor();
  assert.ok(await isFocused(button("Send")), "the focus stays on the button that was pressed");
  await press("Enter");
  await inbox.waitFor((_, all) => all.length === before + 2);
});

step("in the log: search, J and K, Enter opens, Replay is asked for and done, Esc closes", async () => {
  const { program } = hub.now;
  const { workspace_id: workspace } = await program.must<{ workspace_id: string }>("GET", `/v1/apps/${app}`);
  for (const id of ["1", "2", "3"])
    await program.must("POST", "/v1/events", { workspace_id: workspace, topic: "ticket.created", item: { type: "ticket", id } });
  await inbox.waitFor((_, all) => all.filter(({ body }) => body.includes('"topic":"ticket.created"')).length === 3);
  await goTo("Deliveries");
  const rows = page().getByRole("grid", { name: "Notifications" }).locator("[data-id]");
  await eventually(async () => ((await rows.filter({ hasText: "delivered" }).count()) === 3 ? true : null));
  const ids = await rows.evaluateAll((found) => found.map((each) => each.getAttribute("data-id")));
  await press("/");
  assert.ok(await isFocused(page().getByRole("combobox", { name: "Search the log" })));
  await type("topic:ticket.* ");
  await press("Enter");
  await page().waitForURL(/q=topic/);
  await hasFocus();
  await tabTo(page().getByRole("grid", { name: "Notifications" }));
  await press("j", "j", "k", "j", "Enter");
  const panel = page().getByRole("complementary", { name: "Notification" });
  await panel.getByText("The endpoint took the notification.").waitFor();
  assert.equal(new URL(page().url()).searchParams.get("n"), ids[1]);
  await hasFocus();
  await tabTo(panel.getByRole("button", { name: "Replay" }));
  await press("Enter");
  const dialog = page().getByRole("alertdialog");
  await dialog.waitFor();
  await hasFocus();
  await tabTo(dialog.getByRole("button", { name: "Replay" }));
  await press("Enter");
  await dialog.waitFor({ state: "detached" });
  await hasFocus();
  assert.ok(await isFocused(panel.getByRole("button", { name: "Replay" })), "the focus is back where the question was asked from");
  const again = await inbox.waitFor(({ headers }) => headers["x-bellhop-retry-reason"] === "replay");
  assert.equal(again.headers["webhook-id"], ids[1]);
  await press("Escape");
  await panel.waitFor({ state: "detached" });
  await hasFocus();
});

step("the console said nothing", () => hub.now.checkConsole());
