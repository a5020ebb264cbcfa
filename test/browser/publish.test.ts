// Test & publish: an app is installed in another workspace, gets what happens there, is uninstalled, and gets no more.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import { openInbox, phone, useHub } from "./hub.ts";

const hub = useHub();
let inbox: Inbox;
let made: { app: string; subscriptions: string[] };

before(async () => {
  inbox = await openInbox(() => []);
});
after(async () => inbox.close());

const publish = (id: string): Promise<{ notifications: number }> =>
  hub.now.program.must("POST", "/v1/events", { workspace_id: "branch", topic: "ticket.created", item: { type: "ticket", id } });

const report = (token: string): Promise<number> =>
  fetch(`${hub.now.program.url}/v1/app_install/status`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ state: "UNHEALTHY", message: "The mailbox is full." }),
  }).then(({ status }) => status);

const shownToken = async (): Promise<string> =>
  (await hub.now.page.getByRole("figure", { name: "Access token" }).locator("pre").innerText()).trim();

test("installed in another workspace, the app gets what happens there, and its token is shown once", async () => {
  const { page, program } = hub.now;
  made = await program.makeApp("home", [{ url: `${inbox.url}/published`, topics: ["ticket.created"] }]);
  await program.must("POST", "/v1/workspaces", { id: "branch", name: "Branch office", kind: "paid", region: "us" });
  await program.must("POST", "/v1/workspaces", { id: "sydney", name: "Sydney", kind: "paid", region: "au" });
  await hub.now.go(`/apps/${made.app}/publish`, "Test & publish");
  await page.getByText("Installed in 1 workspace.").waitFor();
  assert.equal((await publish("70")).notifications, 0);
  await page.getByRole("button", { name: "Install", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Workspace").fill("nowhere");
  await dialog.getByRole("button", { name: "Install", exact: true }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Workspace").fill("sydney");
  await dialog.getByRole("button", { name: "Install", exact: true }).click();
  await dialog.getByText("the workspace sydney is in au").waitFor();
  await dialog.getByLabel("Workspace").fill("branch");
  await dialog.getByRole("button", { name: "Install", exact: true }).click();
  await page.getByText("The access token for branch, shown this once").waitFor();
  await page.getByText("Installed in 2 workspaces.").waitFor();
  await page.getByRole("row", { name: /Branch office/ }).waitFor();
  await publish("71");
  await inbox.waitFor(({ body }) => body.includes('"id":"71"'));
  assert.equal(await report(await shownToken()), 200);
  await hub.now.go(`/apps/${made.app}/publish`, "Test & publish");
  await page.getByText("the app says that it is unhealthy in 1 of them").waitFor();
  await page
    .getByRole("row", { name: /Branch office/ })
    .getByText("The mailbox is full.")
    .waitFor();
  assert.equal(await page.getByRole("figure", { name: "Access token" }).count(), 0);
});

test("a regenerated token works, the old one does not", async () => {
  const { page } = hub.now;
  const regenerate = async (): Promise<void> => {
    await page.getByRole("button", { name: "Regenerate token for branch" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Regenerate token" }).click();
  };
  await regenerate();
  await page.getByText("The access token for branch, shown this once").waitFor();
  const first = await shownToken();
  await regenerate();
  await page.getByText(first).waitFor({ state: "detached" });
  assert.equal(await report(first), 401);
  assert.equal(await report(await shownToken()), 200);
});

test("the URLs are checked beside their fields, visibility is saved, and leaving asks first", async () => {
  const { page, program } = hub.now;
  await page.getByLabel("Uninstall URL").fill("ftp://example.com/uninstalled");
  await page.getByLabel("Health URL").fill(`${inbox.url}/health`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByLabel("Uninstall URL").and(page.locator("[aria-invalid=true]")).waitFor();
  assert.equal(await page.getByLabel("Health URL").inputValue(), `${inbox.url}/health`);
  await page.getByRole("navigation").getByRole("link", { name: "Webhooks" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByLabel("Uninstall URL").fill(`${inbox.url}/uninstalled`);
  await page.getByRole("radio", { name: "Public" }).check();
  await hub.now.checkAccessibility("Branch office");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.", { exact: true }).waitFor();
  const app = await program.must<Record<string, unknown>>("GET", `/v1/apps/${made.app}`);
  assert.deepEqual(
    [app["visibility"], app["uninstall_url"], app["health_url"]],
    ["public", `${inbox.url}/uninstalled`, `${inbox.url}/health`],
  );
});

test("public, it can be installed in another region with less than it asks for; the page says what is lacking", async () => {
  const { page, program } = hub.now;
  await page.getByRole("button", { name: "Install", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Workspace").fill("sydney");
  await page.getByRole("dialog").getByRole("checkbox", { name: "Read tickets" }).uncheck();
  await page.getByRole("dialog").getByRole("button", { name: "Install", exact: true }).click();
  await page.getByRole("row", { name: /Sydney.*lacks read_tickets/ }).waitFor();
  const item = { type: "ticket", id: "75" };
  const { skipped } = await program.must<{ skipped: object }>("POST", "/v1/events", {
    workspace_id: "sydney",
    topic: "ticket.created",
    item,
  });
  assert.deepEqual(skipped, { missing_permission: 1 });
});

test("uninstalled, the app is told at its URL and gets nothing more from there", async () => {
  const { page } = hub.now;
  await hub.now.picture("publish");
  await page.getByRole("button", { name: "Uninstall from branch" }).click();
  await page.getByRole("alertdialog").getByText(`The app is told at ${inbox.url}/uninstalled.`).waitFor();
  await page.getByRole("alertdialog").getByRole("button", { name: "Uninstall" }).click();
  await page.getByRole("row", { name: /Branch office/ }).waitFor({ state: "detached" });
  const told = await inbox.waitFor(({ path }) => path === "/uninstalled");
  assert.deepEqual(JSON.parse(told.body), { app_id: "branch" });
  assert.equal((await publish("72")).notifications, 0);
  await page.setViewportSize(phone);
  assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
});

test("nothing is said in the console", () => hub.now.checkConsole(/status of (404|409|422)/));
